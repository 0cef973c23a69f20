internal import Synchronization
public import Video

/// Recognises actions in a stream of frames, window by window, each frame encoded once where the model allows it.
///
///     let recognizer = try StreamRecognizer(session: session, settings: StreamSettings(frames: 8, stride: 0.25))
///     for try await event in recognizer.events(of: frames) {
///         if case .began(let span) = event { print(span.label) }
///     }
///
/// Nothing is queued here: the next frame is asked for when the one before is done with, so a source that cannot wait
/// must drop, and say so in `ArrivedFrame.dropped`; then decisions are left out, too.
public struct StreamRecognizer: Sendable {
    let session: Session
    let encoder: SharedEncoder?
    let labels: CurrentLabels
    /// How the stream is looked at.
    public let settings: StreamSettings

    /// Prepares a recogniser.
    ///
    /// - Parameters:
    ///   - session: the model, and the labels to begin with; several streams may share it.
    ///   - settings: how the stream is looked at.
    ///   - encoder: encodes the frames of several streams together; nil encodes those of this one alone.
    /// - Throws: `RecognitionError.badSetting`, also for a number of frames that is not the model's.
    public init(
        session: Session, settings: StreamSettings = StreamSettings(), encoder: SharedEncoder? = nil
    ) throws(RecognitionError) {
        try settings.validate()
        if let taken = session.frames, taken != settings.frames {
            throw .badSetting("\(settings.frames) frames a window; the model takes \(taken)")
        }
        guard encoder.map({ $0.session === session }) ?? true else {
            throw .badSetting("the shared encoder belongs to another session")
        }
        guard settings.cache == .none || session.sharesFrames || session.hasCausalCache else {
            throw .badSetting("a causal cache; the model mixes frames in a way that allows none")
        }
        (self.session, self.settings, self.encoder) = (session, settings, encoder)
        labels = CurrentLabels(names: session.labels)
    }

    /// Recognises a stream.
    ///
    /// The frames' own errors come out as `RecognitionError.video` or `.source`; cancelling the task ends with
    /// `.cancelled`. Before an error the action that goes on ends, so that each `began` has its `ended`.
    ///
    /// - Parameter frames: the frames in the order of their arrival.
    /// - Returns: what happens; each iteration begins with an empty window, where frames can be iterated again.
    public func events<Frames: AsyncSequence & Sendable>(of frames: Frames) -> StreamEvents<Frames>
    where Frames.Element == ArrivedFrame {
        StreamEvents(recognizer: self, frames: frames)
    }

    /// Replaces what is asked, from the next decision on; texts that were encoded before are not encoded again.
    ///
    /// An action that is going on ends there: probabilities among other labels do not compare.
    ///
    /// - Parameter question: what the model is asked from now on.
    /// - Throws: `RecognitionError` for a question that does not fit the model; the labels then stay as they were.
    public func replace(_ question: Question) async throws(RecognitionError) {
        labels.set(try await session.labels(for: question))
    }
}

/// The labels of a stream, which may be replaced while it runs.
final class CurrentLabels: Sendable {
    struct Version: Sendable {
        /// Rises with every replacement.
        var number = 0
        var names: [String]
        /// What the model scores against; nil means the session's own question.
        var scored: ScoredLabels?
    }

    private let version: Mutex<Version>

    init(names: [String]) { version = Mutex(Version(names: names)) }

    var current: Version { version.withLock { $0 } }

    func set(_ labels: ScoredLabels) {
        version.withLock { $0 = Version(number: $0.number + 1, names: labels.names, scored: labels) }
    }
}
