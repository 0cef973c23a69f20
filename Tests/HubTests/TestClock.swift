import Synchronization

/// A clock on which pauses take no time, and are remembered.
struct TestClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private final class State: Sendable {
        let now = Mutex(Duration.zero)
        let pauses = Mutex<[Duration]>([])
    }

    private let state = State()
    var now: Instant { Instant(offset: state.now.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    var pauses: [Duration] { state.pauses.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let pause = now.duration(to: deadline)
        state.pauses.withLock { $0.append(pause) }
        state.now.withLock { $0 = max($0, deadline.offset) }
        await Task.yield()
    }
}
