public import Video

/// A picture of a stream with what its source knows of it.
public struct LiveFrame: Sendable {
    /// The picture; its `time` is seconds after the stream's first frame.
    public var frame: Frame
    /// When it came to this program.
    public var arrival: ContinuousClock.Instant
    /// The number of frames that the source's policy dropped between the one before and this one.
    public var dropped: Int
    /// Seconds that the source spent on decoding since the frame before, as far as it knows.
    public var decode: Double

    /// Makes a frame of a stream.
    ///
    /// - Parameters:
    ///   - frame: the picture; its `time` is seconds after the stream's first frame.
    ///   - arrival: when it came to this program.
    ///   - dropped: how many frames were dropped before it.
    ///   - decode: seconds spent on decoding since the frame before.
    public init(_ frame: Frame, arrival: ContinuousClock.Instant = .now, dropped: Int = 0, decode: Double = 0) {
        (self.frame, self.arrival, self.dropped, self.decode) = (frame, arrival, dropped, decode)
    }
}
