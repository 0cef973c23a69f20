internal import Synchronization

/// What a live source has done so far.
public struct LiveCounts: Sendable, Equatable {
    /// Pictures that were decoded.
    public internal(set) var decoded = 0
    /// Frames that were converted and handed over; the rest of the decoded ones was not looked at.
    public internal(set) var converted = 0
    /// Frames that were handed over and that the drop policy took away again.
    public internal(set) var dropped = 0
    /// When the source was first opened with success.
    public internal(set) var opened: ContinuousClock.Instant?
    /// Times that the source was opened with success.
    public internal(set) var connections = 0
    /// Seconds of processor time spent on reading and decoding.
    public internal(set) var decodeTime = 0.0
    /// Seconds of processor time spent on converting to RGB.
    public internal(set) var convertTime = 0.0

    /// Makes counts of nothing.
    public init() {}
}

/// The counts of one source, written by its thread and read by anyone.
final class LiveLedger: Sendable {
    private let state = Mutex(LiveCounts())
    private let hasBegun = Mutex(false)

    var counts: LiveCounts { state.withLock { $0 } }

    /// Whether this is the first iteration.
    func begin() -> Bool {
        hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
    }

    func note(_ change: (inout LiveCounts) -> Void) { state.withLock { change(&$0) } }
}
