internal import ActionModels
internal import Video

/// Encodes the waiting frames of several streams as one batch.
///
/// A stream waits for its own frames, so at most one request of each is held, and requests are taken in the order in
/// which they came: no stream can keep another from its turn. Whoever finds the encoder at rest runs the batches until
/// its own frames are done and then hands over to the next that waits; there is no task without an owner. Whole windows of
/// models that mix frames, and frames that follow others by ``StreamSettings/Cache/causal``, are not batched.
public actor SharedEncoder {
    /// The model that encodes; recognisers that use the encoder must have the same.
    public nonisolated let session: Session
    /// The largest number of frames encoded at once.
    public nonisolated let batch: Int

    private var waiting: [Request] = []
    private var isBusy = false
    /// The largest number of frames that were encoded at once.
    private(set) var largestBatch = 0

    /// Makes an encoder.
    ///
    /// - Parameters:
    ///   - session: the model.
    ///   - batch: the largest number of frames encoded at once, at least 1.
    public init(session: Session, batch: Int = 16) {
        (self.session, self.batch) = (session, max(batch, 1))
    }

    /// Encodes prepared frames, together with those of whoever else waits.
    ///
    /// - Returns: the frames' states, and the share of the batch's seconds that fell to them.
    func encode(_ frames: [Frame]) async throws(RecognitionError) -> EncodedFrames {
        guard isBusy else {
            isBusy = true
            return try await lead(frames)
        }
        let turn = await withCheckedContinuation { waiting.append(Request(frames: frames, reply: $0)) }
        switch turn {
        case .done(let result): return try result.get()
        case .lead: return try await lead(frames)
        }
    }

    /// Runs the batch that the own frames are in, then lets the next that waits run the next one.
    private func lead(_ frames: [Frame]) async throws(RecognitionError) -> EncodedFrames {
        let others = takeOthers(beside: frames.count)
        let result = await outcome(of: frames + others.flatMap(\.frames))
        if case .failure(.cancelled) = result {
            waiting = others + waiting  // the leader was called off, not they
        } else {
            var start = frames.count
            for other in others {
                let range = start..<start + other.frames.count
                other.reply.resume(returning: .done(result.map { $0.part(range) }))
                start = range.upperBound
            }
        }
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().reply.resume(returning: .lead) }
        return try result.map { $0.part(0..<frames.count) }.get()
    }

    /// Those that waited longest, as far as the batch has room for them.
    private func takeOthers(beside count: Int) -> [Request] {
        var (room, others) = (batch - count, [Request]())
        while let next = waiting.first, next.frames.count <= room {
            room -= next.frames.count
            others.append(waiting.removeFirst())
        }
        return others
    }

    /// The number of requests that wait for a batch.
    var waitingRequests: Int { waiting.count }

    private func outcome(of frames: [Frame]) async -> Result<EncodedFrames, RecognitionError> {
        largestBatch = max(largestBatch, frames.count)
        do throws(RecognitionError) { return .success(try await session.encoded(frames)) } catch {
            return .failure(error)
        }
    }

    private struct Request {
        let frames: [Frame]
        let reply: CheckedContinuation<Turn, Never>
    }

    private enum Turn: Sendable {
        case done(Result<EncodedFrames, RecognitionError>)
        case lead
    }
}

/// What the model made of frames.
struct EncodedFrames: Sendable {
    /// One for each frame.
    var states: [FrameState]
    /// How long it took.
    var seconds: Double

    /// Some of the frames, with their share of the time.
    func part(_ range: Range<Int>) -> EncodedFrames {
        let share = states.isEmpty ? 0 : Double(range.count) / Double(states.count)
        return EncodedFrames(states: Array(states[range]), seconds: seconds * share)
    }
}
