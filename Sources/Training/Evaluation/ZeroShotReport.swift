/// How well a model names actions that it gets as words only.
///
/// A class scores highest when every other class scores lower: ties, and scores that are not numbers, are misses.
public struct ZeroShotReport: Sendable, Equatable, Codable {
    /// The number of clips.
    public let clips: Int
    /// The number of class names that competed.
    public let classes: Int
    /// The share of clips whose own class scores highest.
    public let top1: Double
    /// The share of clips whose own class is among the five that score highest.
    public let top5: Double
    /// Top-1 with the two members of a time-order pair counted as one class; nil when no clip's class has a
    /// partner.
    public let orderBlindTop1: Double?
    /// Of clips whose class has a partner, the share that scores its own class above the partner; 0.5 is chance.
    public let withinPairs: Double?
    /// The mean over classes of the share of their clips whose own class scores highest.
    public let meanClassAccuracy: Double

    /// Computes the report from scores.
    ///
    /// - Parameters:
    ///   - scores: for each clip one score a class.
    ///   - labels: for each clip its class.
    ///   - partners: for each class the position of its time-order partner, or nil.
    public init(scores: [[Double]], labels: [Int], partners: [Int?]) {
        precondition(scores.count == labels.count && !labels.isEmpty, "ZeroShotReport: \(labels.count) labels")
        let rows = zip(scores, labels)
        func share(_ flags: [Bool]) -> Double? {
            flags.isEmpty ? nil : Double(flags.count { $0 }) / Double(flags.count)
        }
        let ranks = rows.map { row, label in row.indices.count { $0 != label && !(row[$0] < row[label]) } }
        let hits = ranks.map { $0 == 0 }
        let blind = rows.map { row, label in
            let partner = partners[label] ?? label
            let best = max(row[label], row[partner])
            return row.indices.allSatisfy { $0 == label || $0 == partner || row[$0] < best }
        }
        let pairs = rows.compactMap { row, label in partners[label].map { row[label] > row[$0] } }
        clips = labels.count
        classes = partners.count
        top1 = share(hits) ?? 0
        top5 = share(ranks.map { $0 < 5 }) ?? 0
        orderBlindTop1 = pairs.isEmpty ? nil : share(blind)
        withinPairs = share(pairs)
        let byClass = Dictionary(grouping: zip(labels, hits), by: \.0).sorted { $0.key < $1.key }
            .compactMap { share($0.value.map(\.1)) }
        meanClassAccuracy = byClass.reduce(0, +) / Double(byClass.count)
    }
}
