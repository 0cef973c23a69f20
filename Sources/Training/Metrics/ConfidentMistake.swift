/// A video that a model named wrongly, and how sure it was.
public struct ConfidentMistake: Sendable, Codable, Equatable {
    /// The video's path.
    public let path: String
    /// Its place in the list, where that is known, else its row among the scores.
    public let position: Int
    /// Its classes.
    public let actual: [String]
    /// What the model said.
    public let predicted: String
    /// The probability that the model gave to what it said.
    public let confidence: Double
    /// The highest probability that it gave to a class of the video; nil for a video without classes.
    public let ownConfidence: Double?
}

extension ClipScores {
    /// The mistakes that the model was surest of.
    ///
    /// - Parameter count: how many at most.
    /// - Returns: the most confident first; equal ones in the list's order.
    /// - Throws: `TrainingError.badEvaluation` if the parts do not fit each other.
    public func mostConfidentMistakes(_ count: Int) throws(TrainingError) -> [ConfidentMistake] {
        try validate()
        let rankings = rankings
        var mistakes: [ConfidentMistake] = []
        for (row, values) in probabilities.enumerated() {
            let rank = ClassRank(rankings[row], labels: labels[row])
            guard !rank.isHit, let predicted = rank.predicted, values[predicted].isFinite else { continue }
            mistakes.append(
                ConfidentMistake(
                    path: paths[row], position: positions.isEmpty ? row : positions[row],
                    actual: labels[row].map { classes[$0] }, predicted: classes[predicted],
                    confidence: values[predicted], ownConfidence: labels[row].map { values[$0] }.max()))
        }
        return Array(
            mistakes.sorted { ($1.confidence, $0.position) < ($0.confidence, $1.position) }.prefix(max(count, 0)))
    }
}
