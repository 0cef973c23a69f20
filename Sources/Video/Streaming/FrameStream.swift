import Foundation

/// The frames of a file in order, decoded on a thread of their own while the last ones are being used.
///
/// The thread waits when `capacity` frames are not fetched yet, so memory stays constant whatever the length of the
/// file. Cancelling the task that iterates, or dropping the iterator, ends the thread at its next packet. Each iteration
/// opens the file anew.
public struct FrameStream: AsyncSequence, Sendable {
    /// What the stream delivers.
    public typealias Element = Frame
    /// How the stream fails.
    public typealias Failure = VideoError

    private let path: String
    private let options: VideoOptions
    private let selection: FrameSelection
    private let capacity: Int

    /// Describes a stream; nothing is opened before the iteration begins.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - options: limits and conversions; the deadline holds for each frame.
    ///   - selection: which frames are delivered.
    ///   - capacity: how many frames may wait, at least 1.
    public init(path: String, options: VideoOptions = .init(), selection: FrameSelection = .all, capacity: Int = 8) {
        (self.path, self.options, self.selection) = (path, options, selection)
        self.capacity = Swift.max(capacity, 1)
    }

    /// Starts the decoding thread.
    ///
    /// - Returns: an iterator in front of the first frame.
    public func makeAsyncIterator() -> Iterator {
        let pipe = FramePipe<Frame>(capacity: capacity)
        var options = options
        let outer = options.isCancelled
        options.isCancelled = { pipe.isCancelled || outer?() ?? false }
        let (path, selection, settings) = (path, selection, options)
        let thread = Thread {
            do throws(VideoError) {
                try decode(path, settings, selection, into: pipe)
                pipe.finish(nil)
            } catch {
                pipe.finish(error)
            }
        }
        thread.name = "decode \((path as NSString).lastPathComponent)"
        thread.start()
        return Iterator(owner: PipeOwner(pipe))
    }

    /// Fetches frames one by one.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the stream delivers.
        public typealias Element = Frame
        /// How the stream fails.
        public typealias Failure = VideoError

        fileprivate let owner: PipeOwner<Frame>

        /// Waits for the next frame.
        ///
        /// - Returns: the frame, or nil after the last one.
        /// - Throws: ``VideoError``; `cancelled` when the task is cancelled.
        public mutating func next() async throws(VideoError) -> Frame? {
            try await owner.pipe.next()
        }
    }
}

extension VideoFile {
    /// The frames of a file in order, decoded on a thread of their own.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - options: limits and conversions; the deadline holds for each frame.
    ///   - selection: which frames are delivered.
    /// - Returns: the stream.
    public static func stream(
        path: String, options: VideoOptions = .init(), selection: FrameSelection = .all
    ) -> FrameStream {
        FrameStream(path: path, options: options, selection: selection)
    }
}

/// Decodes to the end, converting only what the selection wants.
private func decode(
    _ path: String, _ options: VideoOptions, _ selection: FrameSelection, into pipe: FramePipe<Frame>
) throws(VideoError) {
    var selector = try FrameSelector(selection)
    let reader = try VideoReader(path: path, options: options)
    var first: Double?
    while !selector.isComplete, let time = try reader.skipFrame() {
        let start = first ?? time
        first = start
        let wanted = try selector.accept(time - start)
        if wanted.previous > 0 {
            let frame = try reader.previousFrame()
            for _ in 0..<wanted.previous where !pipe.push(frame) { return }
        }
        if wanted.current, !pipe.push(try reader.frame()) { return }
    }
    // A cut file ends before its header says, and where rates vary header and last duration may both be wrong.
    let (last, end) = (reader.time - (first ?? 0), reader.endTime - (first ?? 0))
    let rest = selector.finish(max(last, min(end, reader.information.duration ?? end)))
    guard rest > 0 else { return }
    let frame = try reader.frame()
    for _ in 0..<rest where !pipe.push(frame) { return }
}
