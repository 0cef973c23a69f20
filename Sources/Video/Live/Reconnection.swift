/// How often and after which pauses a source that broke off is tried again: the pauses double up to the longest.
public struct Reconnection: Sendable, Equatable {
    /// Seconds before the first new attempt.
    public var firstPause: Double
    /// The longest pause in seconds.
    public var longestPause: Double
    /// Attempts in a row without a picture before the source is given up; nil never gives up.
    public var attempts: Int?

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - firstPause: seconds before the first new attempt.
    ///   - longestPause: the longest pause in seconds.
    ///   - attempts: attempts in a row without a picture before the source is given up; nil never gives up.
    public init(firstPause: Double = 0.5, longestPause: Double = 15, attempts: Int? = 8) {
        (self.firstPause, self.longestPause, self.attempts) = (firstPause, longestPause, attempts)
    }

    func validate() throws(VideoError) {
        guard firstPause >= 0.001, longestPause >= firstPause, longestPause <= 86_400, attempts ?? 0 >= 0 else {
            throw VideoError(
                .invalidRequest,
                detail: "\(attempts.map(String.init) ?? "all") attempts after \(firstPause) to \(longestPause) s; the "
                    + "first pause must be at least 0.001 s and the longest at most a day")
        }
    }
}

/// Counts attempts in a row and says how long to wait before the next.
struct Backoff {
    let settings: Reconnection
    private var failures = 0

    init(_ settings: Reconnection) { self.settings = settings }

    /// A picture came: the next failure is the first again.
    mutating func reset() { failures = 0 }

    /// The pause before the next attempt in seconds; nil gives up.
    mutating func next() -> Double? {
        guard settings.attempts.map({ failures < $0 }) ?? true else { return nil }
        defer { failures += 1 }
        // 2^60 is far beyond every pause and no infinity.
        return min(settings.firstPause * Double(1 << min(failures, 60)), settings.longestPause)
    }
}
