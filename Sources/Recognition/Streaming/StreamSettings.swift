/// How a stream is looked at and when a decision counts; all times in seconds of the stream.
public struct StreamSettings: Sendable, Equatable, Codable {
    /// What happens before the first window is full.
    public enum StartRule: String, Sendable, Equatable, Codable, CaseIterable {
        /// The frames so far are spread over the window: place i of T shows frame ⌊i n / T⌋ of n.
        case short
        /// Nothing is decided.
        case wait
    }

    /// What is kept of frames by models whose frames see each other in the tower, M2-CLIP and ST-Adapter.
    public enum Cache: String, Sendable, Equatable, Codable, CaseIterable {
        /// Nothing: every window is computed whole, and exact.
        case none
        /// What the adapters saw of the frames before: every frame is computed once, and does not see those behind it.
        ///
        /// The probabilities are others than those of the whole window, see docs/streaming.md for how much; measure it.
        /// Models that are exact with shared frames stay so.
        case causal
    }

    /// Two borders, so that a probability that trembles around one does not end and begin an action again and again.
    public struct Hysteresis: Sendable, Equatable, Codable {
        /// The probability from which an action begins; a label's own threshold takes its place.
        public var enter: Double
        /// The probability below which it ends, at most `enter`.
        public var leave: Double

        /// Makes borders.
        ///
        /// - Parameters:
        ///   - enter: the probability from which an action begins.
        ///   - leave: the probability below which it ends.
        public init(enter: Double = 0.5, leave: Double = 0.35) { (self.enter, self.leave) = (enter, leave) }
    }

    /// The number T of frames of a window; it must be the model's where that is fixed.
    public var frames: Int
    /// The time d between two frames of a window.
    public var stride: Double
    /// The time from one decision to the next, a multiple of the stride.
    public var hop: Double
    /// The time constant of the exponential average of probabilities; 0 switches it off.
    public var smoothing = 0.0
    /// When an action begins and ends.
    public var hysteresis = Hysteresis()
    /// How long an action must be seen before it is reported; shorter ones never are.
    public var minimumDuration = 0.0
    /// The probabilities from which single labels count, in place of `unknown` and of `hysteresis.enter`.
    public var thresholds: [String: Double] = [:]
    /// The probability below which the best label counts as unknown; nil knows always.
    public var unknown: Double?
    /// What happens before the first window is full.
    public var start = StartRule.short
    /// What models keep whose frames see each other in the tower.
    public var cache = Cache.none
    /// The longest time without a frame that repetitions fill; nil means a window, and at least two strides.
    ///
    /// A longer one starts a new window, unless the source dropped the frames.
    public var longestGap: Double?

    /// Makes settings; what is not named here is set afterwards.
    ///
    /// - Parameters:
    ///   - frames: frames of a window.
    ///   - stride: seconds between two frames of a window.
    ///   - hop: seconds between decisions, a multiple of the stride; nil means one stride.
    public init(frames: Int = 8, stride: Double = 0.25, hop: Double? = nil) {
        (self.frames, self.stride, self.hop) = (frames, stride, hop ?? stride)
    }

    /// The time that a window covers.
    public var window: Double { Double(frames) * stride }

    /// The number of strides between two decisions.
    var hopStrides: Int { max(Int((min(hop / stride, 1e9)).rounded()), 1) }

    /// The time without a frame after which a new window starts, in seconds.
    public var gap: Double { longestGap ?? max(window, 2 * stride) }
}
