/// The printable symbols that stand for bytes in a byte-level vocabulary, and back.
///
/// Bytes 33-126, 161-172 and 174-255 are their own code points; the other 68, in increasing order, are U+0100,
/// U+0101 and so on. A symbol that ends a word carries the suffix `</w>`.
///
/// Source: openai/CLIP `simple_tokenizer.py` (the byte encoder of GPT-2).
enum ByteAlphabet {
    /// What a symbol carries that ends a word.
    static let wordEnd = "</w>"

    /// The 256 bytes in the order of their ids: first the printable ones, then the others.
    static let order: [UInt8] = {
        let printable = Array(UInt8(33)...126) + Array(UInt8(161)...172) + Array(UInt8(174)...255)
        let others = (UInt8.min...UInt8.max).filter { !printable.contains($0) }
        return printable + others
    }()

    /// The symbol of each byte, indexed by the byte.
    static let symbols: [Unicode.Scalar] = {
        var symbols = [Unicode.Scalar](repeating: " ", count: 256)
        for (place, byte) in order.enumerated() {
            let isPrintable = place < 188
            symbols[Int(byte)] = Unicode.Scalar(UInt16(isPrintable ? Int(byte) : 256 + place - 188)) ?? " "
        }
        return symbols
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: symbols.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that a symbol stands for, and whether it ends a word.
    ///
    /// - Parameter symbol: a symbol of the vocabulary.
    /// - Returns: nil when the symbol has a character outside of the alphabet, as added tokens may.
    static func bytes(of symbol: String) -> (bytes: [UInt8], endsWord: Bool)? {
        let endsWord = symbol.hasSuffix(wordEnd)
        let body = endsWord ? symbol.unicodeScalars.dropLast(wordEnd.unicodeScalars.count) : symbol.unicodeScalars[...]
        var result: [UInt8] = []
        for scalar in body {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return (result, endsWord)
    }
}
