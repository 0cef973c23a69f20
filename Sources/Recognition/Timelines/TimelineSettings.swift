/// How a long video is cut into windows.
public struct TimelineSettings: Sendable, Equatable {
    /// Seconds from one window to the next.
    public let every: Double
    /// Seconds that a window covers.
    public let window: Double
    /// Frames of a window.
    public let frames: Int

    /// The constant rate at which frames are taken, in frames a second.
    var rate: Double { Double(frames) / window }

    /// Checks and takes settings.
    ///
    /// - Parameters:
    ///   - every: seconds from one window to the next, at least the distance of two frames, `window / frames`.
    ///   - window: seconds that a window covers.
    ///   - frames: frames of a window.
    /// - Throws: `RecognitionError.badSetting`.
    public init(every: Double = 1, window: Double = 2, frames: Int = 8) throws(RecognitionError) {
        guard (1...1024).contains(frames) else { throw .badSetting("\(frames) frames a window; it must be 1 to 1024") }
        guard window >= 0.01, window <= 3600 else {
            throw .badSetting("a window of \(window) s; it must be 0.01 to 3600")
        }
        guard every <= 86_400, every * Double(frames) >= window * (1 - 1e-9) else {
            throw .badSetting(
                "a window every \(every) s; it must be at most a day and at least \(window / Double(frames)) s, "
                    + "the distance of the \(frames) frames of a window of \(window) s")
        }
        (self.every, self.window, self.frames) = (every, window, frames)
    }
}
