/// How well the videos of one class are recognised.
public struct ClassResult: Sendable, Codable, Equatable {
    /// The class that most of a class's misses were taken for.
    public struct Confusion: Sendable, Codable, Equatable {
        /// The other class.
        public let name: String
        /// The number of videos.
        public let videos: Int
    }

    /// The class.
    public let name: String
    /// The number of its videos that were scored.
    public let videos: Int
    /// The number of its videos that could not be.
    public let unreadable: Int
    /// The number of videos whose prediction is this class and right.
    public let correct: Int
    /// The share of scored videos that were right; nil without videos.
    public let accuracy: Double?
    /// The class it is taken for most often, the first of several; nil where there are no misses.
    public let confusion: Confusion?
    /// The average precision, of multi-label lists only.
    public let averagePrecision: Double?

    /// The rows of a list with one class a video.
    static func rows(_ matrix: ConfusionMatrix, unreadable: [Int]) -> [ClassResult] {
        let totals = matrix.totals
        let misses = Dictionary(grouping: matrix.confusions, by: \.actual)
        let hits = Dictionary(
            uniqueKeysWithValues: matrix.cells.filter { $0.actual == $0.predicted }.map { ($0.actual, $0.count) })
        return matrix.classes.indices.map { number in
            ClassResult(
                name: matrix.classes[number], videos: totals[number], unreadable: unreadable[number],
                correct: hits[number] ?? 0,
                accuracy: totals[number] == 0 ? nil : Double(hits[number] ?? 0) / Double(totals[number]),
                confusion: misses[number]?.first.map {
                    Confusion(name: matrix.classes[$0.predicted], videos: $0.count)
                },
                averagePrecision: nil)
        }
    }

    /// The rows of a multi-label list; a video is right where its highest class is its own.
    static func rows(_ scores: ClipScores, _ ranks: [ClassRank], _ precision: AveragePrecision, unreadable: [Int])
        -> [ClassResult]
    {
        scores.classes.indices.map { number in
            let rows = scores.labels.indices.filter { scores.labels[$0].contains(number) }
            let correct = rows.count { ranks[$0].predicted == number && ranks[$0].isHit }
            return ClassResult(
                name: scores.classes[number], videos: rows.count, unreadable: unreadable[number], correct: correct,
                accuracy: rows.isEmpty ? nil : Double(correct) / Double(rows.count), confusion: nil,
                averagePrecision: precision.perClass[number])
        }
    }
}
