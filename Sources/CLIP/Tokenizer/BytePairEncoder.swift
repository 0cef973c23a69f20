import Synchronization

/// Splits one piece of text into the vocabulary's symbols.
///
/// The symbols start as the piece's bytes, the last one with `</w>`. Then, again and again, all occurrences of the
/// pair with the smallest rank are merged from left to right, until no pair is known.
final class BytePairEncoder: Sendable {
    private let vocabulary: BytePairVocabulary
    /// The pieces seen so far.
    ///
    /// The keys are bytes, because strings compare by canonical equivalence.
    private let cache = Mutex<[[UInt8]: [Int32]]>([:])

    private static let cacheLimit = 32_768
    private static let cachedPieceLimit = 128

    init(_ vocabulary: BytePairVocabulary) { self.vocabulary = vocabulary }

    /// The ids of a piece.
    ///
    /// - Parameter piece: the UTF-8 bytes of a word, a number character or a run of other characters.
    /// - Returns: at least one id for a piece that is not empty.
    func ids(of piece: [UInt8]) -> [Int32] {
        if let known = cache.withLock({ $0[piece] }) { return known }
        let result = merged(piece)
        guard piece.count <= Self.cachedPieceLimit else { return result }
        cache.withLock { cache in
            if cache.count >= Self.cacheLimit { cache.removeAll(keepingCapacity: true) }
            cache[piece] = result
        }
        return result
    }

    /// The symbols as a linked list in arrays, with the mergeable pairs in a heap: n log n for a piece of n bytes.
    private func merged(_ piece: [UInt8]) -> [Int32] {
        var ids = piece.map { vocabulary.byteIDs[Int($0)] }
        guard let last = piece.last else { return [] }
        ids[ids.count - 1] = vocabulary.finalByteIDs[Int(last)]
        var next = Array(1...ids.count), previous = Array(-1..<ids.count - 1)
        var alive = [Bool](repeating: true, count: ids.count)
        var candidates = Heap()

        func pair(at place: Int) -> BytePairVocabulary.Merge? {
            guard place >= 0, alive[place], next[place] < ids.count else { return nil }
            return vocabulary.merge(ids[place], ids[next[place]])
        }
        func propose(at place: Int) {
            if let merge = pair(at: place) { candidates.insert(UInt64(merge.rank) << 32 | UInt64(place)) }
        }

        for place in ids.indices { propose(at: place) }
        while let best = candidates.minimum {
            // One round takes one rank, in order of place. What it makes is proposed after it, so that a pair that
            // appears only now waits, whatever its rank, until all occurrences of this one are merged.
            var changed: [Int] = []
            while let candidate = candidates.minimum, candidate >> 32 == best >> 32 {
                candidates.removeMinimum()
                let place = Int(candidate & 0xFFFF_FFFF)
                guard let merge = pair(at: place), UInt64(merge.rank) == best >> 32 else { continue }
                let absorbed = next[place]
                ids[place] = merge.result
                alive[absorbed] = false
                next[place] = next[absorbed]
                if next[place] < ids.count { previous[next[place]] = place }
                changed.append(place)
            }
            for place in changed {
                propose(at: previous[place])
                propose(at: place)
            }
        }
        return ids.indices.filter { alive[$0] }.map { ids[$0] }
    }
}

/// A binary heap of numbers, smallest on top.
private struct Heap {
    private var items: [UInt64] = []

    var minimum: UInt64? { items.first }

    mutating func insert(_ item: UInt64) {
        items.append(item)
        var child = items.count - 1
        while child > 0, items[child] < items[(child - 1) / 2] {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeMinimum() {
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[smallest] {
                smallest = child
            }
            guard smallest != parent else { return }
            items.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
