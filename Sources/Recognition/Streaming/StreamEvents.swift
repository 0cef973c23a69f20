public import Video

/// What happens on a stream, as it happens.
public struct StreamEvents<Frames: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Frames.Element == ArrivedFrame {
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
        private var failure: RecognitionError?

        init(frames: Frames.AsyncIterator, process: StreamProcess) {
            (self.frames, self.process) = (frames, process)
        }

        /// Waits for what happens next.
        ///
        /// - Returns: the event, or nil after the stream's end.
        /// - Throws: `RecognitionError`, when all that happened before it was told.
        public mutating func next() async throws(RecognitionError) -> StreamEvent? {
            while true {
                if let event = process.takeEvent() { return event }
                if isAtEnd {
                    defer { failure = nil }
                    if let failure { throw failure }
                    return nil
                }
                do throws(RecognitionError) { try await advance() } catch {
                    process.fail()
                    (failure, isAtEnd) = (error, true)
                }
            }
        }

        /// Takes the next frame, or the stream's end.
        private mutating func advance() async throws(RecognitionError) {
            guard !Task.isCancelled else { throw .cancelled }
            switch await fetch() {
            case .success(let frame?): try await process.accept(frame)
            case .success(nil):
                try await process.finish()
                isAtEnd = true
            case .failure(.cancelled): throw .cancelled
            case .failure(let error):
                // What came before the source failed counts.
                try await process.finish()
                throw error
            }
        }

        private mutating func fetch() async -> Result<ArrivedFrame?, RecognitionError> {
            do { return .success(try await frames.next(isolation: #isolation)) } catch {
                return .failure(RecognitionError(ofSource: error))
            }
        }
    }
}
