import Foundation
import Recognition

/// A file of labels that may be changed while it is used.
struct LabelsFile: Sendable {
    private struct Stamp: Equatable {
        let date: Date?
        let size: Int?
        let number: Int?
    }

    private let path: String
    private var stamp: Stamp?
    private var labels: LabelSet?

    /// - Parameters:
    ///   - path: the file.
    ///   - labels: what was read from it.
    init(path: String, labels: LabelSet?) {
        (self.path, self.labels) = (path, labels)
        stamp = Self.stamp(path)
    }

    /// Looks at the file.
    ///
    /// - Returns: its labels when they are others than before.
    /// - Throws: `RecognitionError` once for a list that cannot be used.
    mutating func change() throws(RecognitionError) -> LabelSet? {
        // Editors take a file away for a moment.
        guard let newest = Self.stamp(path), newest != stamp else { return nil }
        stamp = newest
        let read = try LabelSet(contentsOf: path)
        guard read != labels else { return nil }
        labels = read
        return read
    }

    private static func stamp(_ path: String) -> Stamp? {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return Stamp(
            date: facts[.modificationDate] as? Date, size: facts[.size] as? Int,
            number: facts[.systemFileNumber] as? Int)
    }
}
