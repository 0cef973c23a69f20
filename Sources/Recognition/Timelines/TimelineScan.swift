internal import CLIP
public import Video

/// What was recognised in one window of a long video.
public struct RecognizedWindow: Sendable {
    /// The time that the window covers, in seconds after the video's first frame.
    public let time: Range<Double>
    /// All labels, the most probable first.
    public let predictions: [Prediction]
    /// What the window cost beyond the ones before it; `decode` is the time spent waiting for frames.
    public let timings: Timings
}

/// The windows of a long video, one after another, in constant memory.
///
/// Frames are taken at a constant rate by their time stamps, each is encoded once, and windows share the features. At
/// the end one more window covers what is left: the last `window` seconds, or all of a video that is shorter.
/// Decoding runs on a thread of its own; cancelling the task ends the iteration with `RecognitionError.cancelled`.
public struct TimelineScan: AsyncSequence, Sendable {
    /// What the scan delivers.
    public typealias Element = RecognizedWindow
    /// How the scan fails.
    public typealias Failure = RecognitionError

    let session: Session
    let frames: FrameStream
    /// The video's duration in seconds, when its header says it.
    public let duration: Double?
    let settings: TimelineSettings

    /// Starts decoding.
    ///
    /// - Returns: an iterator in front of the first window.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Computes windows one by one.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the scan delivers.
        public typealias Element = RecognizedWindow
        /// How the scan fails.
        public typealias Failure = RecognitionError

        private let session: Session
        private let duration: Double?
        private var frames: FrameStream.Iterator
        private var plan: WindowPlan
        private var window: StreamWindow
        private var pending: PendingFrames
        private var lastTime: Double?
        private var isAtEnd = false

        init(_ scan: TimelineScan) {
            (session, duration) = (scan.session, scan.duration)
            frames = scan.frames.makeAsyncIterator()
            plan = WindowPlan(scan.settings)
            window = StreamWindow(capacity: scan.settings.frames)
            pending = PendingFrames(capacity: scan.settings.frames)
        }

        /// Computes the next window.
        ///
        /// - Returns: the window, or nil after the last one.
        /// - Throws: `RecognitionError`.
        public mutating func next() async throws(RecognitionError) -> RecognizedWindow? {
            var timings = Timings()
            while let frame = try await fetch(&timings) {
                pending.append(frame)
                if let time = plan.advance() { return try await rank(time, &timings) }
            }
            return if let time = plan.finish(duration: duration) { try await rank(time, &timings) } else { nil }
        }

        private mutating func fetch(_ timings: inout Timings) async throws(RecognitionError) -> PreparedFrame? {
            guard !isAtEnd else { return nil }
            let start = ContinuousClock.now
            let next: Frame?
            do { next = try await frames.next() } catch { throw RecognitionError(error) }
            timings.decode += (ContinuousClock.now - start) / .seconds(1)
            guard let frame = next else {
                isAtEnd = true
                return nil
            }
            defer { lastTime = frame.time }
            guard frame.time != lastTime else { return .repetition }
            return .fresh(measured(&timings.transform) { session.preprocessing.prepared(frame) })
        }

        private mutating func rank(
            _ time: Range<Double>, _ timings: inout Timings
        ) async throws(RecognitionError) -> RecognizedWindow {
            let step = try await session.advance(window, with: pending.take())
            window = step.window
            timings += step.timings
            return RecognizedWindow(time: time, predictions: step.predictions, timings: timings)
        }
    }
}

extension Session {
    /// Recognises what is done when in a long video.
    ///
    ///     var timeline = Timeline()
    ///     for try await window in try session.scan("film.mp4", TimelineSettings(every: 1, window: 2)) {
    ///         if let span = timeline.append(window.time, window.predictions[0]) { print(span) }
    ///     }
    ///     if let span = timeline.finish() { print(span) }
    ///
    /// - Parameters:
    ///   - path: a video file.
    ///   - settings: how it is cut into windows.
    ///   - options: how it is decoded.
    /// - Returns: its windows; each iteration decodes anew.
    /// - Throws: `RecognitionError.video` when the file cannot be opened.
    public nonisolated func scan(
        _ path: String, _ settings: TimelineSettings, options: VideoOptions = .init()
    ) throws(RecognitionError) -> TimelineScan {
        let information: VideoInformation
        do { information = try VideoInformation(path: path, options: options) } catch { throw RecognitionError(error) }
        let frames = FrameStream(path: path, options: options, selection: .rate(settings.rate), capacity: 4)
        return TimelineScan(session: self, frames: frames, duration: information.duration, settings: settings)
    }
}
