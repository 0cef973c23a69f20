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
    ///   - folder: the data set's folder; paths are relative to it.
    ///   - split: the split wanted; nil takes all lines.
    /// - Throws: `DatasetError` for a file that is not there, a line that is no such object, or no clips at all.
    public init(folder: String, split: String?) throws(DatasetError) {
        let file = folder + "/captions.jsonl"
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .unreadable(path: file, detail: "no such file; `verb puppets` writes one")
        }
        var clips: [CaptionedClip] = []
        for (number, bytes) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            let line: Line
            do { line = try JSONDecoder().decode(Line.self, from: Data(bytes)) } catch {
                throw .unreadable(
                    path: file, detail: "line \(number + 1) is not an object with path, caption and action")
            }
            guard split == nil || line.split == split else { continue }
            clips.append(CaptionedClip(path: folder + "/" + line.path, caption: line.caption, action: line.action))
        }
        guard !clips.isEmpty else { throw .unreadable(path: file, detail: "no clips of the split \(split ?? "")") }
        self.clips = clips
    }
}
