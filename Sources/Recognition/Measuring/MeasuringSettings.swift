/// How often something is measured.
public struct MeasuringSettings: Sendable, Codable, Equatable {
    /// The runs before the first that counts.
    public var warmup = 5
    /// The fewest runs that count.
    public var runs = 30
    /// Runs go on until these seconds have passed.
    public var seconds = 2.0

    /// Makes the usual settings.
    public init() {}

    /// Runs a body as often as the settings say.
    ///
    /// - Parameters:
    ///   - body: what is measured.
    ///   - between: done after each run that counts, beside the watch.
    /// - Returns: the seconds of each run that counts.
    /// - Throws: what the body throws.
    func measure<E: Error>(
        _ body: () throws(E) -> Void, between: () throws(E) -> Void = {}
    ) throws(E) -> [Double] {
        for _ in 0..<max(warmup, 0) { try body() }
        var spans: [Double] = [], total = 0.0
        while spans.count < max(runs, 1) || total < seconds {
            var span = 0.0
            try measured(&span, body)
            spans.append(span)
            total += span
            try between()
        }
        return spans
    }
}
