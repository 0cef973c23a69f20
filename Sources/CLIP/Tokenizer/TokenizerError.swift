/// What can go wrong with a vocabulary file or with a text that is to be tokenized.
///
/// The cases carry the facts; `description` is the sentence for the user.
public enum TokenizerError: Error, Equatable, Sendable {
    /// The file or folder cannot be read.
    case unreadable(path: String, reason: String)
    /// The folder has none of the known vocabulary files.
    case noVocabulary(path: String)
    /// One half of a `vocab.json` and `merges.txt` pair is missing.
    case missingCompanion(path: String, companion: String)
    /// The gzip data of a vocabulary is truncated or damaged.
    case damagedGzip(path: String, reason: String)
    /// The file is not UTF-8 text.
    case notText(path: String)
    /// The file is not the JSON that a vocabulary file holds.
    case malformedJSON(path: String, reason: String)
    /// A line of the merge list is not two symbols.
    case malformedMerge(path: String, number: Int, text: String)
    /// A merge names, or makes, a symbol that the vocabulary does not have.
    case unknownSymbol(path: String, number: Int, symbol: String)
    /// One symbol or one pair stands twice in the file.
    case duplicate(path: String, symbol: String)
    /// A symbol's id is negative, too large, or taken by another symbol.
    case invalidID(path: String, symbol: String, id: Int)
    /// The vocabulary lacks the symbol of a single byte, so it is not byte-level.
    case missingByteSymbol(path: String, symbol: String)
    /// The vocabulary has no start or no end symbol.
    case missingSpecialSymbol(path: String, expected: [String])
    /// The file is a tokenizer of another kind.
    case unsupported(path: String, reason: String)
    /// The file cannot be written.
    case unwritable(path: String, reason: String)
    /// The text has more tokens than the context holds.
    case tooLong(text: String, count: Int, contextLength: Int)
    /// The context cannot hold even the start and end symbols.
    case contextTooShort(contextLength: Int)
    /// The id is not in the vocabulary.
    case unknownID(Int)
}

extension TokenizerError: CustomStringConvertible {
    /// The sentence for the user: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)."
        case .noVocabulary(let path):
            "\(path): no vocabulary. A model directory needs tokenizer.json, or vocab.json and merges.txt, "
                + "or bpe_simple_vocab_16e6.txt.gz."
        case .missingCompanion(let path, let companion):
            "\(path): \(companion) is missing beside it; the two files are one vocabulary."
        case .damagedGzip(let path, let reason): "\(path): damaged gzip data (\(reason)). Fetch the file again."
        case .notText(let path): "\(path): not UTF-8 text."
        case .malformedJSON(let path, let reason): "\(path): not a vocabulary in JSON: \(reason)."
        case .malformedMerge(let path, let number, let text):
            "\(path): merge \(number) is \"\(shortened(text))\", expected two symbols with one space between."
        case .unknownSymbol(let path, let number, let symbol):
            "\(path): merge \(number) uses \"\(shortened(symbol))\", which the vocabulary does not have."
        case .duplicate(let path, let symbol): "\(path): \"\(shortened(symbol))\" stands twice."
        case .invalidID(let path, let symbol, let id):
            "\(path): \"\(shortened(symbol))\" has the id \(id), which is taken or out of range."
        case .missingByteSymbol(let path, let symbol):
            "\(path): the byte symbol \"\(symbol)\" is missing. CLIP vocabularies are byte-level: "
                + "they have one symbol for each byte and one with </w> appended."
        case .missingSpecialSymbol(let path, let expected):
            "\(path): none of \(expected.joined(separator: ", ")) is in the vocabulary."
        case .unsupported(let path, let reason): "\(path): not a CLIP tokenizer: \(reason)."
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)."
        case .tooLong(let text, let count, let contextLength):
            "\"\(shortened(text))\" has \(count) tokens, the model takes \(contextLength). "
                + "Shorten the text, or allow it to be truncated."
        case .contextTooShort(let contextLength):
            "A context of \(contextLength) tokens has no room for the start and end tokens."
        case .unknownID(let id): "Token id \(id) is not in the vocabulary."
        }
    }

    /// Keeps messages readable when a broken file makes a megabyte of text one symbol.
    private func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 80 ? text : String(text.unicodeScalars.prefix(77)) + "..."
    }
}
