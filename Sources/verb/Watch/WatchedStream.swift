import Recognition
import Video

/// What is known of a stream that is watched.
struct WatchedStream: Sendable {
    /// How it stands.
    enum Standing: Sendable, Equatable {
        case connecting
        case live(VideoInformation)
        case lost(reason: String, retryIn: Double)
        case ended
        case failed(String)
    }

    /// What messages call it.
    let name: String
    /// The labels that it is asked for.
    private(set) var labels: [String]
    private(set) var standing = Standing.connecting
    /// The newest decision.
    private(set) var decision: StreamDecision?
    /// The action that goes on.
    private(set) var current: Span?
    /// The actions of the last minute that are over.
    private(set) var past: [Span] = []
    private(set) var statistics: StreamStatistics
    private(set) var counts = LiveCounts()
    /// How frames that come too fast are dropped.
    let drop: DropPolicy
    /// What became of the video that is written of it.
    private(set) var annotation: Annotation?
    /// When something was last known of it.
    private(set) var seen: ContinuousClock.Instant
    /// When its first decision came.
    private(set) var decided: ContinuousClock.Instant?

    /// Seconds that a timeline reaches back.
    static let memory = 60.0

    init(
        name: String, labels: [String], drop: DropPolicy = LiveSettings().policy, began: ContinuousClock.Instant = .now
    ) {
        (self.name, self.labels, self.drop, seen) = (name, labels, drop, began)
        statistics = StreamStatistics(began: began)
    }

    /// Seconds from the first connection to the first decision.
    var connectionToFirstDecision: Double? {
        guard let decided, let opened = counts.opened else { return nil }
        return max((decided - opened) / .seconds(1), 0)
    }

    /// The stream's time in seconds.
    var time: Double { decision?.window.upperBound ?? 0 }

    mutating func take(_ event: StreamEvent, counts: LiveCounts, now: ContinuousClock.Instant = .now) {
        statistics.add(event, now: now)
        (self.counts, seen) = (counts, now)
        switch event {
        case .decision(let decision):
            self.decision = decision
            decided = decided ?? now
            if let span = current { current = Self.extended(span, by: decision) }
            let oldest = time - Self.memory
            past.removeAll { $0.end < oldest }
        case .began(let span): current = span
        case .changed(let from, let to):
            end(from)
            current = to
        case .ended(let span): end(span)
        case .labels(let names): labels = names
        case .gap, .jump: break
        }
    }

    mutating func take(_ state: LiveState) {
        standing =
            switch state {
            case .connecting: .connecting
            case .connected(let information): .live(information)
            case .lost(let reason, let pause): .lost(reason: reason, retryIn: pause)
            }
    }

    mutating func take(_ annotation: Annotation) { self.annotation = annotation }

    mutating func end(_ error: RecognitionError?, counts: LiveCounts) {
        self.counts = counts
        standing = error.map { .failed("\($0)") } ?? .ended
    }

    private mutating func end(_ span: Span) {
        past.append(span)
        current = nil
    }

    /// An action that goes on reaches to the newest window's middle, as its span will when it is reported.
    private static func extended(_ span: Span, by decision: StreamDecision) -> Span {
        let middle = (decision.window.lowerBound + decision.window.upperBound) / 2
        return Span(start: span.start, end: max(span.end, middle), label: span.label, confidence: span.confidence)
    }
}
