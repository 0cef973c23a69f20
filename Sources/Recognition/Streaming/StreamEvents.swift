/// What happens on a stream, as it happens.
public struct StreamEvents<Frames: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Frames.Element == LiveFrame {
    /// What the sequence delivers.
    public typealias Element = StreamEvent
    /// How the sequence fails.
    public typealias Failure = RecognitionError

    let recognizer: StreamRecognizer
    let frames: Frames

    /// Begins with an empty window.
    ///
    /// - Returns: an iterator in front of the first event.
    public func makeAsyncIterator() -> Iterator {
        Iterator(frames: frames.makeAsyncIterator(), process: StreamProcess(recognizer))
    }

    /// Takes frames as they are wanted and tells what they bring.
    public struct Iterator: AsyncIteratorProtocol {
        /// What the sequence delivers.
        public typealias Element = StreamEvent
        /// How the sequence fails.
        public typealias Failure = RecognitionError

        private var frames: Frames.AsyncIterator
        private var process: StreamProcess
        private var isAtEnd = false

        init(frames: Frames.AsyncIterator, process: StreamProcess) {
            (self.frames, self.process) = (frames, process)
        }

        /// Waits for what happens next.
        ///
        /// - Returns: the event, or nil after the stream's end.
        /// - Throws: `RecognitionError`.
        public mutating func next() async throws(RecognitionError) -> StreamEvent? {
            while true {
                if let event = process.takeEvent() { return event }
                guard !isAtEnd else { return nil }
                guard !Task.isCancelled else { throw .cancelled }
                if let frame = try await fetch() {
                    try await process.accept(frame)
                } else {
                    isAtEnd = true
                    try await process.finish()
                }
            }
        }

        private mutating func fetch() async throws(RecognitionError) -> LiveFrame? {
            do { return try await frames.next(isolation: #isolation) } catch { throw RecognitionError(ofSource: error) }
        }
    }
}
