/// What one window of a stream shows.
public struct StreamDecision: Sendable, Encodable {
    /// The time that the window covers, in seconds after the stream's first frame; it ends with its last frame.
    public var window: Range<Double>
    /// All labels by this window alone, the most probable first.
    public var predictions: [Prediction]
    /// All labels by the exponential average over windows, the most probable first.
    public var smoothed: [Prediction]
    /// The best smoothed label; nil when it is below its threshold, which is to say unknown.
    public var outcome: String?
    /// Seconds from the arrival of the window's last frame to this decision.
    public var latency: Double
    /// What the decision cost beyond the ones before it; `decode` is the source's own account.
    public var timings: Timings
    /// Pictures that went through the image tower for it: all of the window where the tower mixes frames.
    public var newFrames: Int
    /// Frames of the window that stand for the one before them, since there was none near enough.
    public var repeated: Int
    /// Frames that the source dropped since the decision before.
    public var dropped: Int
    /// Frames since the decision before whose time stamps were not later than those before them; they are not used.
    public var late: Int
}
