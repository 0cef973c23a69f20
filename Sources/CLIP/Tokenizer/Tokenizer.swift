/// CLIP's byte-pair tokenizer: from a text to the ids that the text tower takes.
///
///     let tokenizer = try Tokenizer(contentsOf: modelDirectory)
///     tokenizer.encode("a photo of a cat")              // [49406, 320, 1125, 539, 320, 2368, 49407]
///     try tokenizer(["juggling", "playing chess"])      // two rows of 77
///
/// Source: openai/CLIP `simple_tokenizer.py`; ``TextCleaning`` says where the implementations differ.
public final class Tokenizer: Sendable {
    /// The symbols and merges.
    public let vocabulary: BytePairVocabulary
    /// The implementation whose cleaning and padding are followed.
    public let cleaning: TextCleaning

    private let encoder: BytePairEncoder
    private let scanner: PieceScanner

    /// Makes a tokenizer.
    ///
    /// - Parameters:
    ///   - vocabulary: the symbols and merges.
    ///   - cleaning: the implementation whose rules are followed.
    public init(vocabulary: BytePairVocabulary, cleaning: TextCleaning = .openAI) {
        self.vocabulary = vocabulary
        self.cleaning = cleaning
        encoder = BytePairEncoder(vocabulary)
        // transformers cuts its special strings out before anything else, see `segments(of:)`.
        scanner = PieceScanner(
            specials: cleaning == .transformers ? [] : cleaning.specials, ignoresCase: cleaning != .transformers)
    }

    /// The id that fills a row after the end symbol: 0, with ``TextCleaning/transformers`` the end symbol.
    ///
    /// The choice has no effect on the model: attention is causal and the first end symbol is pooled.
    public var paddingID: Int { cleaning == .transformers ? vocabulary.endID : 0 }

    /// The ids of a text, between the start and end symbols, neither truncated nor padded.
    ///
    /// - Parameter text: any text.
    /// - Returns: at least the two special ids.
    public func encode(_ text: String) -> [Int] {
        var ids = [vocabulary.startID]
        for segment in segments(of: Array(text.unicodeScalars)) {
            switch segment {
            case .special(let number): ids.append(specialID(number))
            case .text(let scalars):
                for piece in scanner.pieces(of: cleaning.cleaned(scalars)) {
                    switch piece {
                    case .special(let number): ids.append(specialID(number))
                    case .text(let bytes): ids += encoder.ids(of: bytes).map(Int.init)
                    }
                }
            }
        }
        ids.append(vocabulary.endID)
        return ids
    }

    /// The rows that a text tower takes.
    ///
    /// - Parameters:
    ///   - texts: one text for each row.
    ///   - contextLength: the length L of each row in tokens, at least 2.
    ///   - truncating: whether a text that is too long loses its last tokens instead of being an error.
    /// - Returns: `[K, L]` ids: start, text, end, then ``paddingID``.
    /// - Throws: ``TokenizerError/tooLong(text:count:contextLength:)`` or
    ///   ``TokenizerError/contextTooShort(contextLength:)``.
    public func callAsFunction(
        _ texts: [String], contextLength: Int = 77, truncating: Bool = false
    ) throws(TokenizerError) -> [[Int32]] {
        guard contextLength >= 2 else { throw .contextTooShort(contextLength: contextLength) }
        var rows: [[Int32]] = []
        for text in texts {
            var row = encode(text).map(Int32.init)
            if row.count > contextLength {
                guard truncating else {
                    throw .tooLong(text: text, count: row.count, contextLength: contextLength)
                }
                row = row.prefix(contextLength - 1) + [Int32(vocabulary.endID)]
            }
            rows.append(row + [Int32](repeating: Int32(paddingID), count: contextLength - row.count))
        }
        return rows
    }

    /// The text that ids stand for.
    ///
    /// Start symbols are left out, and nothing is read after the first end symbol, so a padded row may be given.
    /// Cleaning cannot be undone: the text is lower-case, with one space after each piece.
    ///
    /// - Parameter ids: ids of this vocabulary.
    /// - Returns: the text without a space at its end; bytes that are not UTF-8 become U+FFFD.
    /// - Throws: ``TokenizerError/unknownID(_:)``.
    public func decode(_ ids: [Int]) throws(TokenizerError) -> String {
        var bytes: [UInt8] = []
        for id in ids where id != vocabulary.startID {
            if id == vocabulary.endID { break }
            guard let symbol = Int32(exactly: id).flatMap({ vocabulary.symbols[$0] }) else { throw .unknownID(id) }
            if let (piece, endsWord) = ByteAlphabet.bytes(of: symbol) {
                bytes += endsWord ? piece + [UInt8(ascii: " ")] : piece
            } else {
                bytes += Array(symbol.utf8)
            }
        }
        if bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private enum Segment {
        case special(Int)
        case text([Unicode.Scalar])
    }

    /// What is cleaned in one go: the whole text, or with `transformers` the parts between special strings.
    private func segments(of text: [Unicode.Scalar]) -> [Segment] {
        guard cleaning == .transformers else { return [.text(text)] }
        let specials = cleaning.specials.map { Array($0.unicodeScalars) }
        var segments: [Segment] = []
        var start = 0, place = 0
        while place < text.count {
            let found =
                text[place] == "<" ? specials.firstIndex { text[place...].starts(with: $0) } : nil
            guard let found else {
                place += 1
                continue
            }
            segments += [.text(Array(text[start..<place])), .special(found)]
            place += specials[found].count
            start = place
        }
        return segments + [.text(Array(text[start...]))]
    }

    private func specialID(_ number: Int) -> Int { number == 0 ? vocabulary.startID : vocabulary.endID }
}
