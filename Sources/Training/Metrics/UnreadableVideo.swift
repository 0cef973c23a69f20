/// A video of a list that could not be scored, and why.
public struct UnreadableVideo: Sendable, Codable, Equatable {
    /// The video's path, as the list says it.
    public var path: String
    /// What was wrong with it.
    public var reason: String
    /// Its classes in the list: it counts as a miss of theirs.
    public var labels: [Int]
    /// Its place in the list, from 0, where that is known.
    public var position: Int?

    /// Names a video.
    ///
    /// - Parameters:
    ///   - path: the video's path.
    ///   - reason: what was wrong with it.
    ///   - labels: its classes in the list.
    ///   - position: its place in the list, from 0.
    public init(path: String, reason: String, labels: [Int] = [], position: Int? = nil) {
        self.path = path
        self.reason = reason
        self.labels = labels
        self.position = position
    }
}
