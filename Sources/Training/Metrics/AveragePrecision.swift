/// Average precision of a ranking, and its mean over classes: the metric of multi-label lists.
///
///     AP = Σₙ (Rₙ − Rₙ₋₁) Pₙ
///
/// Pₙ and Rₙ are precision and recall at the n-th distinct score from above: equal scores are one step, nothing is
/// interpolated. Scores that are not numbers rank below all others. Source: scikit-learn `average_precision_score`.
public struct AveragePrecision: Sendable, Codable, Equatable {
    /// For each class its average precision; nil where no video has the class.
    public let perClass: [Double?]
    /// The mean over the classes that have videos; nil if none has.
    public let mean: Double?
    /// The number of classes without a video, which the mean leaves out.
    public let classesWithoutPositives: Int

    /// Computes the average precision of each class.
    ///
    /// - Parameters:
    ///   - scores: for each video one score a class.
    ///   - labels: for each video its classes.
    ///   - classes: the number of classes.
    public init(scores: [[Double]], labels: [[Int]], classes: Int) {
        var positives = [Set<Int>](repeating: [], count: classes)
        for (row, own) in labels.enumerated() {
            for label in own { positives[label].insert(row) }
        }
        perClass = positives.enumerated().map { number, positives in
            Self.value(scores.indices.map { (scores[$0][number], positives.contains($0)) })
        }
        let known = perClass.compactMap(\.self)
        mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        classesWithoutPositives = classes - known.count
    }

    /// The average precision of one ranking.
    ///
    /// - Parameter items: the score of each item and whether it is a positive.
    /// - Returns: the value, or nil without positives.
    static func value(_ items: [(score: Double, isPositive: Bool)]) -> Double? {
        let all = items.count { $0.isPositive }
        guard all > 0 else { return nil }
        let sorted = items.map { (score: $0.score.isNaN ? -.infinity : $0.score, isPositive: $0.isPositive) }
            .sorted { $0.score > $1.score }
        var (sum, found, foundBefore) = (0.0, 0, 0)
        for (index, item) in sorted.enumerated() {
            found += item.isPositive ? 1 : 0
            let isLastOfTie = index + 1 == sorted.count || sorted[index + 1].score < item.score
            guard isLastOfTie else { continue }
            sum += Double(found - foundBefore) / Double(all) * Double(found) / Double(index + 1)
            foundBefore = found
        }
        return sum
    }
}
