/// Whether a model tells the order of frames: accuracies over pairs of classes that are time reversals of each other.
struct TimeOrderPairs {
    /// Top-1 with the two members of a pair counted as one class; nil when no video's class has a partner.
    let orderBlindTop1: Double?
    /// Of videos whose class has a partner, the share that scores its own class above the partner; 0.5 is chance.
    let withinPairs: Double?

    /// Compares every class with its partner.
    ///
    /// - Parameters:
    ///   - rows: for each video one score a class.
    ///   - labels: for each video its class.
    ///   - partners: for each class the position of its partner, or nil.
    init(_ rows: [[Double]], labels: [Int], partners: [Int?]) {
        let blind = zip(rows, labels).map { row, label in
            let partner = partners[label] ?? label
            let best = max(row[label], row[partner])
            return row.indices.allSatisfy { $0 == label || $0 == partner || row[$0] < best }
        }
        let pairs = zip(rows, labels).compactMap { row, label in partners[label].map { row[label] > row[$0] } }
        orderBlindTop1 = pairs.isEmpty ? nil : blind.share
        withinPairs = pairs.isEmpty ? nil : pairs.share
    }
}

extension [Bool] {
    /// The share that is true; 0 of none.
    var share: Double { isEmpty ? 0 : Double(count { $0 }) / Double(count) }
}
