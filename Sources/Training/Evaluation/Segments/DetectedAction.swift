/// An action that a recogniser found in a long video.
public struct DetectedAction: Sendable, Equatable, Codable {
    /// The number of the video.
    public var video: Int
    /// The action.
    public var label: String
    /// Where it begins, in seconds.
    public var start: Double
    /// Where it ends, in seconds.
    public var end: Double
    /// How sure the recogniser is; only the order counts.
    public var confidence: Double

    /// Describes a detection.
    ///
    /// - Parameters:
    ///   - video: the number of the video.
    ///   - label: the action.
    ///   - start: where it begins, in seconds.
    ///   - end: where it ends, in seconds.
    ///   - confidence: how sure the recogniser is.
    public init(video: Int, label: String, start: Double, end: Double, confidence: Double) {
        (self.video, self.label, self.start, self.end) = (video, label, start, end)
        self.confidence = confidence
    }
}
