/// What a source's thread reads the time from and waits by; tests put their own in its place.
struct WallClock: Sendable {
    var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    /// Waits so many seconds, less when nobody wants the pipe's frames any more.
    var wait: @Sendable (Double, FramePipe<ArrivedFrame>) -> Void = { $1.wait(seconds: $0) }
}
