import Video

/// A live source's frames on their way to a recogniser: up to a time, and drawn on as they pass.
struct WatchedFrames: AsyncSequence, Sendable {
    typealias Element = ArrivedFrame
    typealias Failure = VideoError

    let live: LiveFrames
    /// Seconds of the stream after which it ends here.
    let duration: Double?
    let annotator: VideoAnnotator?

    func makeAsyncIterator() -> Iterator {
        Iterator(frames: live.makeAsyncIterator(), duration: duration ?? .infinity, annotator: annotator)
    }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = ArrivedFrame
        typealias Failure = VideoError

        fileprivate var frames: LiveFrames.Iterator
        fileprivate let duration: Double
        fileprivate let annotator: VideoAnnotator?

        mutating func next() async throws(VideoError) -> ArrivedFrame? {
            guard let next = try await frames.next(), next.frame.time < duration else { return nil }
            await annotator?.take(next.frame)
            return next
        }
    }
}
