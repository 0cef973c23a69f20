/// Which windows end where, in frames of a constant rate.
///
/// Frame q stands for the time from q / rate to (q + 1) / rate. Window k ends at `window + k · every` seconds, with the
/// last frame that is over by then; the first is window 0.
struct WindowPlan: Sendable {
    private let settings: TimelineSettings
    /// The number of windows that have ended.
    private var ended = 0
    /// The number of frames that ended windows reach to.
    private var covered = 0
    /// The number of frames so far.
    private(set) var frames = 0

    init(_ settings: TimelineSettings) { self.settings = settings }

    /// The position after the last frame of the next window.
    private var nextEnd: Int {
        Int((Double(settings.frames) + Double(ended) * settings.every * settings.rate + 1e-6).rounded(.down))
    }

    /// Counts a frame.
    ///
    /// - Returns: the time in seconds that a window covers which this frame completes.
    mutating func advance() -> Range<Double>? {
        frames += 1
        guard frames >= nextEnd else { return nil }
        ended += 1
        covered = frames
        return range(end: Double(frames) / settings.rate)
    }

    /// The video has ended: the time that its last, shifted or incomplete window covers, if frames are left over.
    ///
    /// - Parameter duration: the video's, when known; believed when it fits the number of frames.
    /// - Returns: nil when no frame came after the last window.
    mutating func finish(duration: Double?) -> Range<Double>? {
        guard frames > covered else { return nil }
        covered = frames
        return range(end: end(duration: duration))
    }

    /// Where the video ends in seconds.
    private func end(duration: Double?) -> Double {
        let counted = Double(frames) / settings.rate
        guard let duration, abs(duration - counted) <= 1 / settings.rate else { return counted }
        return max(duration, Double(max(frames - 1, 0)) / settings.rate)
    }

    private func range(end: Double) -> Range<Double> { max(0, end - settings.window)..<end }
}
