public import Foundation

extension BytePairVocabulary {
    /// The vocabulary files that a model directory may have, the best first.
    static let fileNames = ["tokenizer.json", "vocab.json", "bpe_simple_vocab_16e6.txt.gz"]

    /// Reads a vocabulary in any of its three forms.
    ///
    /// The forms are `tokenizer.json`, `vocab.json` with `merges.txt` beside it, and `bpe_simple_vocab_16e6.txt.gz`.
    ///
    /// - Parameter url: a file, or a folder that has one of them.
    /// - Throws: ``TokenizerError`` when nothing is there, or it is damaged or of another kind.
    public init(contentsOf url: URL) throws(TokenizerError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .unreadable(path: url.path, reason: "no such file or folder")
        }
        guard isFolder.boolValue else {
            try self.init(file: url)
            return
        }
        let candidates = Self.fileNames.map { url.appendingPathComponent($0) }
        guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw .noVocabulary(path: url.path)
        }
        try self.init(file: file)
    }

    private init(file url: URL) throws(TokenizerError) {
        let data = try Self.data(url)
        if Gzip.isGzip(data) || url.pathExtension == "gz" {
            try self.init(gzippedMerges: data, path: url.path)
        } else if url.lastPathComponent == "merges.txt" {
            let symbols = url.deletingLastPathComponent().appendingPathComponent("vocab.json")
            try self.init(symbols: symbols, merges: url)
        } else if let kind = try? JSONDecoder().decode(TokenizerFile.Kind.self, from: data), !kind.hasModel {
            let merges = url.deletingLastPathComponent().appendingPathComponent("merges.txt")
            try self.init(symbols: url, merges: merges)
        } else {
            try self.init(tokenizerJSON: data, path: url.path)
        }
    }

    /// Reads `tokenizer.json` as Hugging Face writes it.
    ///
    /// - Parameters:
    ///   - data: the file's bytes.
    ///   - path: the file that messages name.
    /// - Throws: ``TokenizerError``.
    init(tokenizerJSON data: Data, path: String) throws(TokenizerError) {
        let file = try Self.decoded(TokenizerFile.self, from: data, path: path)
        guard file.model.type ?? "BPE" == "BPE" else {
            throw .unsupported(path: path, reason: "its model is \(file.model.type ?? ""), CLIP's is BPE")
        }
        guard file.model.end_of_word_suffix == ByteAlphabet.wordEnd else {
            let suffix = file.model.end_of_word_suffix ?? ""
            throw .unsupported(path: path, reason: "its end-of-word suffix is \"\(suffix)\", CLIP's is </w>")
        }
        var ids = file.model.vocab
        for token in file.added_tokens ?? [] {
            guard ids.updateValue(token.id, forKey: token.content) ?? token.id == token.id else {
                throw .duplicate(path: path, symbol: token.content)
            }
        }
        var merges: [(String, String)] = []
        merges.reserveCapacity(file.model.merges.count)
        for (number, merge) in file.model.merges.enumerated() {
            merges.append(try Self.pair(merge.symbols, number: number + 1, path: path))
        }
        try self.init(ids: ids, merges: merges, path: path)
    }

    /// Reads `vocab.json` and `merges.txt`.
    ///
    /// - Parameters:
    ///   - symbols: the file of symbols and ids.
    ///   - merges: the file of merges.
    /// - Throws: ``TokenizerError``.
    init(symbols: URL, merges: URL) throws(TokenizerError) {
        for (file, other) in [(symbols, merges), (merges, symbols)]
        where !FileManager.default.fileExists(atPath: file.path) {
            throw .missingCompanion(path: other.path, companion: file.lastPathComponent)
        }
        let ids = try Self.decoded([String: Int].self, from: Self.data(symbols), path: symbols.path)
        let lines = try Self.lines([UInt8](Self.data(merges)), path: merges.path)
        let body = lines.first?.hasPrefix("#version") == true ? lines.dropFirst() : lines[...]
        try self.init(ids: ids, merges: Self.pairs(body, path: merges.path), path: merges.path)
    }

    /// Reads `bpe_simple_vocab_16e6.txt.gz`: a header, then merges, of which the first 48,894 count.
    ///
    /// - Parameters:
    ///   - data: the file's bytes.
    ///   - path: the file that messages name.
    /// - Throws: ``TokenizerError``.
    init(gzippedMerges data: Data, path: String) throws(TokenizerError) {
        let lines = try Self.lines(Gzip.inflated(data, path: path), path: path)
        try self.init(
            merges: Self.pairs(lines.dropFirst().prefix(Self.openAIMergeCount), path: path), path: path)
    }

    private static func data(_ url: URL) throws(TokenizerError) -> Data {
        do throws(CLIPError) { return try RegularFile.configuration(url.path) } catch {
            throw .unreadable(path: url.path, reason: RegularFile.problem)
        }
    }

    /// The lines of a text, without the empty one after the last newline.
    private static func lines(_ bytes: [UInt8], path: String) throws(TokenizerError) -> [Substring] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func pairs(_ lines: ArraySlice<Substring>, path: String) throws(TokenizerError) -> [(String, String)]
    {
        var pairs: [(String, String)] = []
        pairs.reserveCapacity(lines.count)
        for line in lines {
            let symbols = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            pairs.append(try pair(symbols, number: pairs.count + 1, path: path))
        }
        return pairs
    }

    private static func pair(_ symbols: [String], number: Int, path: String) throws(TokenizerError) -> (String, String)
    {
        guard symbols.count == 2, !symbols[0].isEmpty, !symbols[1].isEmpty else {
            throw .malformedMerge(path: path, number: number, text: symbols.joined(separator: " "))
        }
        return (symbols[0], symbols[1])
    }

    private static func decoded<T: Decodable>(
        _ type: T.Type, from data: Data, path: String
    ) throws(TokenizerError) -> T {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw .malformedJSON(path: path, reason: reason(error))
        } catch {
            throw .malformedJSON(path: path, reason: error.localizedDescription)
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "the top" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\"\(key.stringValue)\" is missing in \(place(context))"
        case .typeMismatch(let type, let context): "\(place(context)) is not \(type)"
        case .valueNotFound(_, let context): "\(place(context)) is null"
        case .dataCorrupted(let context): context.codingPath.isEmpty ? "not valid JSON" : context.debugDescription
        @unknown default: "\(error)"
        }
    }
}

/// The parts of `tokenizer.json` that say what the symbols are; how texts are cleaned is ``TextCleaning``'s.
private struct TokenizerFile: Decodable {
    let added_tokens: [AddedToken]?
    let model: Model

    struct AddedToken: Decodable {
        let id: Int
        let content: String
    }

    struct Model: Decodable {
        let type: String?
        let end_of_word_suffix: String?
        let vocab: [String: Int]
        let merges: [Merge]
    }

    /// `"a b"` or `["a", "b"]`.
    struct Merge: Decodable {
        let symbols: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let line = try? container.decode(String.self) {
                symbols = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            } else {
                symbols = try container.decode([String].self)
            }
        }
    }

    /// Tells `tokenizer.json` from `vocab.json`, where "model" may be a symbol and its value is a number.
    struct Kind: Decodable {
        let hasModel: Bool

        private enum Key: CodingKey { case model }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            hasModel = (try? container.nestedContainer(keyedBy: Key.self, forKey: .model)) != nil
        }
    }
}

extension Tokenizer {
    /// Reads a tokenizer from a vocabulary file or from a folder that has one.
    ///
    /// - Parameters:
    ///   - url: `tokenizer.json`, `vocab.json` or `merges.txt` beside one another, `bpe_simple_vocab_16e6.txt.gz`, or a
    ///     folder.
    ///   - cleaning: the implementation whose rules are followed.
    /// - Throws: ``TokenizerError`` when nothing is there, or it is damaged or of another kind.
    public convenience init(contentsOf url: URL, cleaning: TextCleaning = .openAI) throws(TokenizerError) {
        self.init(vocabulary: try BytePairVocabulary(contentsOf: url), cleaning: cleaning)
    }
}
