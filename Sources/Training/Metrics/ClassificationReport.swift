/// How well a model names the videos of a list.
///
/// A class scores highest when every other class scores lower: ties, and scores that are not numbers, are misses. A
/// video of several classes is right where one of them scores highest.
public struct ClassificationReport: Sendable, Codable, Equatable {
    /// The number of videos of the list.
    public let videos: Int
    /// How many of them could not be read.
    public let unreadable: Int
    /// The number of classes that competed.
    public let classes: Int
    /// The share of readable videos whose own class scores highest.
    public let top1: Double
    /// The share of readable videos whose own class is among the five that score highest.
    public let top5: Double
    /// Top-1 over the full list: what cannot be read is wrong.
    public let top1OverAll: Double
    /// Top-5 over the full list: what cannot be read is wrong.
    public let top5OverAll: Double
    /// The mean over classes with readable videos of the share of these that are right; nil for multi-label lists.
    public let meanClassAccuracy: Double?
    /// The mean average precision over classes with videos, of multi-label lists only.
    public let mAP: Double?
    /// The number of classes that no readable video has.
    public let classesWithoutVideos: Int
    /// Expected calibration error and reliability table; nil for multi-label lists, or where a probability is no number.
    public let calibration: Calibration?
    /// Which classes are taken for which; nil for multi-label lists.
    public let confusion: ConfusionMatrix?
    /// One row a class, in their order.
    public let perClass: [ClassResult]
    /// Top-1 with the two members of a time-order pair counted as one class; nil when no video's class has a
    /// partner.
    public let orderBlindTop1: Double?
    /// Of videos whose class has a partner, the share that scores its own class above the partner; 0.5 is chance.
    public let withinPairs: Double?

    /// The expected calibration error, from 0 to 1; 15 bins.
    public var ece: Double? { calibration?.error }
    /// The number of videos that could be read.
    public var readable: Int { videos - unreadable }

    /// Computes the report from scores.
    ///
    /// - Parameters:
    ///   - scores: of all videos of the list.
    ///   - partners: for each class the position of its time-order partner, or nil; empty for none.
    /// - Throws: `TrainingError.badEvaluation` if the list is empty or the parts do not fit each other.
    public init(_ scores: ClipScores, partners: [Int?] = []) throws(TrainingError) {
        try scores.validate()
        let count = scores.classes.count
        guard scores.videos > 0 else { throw .badEvaluation("there are no videos to evaluate") }
        guard partners.isEmpty || partners.count == count,
            partners.allSatisfy({ $0.map((0..<count).contains) ?? true })
        else { throw .badEvaluation("\(partners.count) time-order partners for \(count) classes") }
        let rows = scores.rankings, probabilities = scores.probabilities
        let ranks = zip(rows, scores.labels).map { ClassRank($0, labels: $1) }
        let hits = ranks.map(\.isHit), near = ranks.map { $0.above < 5 }
        (videos, unreadable, classes) = (scores.videos, scores.unreadable.count, count)
        (top1, top5) = (hits.share, near.share)
        top1OverAll = Double(hits.count { $0 }) / Double(videos)
        top5OverAll = Double(near.count { $0 }) / Double(videos)
        var missed = [Int](repeating: 0, count: count)
        for label in scores.unreadable.flatMap(\.labels) { missed[label] += 1 }
        if scores.isMultiLabel {
            let precision = AveragePrecision(
                scores: scores.kind == .logits && scores.views == 1 ? rows : probabilities, labels: scores.labels,
                classes: count)
            (mAP, classesWithoutVideos) = (precision.mean, precision.classesWithoutPositives)
            perClass = ClassResult.rows(scores, ranks, precision, unreadable: missed)
            (meanClassAccuracy, calibration, confusion, orderBlindTop1, withinPairs) = (nil, nil, nil, nil, nil)
            return
        }
        let labels = scores.labels.map { $0[0] }
        let matrix = ConfusionMatrix(classes: scores.classes, actual: labels, predicted: ranks.map(\.predicted))
        perClass = ClassResult.rows(matrix, unreadable: missed)
        let accuracies = perClass.compactMap(\.accuracy)
        meanClassAccuracy = accuracies.isEmpty ? 0 : accuracies.reduce(0, +) / Double(accuracies.count)
        calibration = Calibration(
            confidences: probabilities.map { $0.contains(where: \.isNaN) ? .nan : $0.max() ?? .nan }, hits: hits)
        let pairs = TimeOrderPairs(
            rows, labels: labels, partners: partners.isEmpty ? Array(repeating: nil, count: count) : partners)
        (orderBlindTop1, withinPairs) = (pairs.orderBlindTop1, pairs.withinPairs)
        (mAP, classesWithoutVideos, confusion) = (nil, count - accuracies.count, matrix)
    }
}
