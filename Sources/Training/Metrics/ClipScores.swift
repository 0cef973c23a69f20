internal import Foundation

/// What a model says about every video of a list: one row of scores a video.
///
/// All metrics and protocols are computed from this table, so that a metric never depends on how batches, views or
/// processes were cut.
public struct ClipScores: Sendable, Codable, Equatable {
    /// What the numbers of a row are.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// One probability a class.
        case probabilities
        /// Scaled similarities or class logits: their softmax over the classes that compete is the probability.
        ///
        /// They can be restricted to a part of the classes exactly, and differ where probabilities are all zero but one.
        case logits
    }

    /// The videos that were scored.
    public var paths: [String]
    /// For each of them its classes, positions in ``classes``.
    public var labels: [[Int]]
    /// For each of them `views · K` numbers, view-major.
    public var scores: [[Double]]
    /// The names of the K classes that compete.
    public var classes: [String]
    /// The videos of the list that could not be scored.
    public var unreadable: [UnreadableVideo]
    /// What the numbers are.
    public var kind: Kind
    /// How many distributions a video's probabilities are the mean of: its views, times the templates whose
    /// probabilities are averaged.
    public var views: Int
    /// Whether a video may have no class, or several.
    public var isMultiLabel: Bool
    /// For each scored video its place in the list, from 0; empty where that is not known.
    public var positions: [Int]

    /// Takes a table of scores.
    ///
    /// - Parameters:
    ///   - paths: the videos that were scored.
    ///   - labels: for each of them its classes.
    ///   - scores: for each of them one number a class.
    ///   - classes: the names of the classes that compete.
    ///   - unreadable: the videos that could not be scored.
    public init(
        paths: [String], labels: [[Int]], scores: [[Double]], classes: [String], unreadable: [UnreadableVideo] = []
    ) {
        self.paths = paths
        self.labels = labels
        self.scores = scores
        self.classes = classes
        self.unreadable = unreadable
        kind = .probabilities
        views = 1
        isMultiLabel = labels.contains { $0.count != 1 }
        positions = []
    }

    /// The number of videos of the list: those scored and those that could not be.
    public var videos: Int { paths.count + unreadable.count }

    /// Checks that the parts fit each other.
    ///
    /// - Throws: `TrainingError.badEvaluation` that names the first video that does not fit.
    public func validate() throws(TrainingError) {
        guard paths.count == labels.count, paths.count == scores.count,
            positions.isEmpty || positions.count == paths.count
        else {
            throw .badEvaluation("\(paths.count) paths, \(labels.count) labels and \(scores.count) rows of scores")
        }
        guard views > 0, !classes.isEmpty else {
            throw .badEvaluation("\(classes.count) classes in \(views) views")
        }
        for (path, row) in zip(paths, scores) where row.count != views * classes.count {
            throw .badEvaluation("\(path): \(row.count) scores for \(views) views of \(classes.count) classes")
        }
        for (path, own) in zip(paths, labels) { try check(own, of: path) }
        for video in unreadable where !video.labels.isEmpty { try check(video.labels, of: video.path) }
    }

    private func check(_ labels: [Int], of path: String) throws(TrainingError) {
        guard isMultiLabel || labels.count == 1 else {
            throw .badEvaluation("\(path): \(labels.count) classes in a list with one class a video")
        }
        guard Set(labels).count == labels.count, labels.allSatisfy(classes.indices.contains) else {
            throw .badEvaluation("\(path): classes \(labels), but there are \(classes.count)")
        }
    }

    /// The numbers that decide which class scores highest, one row a video, one number a class.
    ///
    /// With one view the numbers as they are; with several the mean of the views' probabilities.
    var rankings: [[Double]] { views == 1 ? scores : probabilities }

    /// The probabilities of the classes, one row a video: the mean over views of each view's.
    ///
    /// Source: all four methods' evaluation code (softmax a view, then the mean).
    public var probabilities: [[Double]] {
        scores.map { row in
            let k = classes.count
            var total = [Double](repeating: 0, count: k)
            for view in 0..<views {
                let part = row[view * k..<(view + 1) * k]
                for (index, value) in (kind == .logits ? Self.softmax(part) : Array(part)).enumerated() {
                    total[index] += value
                }
            }
            return views == 1 ? total : total.map { $0 / Double(views) }
        }
    }

    private static func softmax(_ logits: ArraySlice<Double>) -> [Double] {
        let top = logits.max() ?? 0
        let powers = logits.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
