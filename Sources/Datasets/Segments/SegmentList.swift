public import Foundation

/// An action in a long video.
public struct TimedAction: Sendable, Equatable, Codable {
    /// The action.
    public var label: String
    /// Where it begins, in seconds after the video's first frame.
    public var start: Double
    /// Where it ends, in seconds after the video's first frame.
    public var end: Double

    /// Names an action.
    ///
    /// - Parameters:
    ///   - label: the action.
    ///   - start: where it begins, in seconds.
    ///   - end: where it ends, in seconds.
    public init(label: String, start: Double, end: Double) {
        (self.label, self.start, self.end) = (label, start, end)
    }
}

/// A long video and what is done in it when.
public struct SegmentedVideo: Sendable, Equatable, Codable {
    /// The file, relative to the list.
    public var path: String
    /// Its duration in seconds.
    public var duration: Double
    /// What is done, in the order of time.
    public var actions: [TimedAction]

    /// Describes a video.
    ///
    /// - Parameters:
    ///   - path: the file, relative to the list.
    ///   - duration: its duration in seconds.
    ///   - actions: what is done, in the order of time.
    public init(path: String, duration: Double, actions: [TimedAction]) {
        (self.path, self.duration, self.actions) = (path, duration, actions)
    }
}

/// Long videos with the times of their actions: `segments.json`.
///
///     { "labels": ["bowing", …],
///       "videos": [ { "path": "long/000000.mp4", "duration": 20.5,
///                     "actions": [ { "label": "bowing", "start": 0, "end": 5.3 }, … ] }, … ] }
public struct SegmentList: Sendable, Equatable, Codable {
    /// All labels that are told apart, those that no video shows included.
    public var labels: [String]
    /// The videos.
    public var videos: [SegmentedVideo]

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - labels: all labels that are told apart.
    ///   - videos: the videos.
    public init(labels: [String], videos: [SegmentedVideo]) { (self.labels, self.videos) = (labels, videos) }

    private static let limit = 256 << 20

    /// Reads a list.
    ///
    /// - Parameter path: a file as above.
    /// - Throws: `DatasetError.unreadable` for a file that is none, or for times or labels that cannot be.
    public init(contentsOf path: String) throws(DatasetError) {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            guard (size ?? 0) <= Self.limit else { throw CocoaError(.fileReadTooLarge) }
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, detail: "the list cannot be read; check the path and its permissions")
        }
        do { self = try JSONDecoder().decode(SegmentList.self, from: data) } catch {
            throw .unreadable(path: path, detail: "it is no list of segments, which has labels and videos with actions")
        }
        if let problem { throw .unreadable(path: path, detail: problem) }
    }

    /// What keeps the list from being used.
    private var problem: String? {
        guard !labels.isEmpty, Set(labels).count == labels.count else { return "labels are missing or stand twice" }
        guard !videos.isEmpty else { return "it has no videos" }
        let known = Set(labels)
        for video in videos {
            guard video.duration > 0, video.duration.isFinite else {
                return "\(video.path): a duration of \(video.duration) s"
            }
            for action in video.actions {
                guard known.contains(action.label) else {
                    return "\(video.path): \"\(action.label)\" is none of the labels"
                }
                guard action.start >= 0, action.start < action.end, action.end <= video.duration + 1 else {
                    return "\(video.path): \(action.label) from \(action.start) to \(action.end) s of "
                        + "\(video.duration) s"
                }
            }
        }
        return nil
    }

    /// The list as JSON, keys in alphabetical order.
    ///
    /// - Returns: the file's bytes.
    public func json() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { fatalError("segments: times that are no numbers") }
        return data + Data("\n".utf8)
    }

    /// The list as a table: one line `path,start,end,label` an action.
    ///
    /// - Returns: the file's bytes.
    public func csv() -> Data {
        let lines = videos.flatMap { video in
            video.actions.map { action in
                let label = action.label.replacingOccurrences(of: "\"", with: "\"\"")
                return String(format: "%@,%.3f,%.3f,\"%@\"\n", video.path, action.start, action.end, label)
            }
        }
        return Data(("path,start,end,label\n" + lines.joined()).utf8)
    }
}
