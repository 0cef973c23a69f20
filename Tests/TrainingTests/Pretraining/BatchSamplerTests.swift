import Testing

@testable import Training

@Suite("Drawing contrastive batches")
struct BatchSamplerTests {
    /// How many clips each action has, and the size of a batch.
    static let cases: [(clips: [Int], batch: Int)] = [
        ([1, 1, 1], 3), ([2, 2, 2, 2], 4), ([3, 1, 2, 5], 2), ([3, 1, 2, 5], 3), ([4, 4, 4, 4, 4], 7), ([2, 3], 5),
        ([6], 4), ([1, 1, 1, 1, 1, 1, 1], 5),
    ]

    /// The action of each clip, the actions mixed.
    private func actions(_ clips: [Int]) -> [String] {
        (0..<(clips.max() ?? 0)).flatMap { round in clips.indices.filter { clips[$0] > round }.map { "action \($0)" } }
    }

    private func batches(_ actions: [String], _ count: Int, of size: Int, seed: UInt64 = 4) -> [[Int]] {
        var sampler = BatchSampler(actions: actions, seed: seed)
        return (0..<count).map { _ in sampler.batch(size) }
    }

    @Test("a batch holds an action again only when it holds all others", arguments: cases)
    func spread(_ clips: [Int], batch: Int) {
        let actions = actions(clips)
        for batch in batches(actions, 40, of: batch) {
            let uses = clips.indices.map { action in batch.count { actions[$0] == "action \(action)" } }
            #expect((uses.max() ?? 0) - (uses.min() ?? 0) <= 1, "\(uses)")
        }
    }

    @Test("every action has its turn before one comes again", arguments: cases)
    func turns(_ clips: [Int], batch: Int) {
        let actions = actions(clips)
        let drawn = batches(actions, 40, of: batch).flatMap(\.self).map { actions[$0] }
        for start in stride(from: 0, to: drawn.count - clips.count + 1, by: clips.count) {
            #expect(Set(drawn[start..<start + clips.count]).count == clips.count)
        }
    }

    @Test("every clip of an action is used before one comes again", arguments: cases)
    func decks(_ clips: [Int], batch: Int) {
        let actions = actions(clips)
        let drawn = batches(actions, 40, of: batch).flatMap(\.self)
        for (action, count) in clips.enumerated() {
            let own = drawn.filter { actions[$0] == "action \(action)" }
            for start in stride(from: 0, to: own.count - count + 1, by: count) {
                #expect(Set(own[start..<start + count]).count == count)
            }
        }
    }

    @Test("the seed decides")
    func seeds() {
        let actions = actions([3, 4, 5, 2, 6])
        #expect(batches(actions, 20, of: 4, seed: 9) == batches(actions, 20, of: 4, seed: 9))
        #expect(batches(actions, 20, of: 4, seed: 9) != batches(actions, 20, of: 4, seed: 10))
    }

    @Test("the order changes from turn to turn")
    func orders() {
        let drawn = batches(actions([1, 1, 1, 1, 1, 1, 1, 1]), 6, of: 8)
        #expect(Set(drawn).count == drawn.count)
    }
}
