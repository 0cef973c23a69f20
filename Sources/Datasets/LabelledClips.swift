internal import Foundation

/// One clip with the number of its class.
public struct LabelledClip: Sendable, Equatable {
    /// The file's path, joined to the list's folder.
    public let path: String
    /// The position in the list of classes.
    public let label: Int
}

/// A list of clips, `path label` a line, and the names of its classes.
///
/// Source: the list format of EVL, M2-CLIP and mmaction2; the label is the last token, so paths may hold blanks.
public struct LabelledClips: Sendable {
    /// The clips, in the list's order.
    public let clips: [LabelledClip]
    /// The names of the classes; a clip's label is a position in here.
    public let classes: [String]

    /// Reads a list and its class names.
    ///
    /// - Parameters:
    ///   - list: the list's path; the clips' paths are relative to its folder.
    ///   - classes: the path of the class names, one a line; nil means `classes.txt` beside the list.
    /// - Throws: `DatasetError.unreadable` with the file and line.
    public init(list: String, classes: String? = nil) throws(DatasetError) {
        let folder = (list as NSString).deletingLastPathComponent
        let root = folder.isEmpty ? "." : folder
        let names = try ListFile.lines(of: classes ?? root + "/classes.txt").map(\.text)
        var clips: [LabelledClip] = []
        for (number, text) in try ListFile.lines(of: list) {
            guard let blank = text.lastIndex(where: \.isWhitespace), let label = Int(text[text.index(after: blank)...])
            else {
                throw .unreadable(path: list, detail: "line \(number): expected a path, a blank and a class number")
            }
            guard names.indices.contains(label) else {
                throw .unreadable(path: list, detail: "line \(number): class \(label), but there are \(names.count)")
            }
            let path = text[..<blank].trimmingCharacters(in: .whitespaces)
            clips.append(LabelledClip(path: ListFile.path(path, in: root), label: label))
        }
        guard !clips.isEmpty else { throw .unreadable(path: list, detail: "the list is empty") }
        self.clips = clips
        self.classes = names
    }
}
