/// The symbols of a byte-level vocabulary with their ids, and the merges that build them.
///
/// Sizes and special ids come from the file: CLIP's vocabulary has 49,408 symbols with start 49406 and end 49407, a
/// small one made by ``TokenizerTrainer`` has fewer.
public struct BytePairVocabulary: Sendable {
    /// The names that the start symbol has in vocabulary files.
    static let startNames = ["<|startoftext|>", "<start_of_text>"]
    /// The names that the end symbol has in vocabulary files.
    static let endNames = ["<|endoftext|>", "<end_of_text>"]
    /// How many merges of `bpe_simple_vocab_16e6.txt` belong to CLIP; the file has many more lines.
    public static let openAIMergeCount = 48_894

    /// The id of the symbol that starts each text.
    public let startID: Int
    /// The id of the symbol that ends each text.
    public let endID: Int
    /// The number of ids: the largest id plus one, hence the rows that an embedding table needs.
    public let count: Int
    /// The number of merges.
    public var mergeCount: Int { merges.count }

    /// The symbols by id.
    let symbols: [Int32: String]
    /// The merges, best rank first, as pairs of ids.
    let merges: [(left: Int32, right: Int32)]
    /// The ids of the bytes inside a word, and of those that end one; indexed by the byte.
    let byteIDs: [Int32], finalByteIDs: [Int32]
    /// Rank and result of each pair that can be merged.
    private let table: [UInt64: Merge]

    /// What merging a pair gives, and how early.
    struct Merge: Sendable {
        let rank: UInt32
        let result: Int32
    }

    /// Makes a vocabulary in the layout of `bpe_simple_vocab_16e6.txt`.
    ///
    /// Ids: 256 byte symbols, the same with `</w>`, one for each merge, start, end.
    ///
    /// - Parameters:
    ///   - merges: pairs of symbols, best rank first.
    ///   - path: the file that messages name.
    /// - Throws: ``TokenizerError`` when a pair uses a symbol that no earlier merge makes, or makes one twice.
    init(merges: [(String, String)], path: String) throws(TokenizerError) {
        let bytes = ByteAlphabet.order.map { String(ByteAlphabet.symbols[Int($0)]) }
        var ids: [String: Int] = [:]
        ids.reserveCapacity(merges.count + 514)
        for symbol in bytes + bytes.map({ $0 + ByteAlphabet.wordEnd }) { ids[symbol] = ids.count }
        for (number, (left, right)) in merges.enumerated() {
            for symbol in [left, right] where ids[symbol] == nil {
                throw .unknownSymbol(path: path, number: number + 1, symbol: symbol)
            }
            guard ids.updateValue(ids.count, forKey: left + right) == nil else {
                throw .duplicate(path: path, symbol: left + right)
            }
        }
        for special in [Self.startNames[0], Self.endNames[0]] {
            guard ids.updateValue(ids.count, forKey: special) == nil else {
                throw .duplicate(path: path, symbol: special)
            }
        }
        try self.init(ids: ids, merges: merges, path: path)
    }

    /// Makes a vocabulary of symbols with given ids.
    ///
    /// - Parameters:
    ///   - ids: symbols and their ids, added tokens included.
    ///   - merges: pairs of symbols, best rank first.
    ///   - path: the file that messages name.
    /// - Throws: ``TokenizerError`` when ids collide, a byte or a special symbol is missing, or a merge does not fit.
    init(ids: [String: Int], merges: [(String, String)], path: String) throws(TokenizerError) {
        symbols = try Self.inverse(ids, path: path)
        count = Int(symbols.keys.max() ?? -1) + 1
        startID = try Self.special(Self.startNames, in: ids, path: path)
        endID = try Self.special(Self.endNames, in: ids, path: path)

        func byteIDs(suffix: String) throws(TokenizerError) -> [Int32] {
            var result: [Int32] = []
            for scalar in ByteAlphabet.symbols {
                let symbol = String(scalar) + suffix
                guard let id = ids[symbol] else { throw .missingByteSymbol(path: path, symbol: symbol) }
                result.append(Int32(id))
            }
            return result
        }
        self.byteIDs = try byteIDs(suffix: "")
        finalByteIDs = try byteIDs(suffix: ByteAlphabet.wordEnd)

        var pairs: [(left: Int32, right: Int32)] = []
        var table: [UInt64: Merge] = [:]
        pairs.reserveCapacity(merges.count)
        table.reserveCapacity(merges.count)
        for (number, (left, right)) in merges.enumerated() {
            var found: [Int32] = []
            for symbol in [left, right, left + right] {
                guard let id = ids[symbol] else {
                    throw .unknownSymbol(path: path, number: number + 1, symbol: symbol)
                }
                found.append(Int32(id))
            }
            let merge = Merge(rank: UInt32(number), result: found[2])
            guard table.updateValue(merge, forKey: Self.key(found[0], found[1])) == nil else {
                throw .duplicate(path: path, symbol: "\(left) \(right)")
            }
            pairs.append((found[0], found[1]))
        }
        self.merges = pairs
        self.table = table
    }

    /// What merging two adjacent symbols gives.
    ///
    /// - Parameters:
    ///   - left: the first symbol's id.
    ///   - right: the second symbol's id.
    /// - Returns: nil when the pair is not merged.
    func merge(_ left: Int32, _ right: Int32) -> Merge? { table[Self.key(left, right)] }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private static func inverse(_ ids: [String: Int], path: String) throws(TokenizerError) -> [Int32: String] {
        var symbols: [Int32: String] = [:]
        symbols.reserveCapacity(ids.count)
        for (symbol, id) in ids {
            guard id >= 0, id < Int32.max, symbols.updateValue(symbol, forKey: Int32(id)) == nil else {
                throw .invalidID(path: path, symbol: symbol, id: id)
            }
        }
        return symbols
    }

    private static func special(
        _ names: [String], in ids: [String: Int], path: String
    ) throws(TokenizerError) -> Int {
        for name in names {
            if let id = ids[name] { return id }
        }
        throw .missingSpecialSymbol(path: path, expected: names)
    }
}
