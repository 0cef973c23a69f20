internal import Video

/// Draws batches in which an action comes again as late as possible.
///
/// In a contrastive batch two clips of one action would be each other's wrong answers. Each action's clips are dealt
/// out in a random order and shuffled anew when all were used; the same seed gives the same batches.
struct BatchSampler {
    private var draws: SeededDraws
    private let clipsByAction: [[Int]]
    private var decks: [[Int]]
    private var turn: [Int] = []

    init(actions: [String], seed: UInt64) {
        draws = SeededDraws(seed: seed)
        var order: [String] = [], groups: [String: [Int]] = [:]
        for (index, action) in actions.enumerated() {
            if groups[action] == nil { order.append(action) }
            groups[action, default: []].append(index)
        }
        clipsByAction = order.compactMap { groups[$0] }
        decks = Array(repeating: [], count: order.count)
    }

    mutating func batch(_ count: Int) -> [Int] {
        var uses = [Int](repeating: 0, count: clipsByAction.count)
        return (0..<count).map { _ in
            if turn.isEmpty {
                // Dealt from the end; the sort is stable, so what this batch has already comes last.
                turn = clipsByAction.indices.shuffled(using: &draws).sorted { uses[$0] > uses[$1] }
            }
            let action = turn.removeLast()
            uses[action] += 1
            if decks[action].isEmpty { decks[action] = clipsByAction[action].shuffled(using: &draws) }
            return decks[action].removeLast()
        }
    }
}
