import Synchronization

@testable import Video

/// A clock on which waiting takes no time, and is remembered.
final class FakeClock: Sendable {
    private struct State {
        var now: ContinuousClock.Instant
        var waits: [Double] = []
    }

    private let state: Mutex<State>
    /// When it was made.
    let start: ContinuousClock.Instant

    init() {
        start = .now
        state = Mutex(State(now: start))
    }

    /// The seconds of each waiting.
    var waits: [Double] { state.withLock { $0.waits } }

    var clock: WallClock {
        WallClock(
            now: { self.state.withLock { $0.now } },
            wait: { seconds, _ in
                self.state.withLock { state in
                    state.waits.append(seconds)
                    state.now += .seconds(seconds)
                }
            })
    }
}
