/// A stretch of time in which one action is seen.
public struct Span: Sendable, Equatable, Codable {
    /// Where it begins, in seconds after the video's first frame.
    public let start: Double
    /// Where it ends, in seconds after the video's first frame.
    public let end: Double
    /// The action.
    public let label: String
    /// The mean probability of the action over the span's windows.
    public let confidence: Double

    /// Makes a span.
    ///
    /// - Parameters:
    ///   - start: where it begins, in seconds.
    ///   - end: where it ends, in seconds.
    ///   - label: the action.
    ///   - confidence: the mean probability.
    public init(start: Double, end: Double, label: String, confidence: Double) {
        (self.start, self.end, self.label, self.confidence) = (start, end, label, confidence)
    }
}

/// Merges windows with the same best label into spans.
///
/// Windows overlap, spans do not: two neighbouring windows of different labels share the border half-way between their
/// middles. The first span begins with the first window, the last ends with the last window.
public struct Timeline: Sendable {
    private struct Run {
        let start: Double
        let label: String
        var sum: Double
        var count: Int
    }

    private var run: Run?
    private var last: Range<Double>?

    /// Makes an empty timeline.
    public init() {}

    /// Takes the next window.
    ///
    /// - Parameters:
    ///   - window: the time that it covers in seconds; windows come in the order of their ends.
    ///   - best: its most probable action.
    /// - Returns: the span before it, when the action changes.
    public mutating func append(_ window: Range<Double>, _ best: Prediction) -> Span? {
        let previous = last
        last = window
        guard var run = self.run, let previous else {
            self.run = Run(start: window.lowerBound, label: best.label, sum: best.probability, count: 1)
            return nil
        }
        guard run.label != best.label else {
            run.sum += best.probability
            run.count += 1
            self.run = run
            return nil
        }
        let border = (Self.middle(previous) + Self.middle(window)) / 2
        self.run = Run(start: border, label: best.label, sum: best.probability, count: 1)
        return Self.span(run, end: border)
    }

    /// Takes the end of the video.
    ///
    /// - Returns: the last span; nil when there was no window.
    public mutating func finish() -> Span? {
        defer { (run, last) = (nil, nil) }
        guard let run, let last else { return nil }
        return Self.span(run, end: last.upperBound)
    }

    private static func middle(_ window: Range<Double>) -> Double { (window.lowerBound + window.upperBound) / 2 }

    private static func span(_ run: Run, end: Double) -> Span {
        Span(start: run.start, end: end, label: run.label, confidence: run.sum / Double(run.count))
    }
}
