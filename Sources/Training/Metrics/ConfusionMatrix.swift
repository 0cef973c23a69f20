/// Which classes a model takes for which.
public struct ConfusionMatrix: Sendable, Codable, Equatable {
    /// How often videos of one class were taken for another, or for itself.
    public struct Cell: Sendable, Codable, Equatable {
        /// The videos' class.
        public let actual: Int
        /// The class that the model said.
        public let predicted: Int
        /// The number of videos.
        public let count: Int
    }

    /// The names of the classes.
    public let classes: [String]
    /// All cells that are not empty, by actual and then predicted class.
    public let cells: [Cell]
    /// For each class the number of its videos whose scores are not numbers, so that nothing was predicted.
    public let undecided: [Int]

    /// Counts predictions.
    ///
    /// - Parameters:
    ///   - classes: the names of the classes.
    ///   - actual: for each video its class.
    ///   - predicted: for each video what the model said, or nil.
    public init(classes: [String], actual: [Int], predicted: [Int?]) {
        self.classes = classes
        var counts: [Int: Int] = [:]
        var undecided = [Int](repeating: 0, count: classes.count)
        for (actual, predicted) in zip(actual, predicted) {
            if let predicted {
                counts[actual * classes.count + predicted, default: 0] += 1
            } else {
                undecided[actual] += 1
            }
        }
        cells = counts.sorted { $0.key < $1.key }.map {
            Cell(actual: $0.key / classes.count, predicted: $0.key % classes.count, count: $0.value)
        }
        self.undecided = undecided
    }

    /// All counts: row = actual class, column = predicted class.
    public var rows: [[Int]] {
        var rows = classes.map { _ in [Int](repeating: 0, count: classes.count) }
        for cell in cells { rows[cell.actual][cell.predicted] = cell.count }
        return rows
    }

    /// The number of videos of each class.
    public var totals: [Int] {
        var totals = undecided
        for cell in cells { totals[cell.actual] += cell.count }
        return totals
    }

    /// The cells off the diagonal, the fullest first; equal ones by actual, then predicted class.
    public var confusions: [Cell] {
        cells.filter { $0.actual != $0.predicted }
            .sorted { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    }

    private enum CodingKeys: String, CodingKey { case classes, cells, undecided }

    /// Reads a matrix.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` for cells of classes that are not there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        classes = try container.decode([String].self, forKey: .classes)
        cells = try container.decode([Cell].self, forKey: .cells)
        undecided = try container.decode([Int].self, forKey: .undecided)
        let indices = classes.indices
        let fits = cells.allSatisfy {
            indices.contains($0.actual) && indices.contains($0.predicted) && (0...(1 << 40)).contains($0.count)
        }
        guard fits, undecided.count == classes.count, undecided.allSatisfy((0...(1 << 40)).contains) else {
            throw DecodingError.dataCorruptedError(
                forKey: .cells, in: container, debugDescription: "cells outside of \(classes.count) classes")
        }
    }
}
