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

    /// Seconds that a timeline reaches back.
    static let memory = 60.0

    init(name: String, labels: [String], began: ContinuousClock.Instant = .now) {
        (self.name, self.labels) = (name, labels)
        statistics = StreamStatistics(began: began)
    }

    /// The stream's time in seconds.
    var time: Double { decision?.window.upperBound ?? 0 }

    mutating func take(_ event: StreamEvent, counts: LiveCounts) {
        statistics.add(event)
        self.counts = counts
        switch event {
        case .decision(let decision):
            self.decision = decision
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
