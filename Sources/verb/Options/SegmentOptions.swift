import ArgumentParser
import Recognition

/// How long videos are watched as streams.
struct SegmentOptions: ParsableArguments {
    @Option(help: "Seconds between two frames of a window.")
    var stride = 0.25

    @Option(help: "Seconds between decisions, a multiple of the stride (default: the stride).")
    var hop: Double?

    @Option(help: "Time constant in seconds of the average of probabilities; 0 switches it off.")
    var smoothing = 0.0

    @Option(help: "The probability from which an action begins.")
    var enter = 0.5

    @Option(help: "The probability below which an action ends.")
    var leave = 0.35

    @Option(name: .customLong("min-duration"), help: "Seconds that an action must last to be reported.")
    var minimumDuration = 0.0

    @Option(help: "The probability below which the best action counts as unknown (default: it never does).")
    var unknown: Double?

    func validate() throws {
        do { try settings(frames: 8).validate() } catch { throw ValidationError("\(error)") }
    }

    /// The settings for windows of a number of frames.
    func settings(frames: Int) -> StreamSettings {
        var settings = StreamSettings(frames: frames, stride: stride, hop: hop)
        settings.smoothing = smoothing
        settings.hysteresis = .init(enter: enter, leave: leave)
        settings.minimumDuration = minimumDuration
        settings.unknown = unknown
        return settings
    }
}
