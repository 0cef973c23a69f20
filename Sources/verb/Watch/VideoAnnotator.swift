import Recognition
import Video

/// Writes a stream's frames as a video, with the action and bars drawn over them, beside the recognition.
struct VideoAnnotator: Sendable {
    let path: String
    private let queue: AnnotationQueue

    /// - Parameters:
    ///   - path: the file.
    ///   - overflow: what happens to frames that come faster than they are written.
    init(path: String, _ overflow: AnnotationQueue.Overflow) {
        (self.path, queue) = (path, AnnotationQueue(overflow))
    }

    /// Takes a frame of the stream.
    func take(_ frame: Frame) async { await queue.append(frame) }

    /// Takes what is to be drawn on the next frames.
    func take(_ event: StreamEvent) async { await queue.take(event) }

    /// Says that no more frames come.
    func close() async { await queue.close() }

    /// Writes until there are no more frames; the first error ends it.
    func run() async -> Annotation {
        var file = AnnotatedFile(path: path)
        var failure: VideoError?
        do throws(VideoError) {
            while let item = await queue.next() { try file.append(item.frame, item.overlay) }
            try file.finish()
        } catch {
            failure = error
            await queue.abandon()
        }
        return Annotation(
            path: path, frames: failure == nil ? file.count : 0, dropped: await queue.dropped,
            error: failure.map { "\($0)" })
    }
}

/// What became of an annotated video.
struct Annotation: Encodable, Equatable {
    let path: String
    /// The frames in the file.
    let frames: Int
    /// The frames that are not, since writing was too slow for them.
    let dropped: Int
    /// Why there is no file.
    let error: String?
}

/// The video file of a stream's frames, drawn over.
private struct AnnotatedFile {
    let path: String
    private(set) var count = 0
    private var writer: VideoWriter?
    private var scale = 1

    init(path: String) { self.path = path }

    /// Draws over a frame and writes it; one that is of another size than the first or not later is left out.
    mutating func append(_ frame: Frame, _ overlay: Overlay) throws(VideoError) {
        let writer = if let open = self.writer { open } else { try open(frame) }
        self.writer = writer
        var canvas = FrameCanvas(frame, scale: scale)
        guard canvas.width == writer.width, canvas.height == writer.height, writer.follows(frame.time) else { return }
        overlay.draw(on: &canvas)
        try writer.append(canvas.frame)
        count += 1
    }

    /// Completes the file; without a frame there is none.
    mutating func finish() throws(VideoError) {
        try writer?.finish()
        writer = nil
    }

    /// Small pictures are enlarged, or no word would be readable on them.
    private mutating func open(_ frame: Frame) throws(VideoError) -> VideoWriter {
        scale = max(360 / max(frame.height, 1), 1)
        let canvas = FrameCanvas(frame, scale: scale)
        var options = VideoWriter.Options()
        options.timing = .frameTimes
        return try VideoWriter(
            path: path, width: canvas.width, height: canvas.height, rate: (30, 1), options: options)
    }
}
