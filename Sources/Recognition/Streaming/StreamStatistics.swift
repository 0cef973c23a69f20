/// What a stream has cost and how steady it was, in constant memory.
///
/// Give it every event as it comes.
public struct StreamStatistics: Sendable {
    /// Seconds of decoding for each decision, by the source's account.
    public private(set) var decode = DurationHistogram()
    /// Seconds of resizing and cropping for each decision.
    public private(set) var transform = DurationHistogram()
    /// Seconds in the image tower for each decision.
    public private(set) var encode = DurationHistogram()
    /// Seconds from frame features to probabilities for each decision.
    public private(set) var head = DurationHistogram()
    /// Seconds from the arrival of a window's last frame to its decision.
    public private(set) var latency = DurationHistogram()
    /// The number of decisions.
    public private(set) var decisions = 0
    /// The number of pictures that went through the image tower.
    public private(set) var encodedFrames = 0
    /// The number of frames that the source dropped.
    public private(set) var dropped = 0
    /// The number of frames whose time stamps went backwards.
    public private(set) var late = 0
    /// The number of times that the outcome changed from one decision to the next.
    public private(set) var changes = 0
    /// Seconds of the stream from decision to decision, gaps left out.
    public private(set) var mediaTime = 0.0
    /// Seconds of computing: transform, encode and head.
    public private(set) var processingTime = 0.0
    /// Seconds from the beginning to the first decision; nil before it.
    public private(set) var timeToFirstDecision: Double?

    private let began: ContinuousClock.Instant
    private var last: (end: Double, outcome: String?)?

    /// Starts counting.
    ///
    /// - Parameter began: when the stream or the program began.
    public init(began: ContinuousClock.Instant = .now) { self.began = began }

    /// The next event belongs to another stream: what lies between counts as no time and no change.
    public mutating func beginRun() { last = nil }

    /// Counts an event.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: when.
    public mutating func add(_ event: StreamEvent, now: ContinuousClock.Instant = .now) {
        switch event {
        case .decision(let decision): add(decision, now)
        case .gap, .jump, .labels: last = nil
        case .began, .changed, .ended: break
        }
    }

    /// Processing time as a share of the stream's time: below 1 the computer keeps up; nil before two decisions.
    public var realTimeFactor: Double? { mediaTime > 0 ? processingTime / mediaTime : nil }

    /// Changes of the outcome in a minute of the stream; nil before two decisions.
    public var flicker: Double? { mediaTime > 0 ? Double(changes) * 60 / mediaTime : nil }

    /// The share of frames that the source dropped, given how many it delivered.
    ///
    /// - Parameter delivered: the number of frames that came through.
    /// - Returns: from 0 to 1.
    public func droppedShare(delivered: Int) -> Double {
        let all = delivered + dropped
        return all > 0 ? Double(dropped) / Double(all) : 0
    }

    private mutating func add(_ decision: StreamDecision, _ now: ContinuousClock.Instant) {
        if timeToFirstDecision == nil { timeToFirstDecision = (now - began) / .seconds(1) }
        decisions += 1
        encodedFrames += decision.newFrames
        dropped += decision.dropped
        late += decision.late
        let cost = decision.timings
        decode.add(cost.decode)
        transform.add(cost.transform)
        encode.add(cost.encode)
        head.add(cost.head)
        latency.add(decision.latency)
        let end = decision.window.upperBound
        if let last {
            mediaTime += max(end - last.end, 0)
            processingTime += cost.transform + cost.encode + cost.head
            if last.outcome != decision.outcome { changes += 1 }
        }
        last = (end, decision.outcome)
    }
}
