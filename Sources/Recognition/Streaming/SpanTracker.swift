/// When actions begin and end, from smoothed probabilities: two borders and a least duration.
///
/// Times are those of the stream. A span begins at the middle of the window that first reached the border and ends at
/// the middle of the one that fell below; at the stream's beginning and end it reaches as far as the windows do. It is
/// reported once it has lasted the least duration, never if it has not: until then it stands beside the action that goes
/// on, which it neither ends nor parts.
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

        var span: Span { Span(start: start, end: end, label: label, confidence: sum / Double(max(count, 1))) }

        mutating func extend(to time: Double, _ probability: Double) {
            end = max(time, start)
            sum += probability
            count += 1
        }
    }

    private let settings: StreamSettings
    /// The action that goes on and was reported.
    private var current: Run?
    /// What has not lasted the least duration.
    private var pending: Run?
    /// Since when the current action does not hold.
    private var lapse: Double?
    private var isFirst = true
    private var lastEnd = 0.0
    /// Where the spans so far end; none begins before.
    private var floor = -Double.infinity

    init(_ settings: StreamSettings) { self.settings = settings }

    /// Takes the smoothed probabilities of a window, ranked.
    mutating func add(_ smoothed: [Prediction], _ window: Range<Double>) -> Change? {
        let middle = max((window.lowerBound + window.upperBound) / 2, floor)
        let begin = isFirst ? max(window.lowerBound, floor) : middle
        (isFirst, lastEnd) = (false, window.upperBound)
        guard let best = smoothed.first else { return nil }
        let rival = best.label != current?.label && begins(best) ? best : nil
        if rival == nil, let current, let own = probability(of: current, in: smoothed), own >= leave(current.label) {
            self.current?.extend(to: middle, own)
            (pending, lapse) = (nil, nil)
            return nil
        }
        if let current {
            let holds = probability(of: current, in: smoothed).map { $0 >= leave(current.label) } ?? false
            lapse = holds ? nil : lapse ?? middle
        }
        challenge(rival, smoothed, begin, middle)
        return settle(at: middle)
    }

    /// The window starts anew, the labels are others, or the stream has ended: what goes on ends with the last window.
    mutating func finish() -> Change? {
        (isFirst, floor, pending) = (true, lastEnd, nil)
        return end(at: lapse ?? lastEnd).map(Change.ended)
    }

    /// The times of what follows may be anywhere.
    mutating func beginRun() { floor = -.infinity }

    /// Whether an action may begin with this probability.
    private func begins(_ best: Prediction) -> Bool {
        best.probability >= enter(best.label) && settings.outcome(of: [best]) != nil
    }

    private func enter(_ label: String) -> Double { settings.thresholds[label] ?? settings.hysteresis.enter }

    private func leave(_ label: String) -> Double { min(settings.hysteresis.leave, enter(label)) }

    private func probability(of run: Run, in smoothed: [Prediction]) -> Double? {
        smoothed.first { $0.label == run.label }?.probability
    }

    /// Goes on with what has not lasted long enough, or begins with another.
    private mutating func challenge(_ rival: Prediction?, _ smoothed: [Prediction], _ begin: Double, _ middle: Double) {
        if let run = pending, rival.map({ $0.label == run.label }) ?? true,
            let own = probability(of: run, in: smoothed), own >= leave(run.label)
        {
            pending?.extend(to: middle, own)
            return
        }
        pending = rival.map {
            Run(label: $0.label, start: begin, end: max(middle, begin), sum: $0.probability, count: 1)
        }
    }

    /// What has lasted long enough takes over; what does not hold and has no challenger, or none that lasts, ends.
    private mutating func settle(at middle: Double) -> Change? {
        let least = settings.minimumDuration - 1e-9
        if let run = pending, run.end - run.start >= least {
            let ended = end(at: lapse ?? run.start)
            (current, pending) = (run, nil)
            guard let ended else { return .began(run.span) }
            return .changed(from: ended, to: run.span)
        }
        guard let lapse, pending == nil || middle - lapse >= least else { return nil }
        return end(at: lapse).map(Change.ended)
    }

    private mutating func end(at time: Double) -> Span? {
        guard var run = current else { return nil }
        (current, lapse) = (nil, nil)
        run.end = max(time, run.start)
        return run.span
    }
}

extension StreamSettings {
    /// The best label, or nil where its probability is below its threshold.
    func outcome(of smoothed: [Prediction]) -> String? {
        guard let best = smoothed.first else { return nil }
        return best.probability >= thresholds[best.label] ?? unknown ?? 0 ? best.label : nil
    }
}
