public import Video

/// The frames of a video file as a stream that waits: none is dropped, and it is as fast as it is read.
public struct FileFrames: AsyncSequence, Sendable {
    /// What the sequence delivers.
    public typealias Element = LiveFrame
    /// How the sequence fails.
    public typealias Failure = VideoError

    private let stream: FrameStream

    /// Describes a stream; nothing is opened before the iteration begins.
    ///
    /// - Parameters:
    ///   - path: a video file.
    ///   - options: how it is decoded.
    public init(path: String, options: VideoOptions = .init()) {
        stream = FrameStream(path: path, options: options, capacity: 4)
    }

    /// Starts decoding.
    ///
    /// - Returns: an iterator in front of the first frame.
    public func makeAsyncIterator() -> Iterator { Iterator(frames: stream.makeAsyncIterator()) }

    /// Fetches frames one by one.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the sequence delivers.
        public typealias Element = LiveFrame
        /// How the sequence fails.
        public typealias Failure = VideoError

        private var frames: FrameStream.Iterator
        private var first: Double?

        init(frames: FrameStream.Iterator) { self.frames = frames }

        /// Waits for the next frame.
        ///
        /// - Returns: the frame, its time counted from the first; nil after the last one.
        /// - Throws: `VideoError`.
        public mutating func next() async throws(VideoError) -> LiveFrame? {
            let start = ContinuousClock.now
            guard let frame = try await frames.next() else { return nil }
            let (arrival, first) = (ContinuousClock.now, first ?? frame.time)
            self.first = first
            let moved = Frame(
                width: frame.width, height: frame.height, pixels: frame.pixels, time: frame.time - first)
            // The file is decoded beside the rest: this is the time spent waiting for it.
            return LiveFrame(moved, arrival: arrival, decode: (arrival - start) / .seconds(1))
        }
    }
}
