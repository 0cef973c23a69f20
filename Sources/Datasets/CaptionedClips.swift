internal import Foundation

/// One clip of a data set with what is said about it.
public struct CaptionedClip: Sendable, Equatable {
    /// The file's path, joined to the data set's folder.
    public let path: String
    /// What is seen, in words.
    public let caption: String
    /// The name of the action.
    public let action: String
}

/// The clips of one split of a folder with `captions.jsonl`.
public struct CaptionedClips: Sendable {
    /// The clips, in the file's order.
    public let clips: [CaptionedClip]

    private struct Line: Decodable {
        let path: String
        let caption: String
        let action: String
        let split: String?
    }

    /// Reads the list: one JSON object a line with `path`, `caption`, `action` and perhaps `split`.
    ///
    /// - Parameters:
    ///   - folder: the data set's folder; paths that are not absolute are relative to it.
    ///   - split: the split wanted; nil takes all lines.
    /// - Throws: `DatasetError` for a file that is not there, a line that is no such object, or no clips at all.
    public init(folder: String, split: String?) throws(DatasetError) {
        let file = folder + "/captions.jsonl"
        var clips: [CaptionedClip] = []
        for entry in try ListFile(file, remedy: "; `verb puppets` writes one").lines() {
            let line: Line
            do { line = try JSONDecoder().decode(Line.self, from: Data(entry.text.utf8)) } catch {
                throw .badLine(
                    path: file, line: entry.number, detail: "it is not an object with path, caption and action")
            }
            guard split == nil || line.split == split else { continue }
            let path = ListFile.path(line.path, in: folder)
            clips.append(CaptionedClip(path: path, caption: line.caption, action: line.action))
        }
        guard !clips.isEmpty else {
            throw .unreadable(path: file, detail: split.map { "no clips of the split \($0)" } ?? "no clips")
        }
        self.clips = clips
    }
}
