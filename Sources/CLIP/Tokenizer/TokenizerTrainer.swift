/// Makes a small byte-pair vocabulary from texts, in the layout of CLIP's.
///
/// Ids: 256 byte symbols, the same with `</w>`, one for each merge, start, end. The pair that occurs most often is
/// merged first; among equals the one whose symbols are older. The same corpus gives the same vocabulary.
///
/// Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1.
public struct TokenizerTrainer: Sendable {
    /// How many merges are made at most.
    public var mergeLimit: Int
    /// How often a pair must occur to be merged.
    public var minimumCount: Int
    /// How the texts are cleaned.
    public var cleaning: TextCleaning

    /// Makes a trainer.
    ///
    /// - Parameters:
    ///   - mergeLimit: how many merges are made at most; the vocabulary has 514 symbols more.
    ///   - minimumCount: how often a pair must occur in the corpus to be merged.
    ///   - cleaning: how the texts are cleaned.
    public init(mergeLimit: Int, minimumCount: Int = 2, cleaning: TextCleaning = .openAI) {
        precondition(mergeLimit >= 0 && minimumCount >= 1, "tokenizer trainer: \(mergeLimit) merges, \(minimumCount)")
        self.mergeLimit = mergeLimit
        self.minimumCount = minimumCount
        self.cleaning = cleaning
    }

    /// Learns the merges.
    ///
    /// - Parameter corpus: texts, each with the number of times that it counts.
    /// - Returns: a vocabulary with fewer merges than the limit when no pair occurs often enough.
    public func vocabulary(from corpus: [String: Int]) -> BytePairVocabulary {
        var training = MergeTraining(words: words(in: corpus))
        while training.merges.count < mergeLimit, training.mergeBestPair(minimumCount: minimumCount) {}
        do {
            return try BytePairVocabulary(merges: training.merges, path: "trained vocabulary")
        } catch {
            preconditionFailure("tokenizer trainer: \(error)")
        }
    }

    /// The pieces of the corpus with their counts, in a fixed order.
    private func words(in corpus: [String: Int]) -> [(bytes: [UInt8], count: Int)] {
        let scanner = PieceScanner(specials: [], ignoresCase: true)
        var counts: [[UInt8]: Int] = [:]
        for (text, count) in corpus where count > 0 {
            for case .text(let bytes) in scanner.pieces(of: cleaning.cleaned(Array(text.unicodeScalars))) {
                counts[bytes, default: 0] += count
            }
        }
        return counts.map { (bytes: $0.key, count: $0.value) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}

/// The state between two merges: the words as symbols, and how often each pair of symbols occurs in them.
private struct MergeTraining {
    private struct Pair: Hashable, Comparable {
        let left: Int, right: Int
        static func < (a: Pair, b: Pair) -> Bool { (a.left, a.right) < (b.left, b.right) }
    }

    private(set) var merges: [(String, String)] = []
    private var symbols: [String]
    private var known: Set<String>
    private var words: [(symbols: [Int], count: Int)]
    private var counts: [Pair: Int] = [:]
    /// The words in which a pair occurs, or did: merging leaves old entries behind.
    private var places: [Pair: Set<Int>] = [:]

    init(words: [(bytes: [UInt8], count: Int)]) {
        let bytes = ByteAlphabet.order.map { String(ByteAlphabet.symbols[Int($0)]) }
        symbols = bytes + bytes.map { $0 + ByteAlphabet.wordEnd }
        known = Set(symbols)
        var place = [Int](repeating: 0, count: 256)
        for (id, byte) in ByteAlphabet.order.enumerated() { place[Int(byte)] = id }
        self.words = words.map { word in
            var ids = word.bytes.map { place[Int($0)] }
            ids[ids.count - 1] += 256
            return (ids, word.count)
        }
        for index in self.words.indices { count(index, sign: 1) }
    }

    /// - Returns: false when no pair occurs often enough.
    mutating func mergeBestPair(minimumCount: Int) -> Bool {
        // A pair whose union exists already (abc as a+bc and as ab+c) is left alone: ids must be unique.
        let candidates = counts.filter { $0.value >= minimumCount && !known.contains(union($0.key)) }
        guard let (pair, _) = candidates.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return false }
        merges.append((symbols[pair.left], symbols[pair.right]))
        symbols.append(union(pair))
        known.insert(union(pair))
        for index in places[pair] ?? [] {
            count(index, sign: -1)
            words[index].symbols = merged(words[index].symbols, pair, into: symbols.count - 1)
            count(index, sign: 1)
        }
        return true
    }

    private func union(_ pair: Pair) -> String { symbols[pair.left] + symbols[pair.right] }

    private mutating func count(_ index: Int, sign: Int) {
        let word = words[index]
        for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
            let pair = Pair(left: left, right: right)
            let total = counts[pair, default: 0] + sign * word.count
            counts[pair] = total == 0 ? nil : total
            if sign > 0 { places[pair, default: []].insert(index) }
        }
    }

    private func merged(_ symbols: [Int], _ pair: Pair, into result: Int) -> [Int] {
        var merged: [Int] = []
        var place = 0
        while place < symbols.count {
            let isPair = place + 1 < symbols.count && symbols[place] == pair.left && symbols[place + 1] == pair.right
            merged.append(isPair ? result : symbols[place])
            place += isPair ? 2 : 1
        }
        return merged
    }
}
