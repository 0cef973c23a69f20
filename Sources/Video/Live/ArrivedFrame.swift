/// A frame of a live source, with what happened to it on its way.
public struct ArrivedFrame: Sendable {
    /// The picture; its time is seconds after the source's first frame, increasing over reconnections and loops.
    public var frame: Frame
    /// When it was there: the moment at which a file's pace shows it, or at which it came out of the decoder.
    public var arrival: ContinuousClock.Instant
    /// How many frames the drop policy took away between the one delivered before and this one.
    public var dropped: Int
    /// Seconds of processor time that decoding has cost since the frame before, pictures in between included.
    public var decode: Double

    /// Makes a frame.
    ///
    /// - Parameters:
    ///   - frame: the picture, its time in seconds after the first one.
    ///   - arrival: when it was there.
    ///   - dropped: how many frames were taken away before it.
    ///   - decode: seconds of processor time since the frame before.
    public init(_ frame: Frame, arrival: ContinuousClock.Instant, dropped: Int = 0, decode: Double = 0) {
        (self.frame, self.arrival, self.dropped, self.decode) = (frame, arrival, dropped, decode)
    }

    /// Takes over what a frame before it, which was dropped, has to tell.
    mutating func absorb(_ gone: ArrivedFrame) {
        dropped += gone.dropped + 1
        decode += gone.decode
    }
}
