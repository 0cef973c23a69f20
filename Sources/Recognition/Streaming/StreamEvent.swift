/// What happens on a stream.
public enum StreamEvent: Sendable {
    /// A window was recognised.
    case decision(StreamDecision)
    /// An action began and has lasted the least duration; the span reaches as far as is known.
    case began(Span)
    /// One action ended and another began at once.
    case changed(from: Span, to: Span)
    /// An action ended.
    case ended(Span)
    /// The labels were replaced; decisions from here on are among these.
    case labels([String])
    /// No frame came in this time, too long for repetitions: a new window starts.
    case gap(Range<Double>)
    /// The time stamps jumped back, as where a stream starts again: a new window starts.
    case jump(from: Double, to: Double)
}
