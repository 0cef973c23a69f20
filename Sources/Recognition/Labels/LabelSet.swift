internal import Foundation

/// The actions that are told apart, in plain words.
public struct LabelSet: Sendable, Equatable {
    /// The labels, without blanks around them, in the given order.
    public let names: [String]

    /// The number of labels.
    public var count: Int { names.count }

    /// Checks and takes labels.
    ///
    /// - Parameter names: at least one; two that differ in letter case or blanks only are the same to CLIP.
    /// - Throws: `RecognitionError` for no labels, an empty one, or one that stands twice.
    public init(_ names: [String]) throws(RecognitionError) {
        guard !names.isEmpty else { throw .noLabels }
        var known: Set<String> = []
        var trimmed: [String] = []
        for (number, name) in names.enumerated() {
            let words = name.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { throw .emptyLabel(number: number + 1) }
            guard known.insert(words.joined(separator: " ").lowercased()).inserted else {
                throw .duplicateLabel(name.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            trimmed.append(name.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        self.names = trimmed
    }

    /// Reads a list with one label a line; empty lines are passed over.
    ///
    /// - Parameter path: a text file in UTF-8.
    /// - Throws: `RecognitionError` as for given labels, or `unreadableList`.
    public init(contentsOf path: String) throws(RecognitionError) {
        try self.init(TextList.lines(of: path))
    }
}

/// Files with one entry a line.
enum TextList {
    private static let limit = 16 << 20

    /// The lines that are not empty, without blanks around them.
    static func lines(of path: String) throws(RecognitionError) -> [String] {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            guard (size ?? 0) <= limit else { throw RecognitionError.unreadableList(path: path, detail: "too large") }
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch let error as RecognitionError {
            throw error
        } catch {
            throw .unreadableList(path: path, detail: "the list cannot be read; check the path and its permissions")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadableList(path: path, detail: "the list is not text in UTF-8")
        }
        let body = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        return body.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}
