public import Video

/// A video that could not be used.
public struct SkippedVideo: Sendable, Hashable, Codable {
    /// Its position in the list.
    public let position: Int
    /// Its path.
    public let path: String
    /// The kind of failure.
    public let status: VideoStatus
    /// What happened and what to do.
    public let reason: String
}

/// A video that was used although something is wrong with it.
public struct FlawedVideo: Sendable, Hashable, Codable {
    /// Its position in the list.
    public let position: Int
    /// Its path.
    public let path: String
    /// Everything that applies, the gravest first.
    public let statuses: [VideoStatus]
}
