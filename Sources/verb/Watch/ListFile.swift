import Foundation
import Recognition

/// A list in a file that may be changed while it is used.
struct ListFile<List: Equatable & Sendable>: Sendable {
    private struct Stamp: Equatable {
        let date: Date?
        let size: Int?
        let number: Int?
    }

    private let path: String
    private let read: @Sendable (String) throws(RecognitionError) -> List
    private var stamp: Stamp?
    private var list: List?

    /// - Parameters:
    ///   - path: the file.
    ///   - list: what was read from it.
    ///   - read: reads the list of a file.
    init(path: String, list: List?, read: @escaping @Sendable (String) throws(RecognitionError) -> List) {
        // The first look reads the file: it may have changed since the list was read.
        (self.path, self.list, self.read) = (path, list, read)
    }

    /// Looks at the file.
    ///
    /// - Returns: its list when it is another than before.
    /// - Throws: `RecognitionError` once for a list that cannot be used.
    mutating func change() throws(RecognitionError) -> List? {
        // Editors take a file away for a moment.
        guard let newest = Self.stamp(path), newest != stamp else { return nil }
        stamp = newest
        let read = try read(path)
        guard read != list else { return nil }
        list = read
        return read
    }

    private static func stamp(_ path: String) -> Stamp? {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        return Stamp(
            date: facts[.modificationDate] as? Date, size: facts[.size] as? Int,
            number: facts[.systemFileNumber] as? Int)
    }
}

extension ListFile<LabelSet> {
    init(labels path: String, _ labels: LabelSet?) {
        self.init(path: path, list: labels) { (path: String) throws(RecognitionError) in
            try LabelSet(contentsOf: path)
        }
    }
}

extension ListFile<PromptSet> {
    init(prompts path: String, _ prompts: PromptSet?) {
        self.init(path: path, list: prompts) { (path: String) throws(RecognitionError) in
            try PromptSet(contentsOf: path)
        }
    }
}
