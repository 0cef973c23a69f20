/// When actions begin and end, from smoothed probabilities: two borders and a least duration.
///
/// Times are those of the stream. A span begins at the middle of the window that first reached the border and ends at
/// the middle of the one that fell below; at the stream's beginning and end it reaches as far as the windows do. It is
/// reported once it has lasted the least duration, never if it has not.
struct SpanTracker: Sendable {
    /// What has changed.
    enum Change: Sendable, Equatable {
        case began(Span)
        case changed(from: Span, to: Span)
        case ended(Span)
    }

    private struct Run {
        let label: String
        let start: Double
        var end: Double
        var sum = 0.0
        var count = 0
        var isReported = false

        var span: Span { Span(start: start, end: end, label: label, confidence: sum / Double(max(count, 1))) }
    }

    private let settings: StreamSettings
    private var run: Run?
    private var isFirst = true
    private var lastEnd = 0.0

    init(_ settings: StreamSettings) { self.settings = settings }

    /// The action that goes on and was reported.
    var current: Span? { run.flatMap { $0.isReported ? $0.span : nil } }

    /// Takes the smoothed probabilities of a window, ranked.
    mutating func add(_ smoothed: [Prediction], _ window: Range<Double>) -> Change? {
        let middle = (window.lowerBound + window.upperBound) / 2
        let begin = isFirst ? window.lowerBound : middle
        (isFirst, lastEnd) = (false, window.upperBound)
        guard let best = smoothed.first else { return nil }
        if var run, let own = smoothed.first(where: { $0.label == run.label }),
            !gives(way: own, to: best)
        {
            run.end = max(middle, run.start)
            run.sum += own.probability
            run.count += 1
            self.run = run
            return report(ended: nil)
        }
        let ended = end(at: middle)
        if best.probability >= enter(best.label), !isUnknown(best) {
            run = Run(label: best.label, start: begin, end: max(middle, begin), sum: best.probability, count: 1)
        }
        return report(ended: ended)
    }

    /// The window starts anew, or the stream has ended: what goes on ends with the last window.
    mutating func finish() -> Change? {
        defer { isFirst = true }
        return end(at: lastEnd).map(Change.ended)
    }

    /// Whether the action that goes on is over.
    private func gives(way own: Prediction, to best: Prediction) -> Bool {
        if own.probability < min(settings.hysteresis.leave, enter(own.label)) { return true }
        return best.label != own.label && best.probability >= enter(best.label) && !isUnknown(best)
    }

    private func enter(_ label: String) -> Double { settings.thresholds[label] ?? settings.hysteresis.enter }

    private func isUnknown(_ best: Prediction) -> Bool { settings.outcome(of: [best]) == nil }

    private mutating func end(at time: Double) -> Span? {
        guard var run else { return nil }
        self.run = nil
        run.end = max(time, run.start)
        return run.isReported ? run.span : nil
    }

    private mutating func report(ended: Span?) -> Change? {
        guard var run, !run.isReported, run.end - run.start >= settings.minimumDuration - 1e-9 else {
            return ended.map(Change.ended)
        }
        run.isReported = true
        self.run = run
        guard let ended else { return .began(run.span) }
        return .changed(from: ended, to: run.span)
    }
}

extension StreamSettings {
    /// The best label, or nil where its probability is below its threshold.
    func outcome(of smoothed: [Prediction]) -> String? {
        guard let best = smoothed.first else { return nil }
        return best.probability >= thresholds[best.label] ?? unknown ?? 0 ? best.label : nil
    }
}
