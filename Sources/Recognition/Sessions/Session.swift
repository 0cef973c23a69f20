internal import ActionModels
public import CLIP
internal import Torch
public import Video

/// A model with a set of labels: recognises clips, one after another, on the LibTorch thread.
///
///     let model = try await library.load(library.locate("openai/clip-vit-base-patch16"))
///     let session = try await Session(model, labels: LabelSet(["juggling", "playing chess"]))
///     let result = try await session.recognize("clip.mp4")
///
/// The probabilities are computed as the model's paper does, for CLIP itself as the softmax of exp(logitScale)
/// cos(video, label) over the labels.
public actor Session {
    let scorer: ActionScorer
    /// The actions that are told apart.
    public nonisolated let labels: [String]
    /// How pictures become the model's input.
    public nonisolated let preprocessing: Preprocessing
    /// The number of frames that the model takes; nil where any number does.
    public nonisolated let frames: Int?
    /// What encodes pictures.
    public nonisolated let encoder: PictureEncoder
    /// Whether overlapping windows of a stream share the work on their frames; if not, each window costs all of it.
    public nonisolated let sharesFrames: Bool
    /// Whether ``StreamSettings/Cache/causal`` changes anything.
    public nonisolated let hasCausalCache: Bool

    /// The LibTorch thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        TorchThread.shared.asUnownedSerialExecutor()
    }

    /// Prepares the model for a question; label texts are encoded once.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - question: what it is asked, for example from ``RecognitionModel/question(labels:prompts:head:)``.
    ///   - engine: how pictures are encoded.
    /// - Throws: `RecognitionError.tokenizer` for a label that is too long for the model, `.precision` for arithmetic that
    ///   the machine does not have or the model does not bear, `.cancelled`.
    public init(
        _ model: RecognitionModel, _ question: Question, engine: EngineSettings = EngineSettings()
    ) async throws(RecognitionError) {
        preprocessing = model.preprocessing
        frames = model.model.frames
        scorer = try await TorchThread.run { () throws(RecognitionError) in
            try ActionScorer(model, question, engine)
        }
        labels = scorer.question.names
        encoder = scorer.encoder.kind
        sharesFrames = scorer.sharesFrames
        hasCausalCache = scorer.hasCausalCache
    }

    /// Prepares the model for labels: as texts where it has a text tower, else as the names of its classes.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - labels: the actions that are told apart.
    ///   - prompts: the sentences that labels are put into; nil means the model's own.
    ///   - engine: how pictures are encoded.
    /// - Throws: as the other initialiser, or `RecognitionError.labelsNeeded` for labels that do not fit.
    public init(
        _ model: RecognitionModel, labels: LabelSet, prompts: PromptSet? = nil,
        engine: EngineSettings = EngineSettings()
    ) async throws(RecognitionError) {
        try await self.init(model, model.question(labels: labels, prompts: prompts), engine: engine)
    }

    /// Recognises the action of a clip.
    ///
    /// - Parameter clip: frames of any size in their order, at least one.
    /// - Returns: all labels by probability.
    /// - Throws: `RecognitionError.emptyClip`, `.notFinite`, `.cancelled`.
    public func classify(clip: [Frame]) throws(RecognitionError) -> RecognizedClip {
        var timings = Timings()
        let frames = measured(&timings.transform) { clip.map(preprocessing.prepared) }
        return try recognize(frames, timings, report: nil)
    }

    /// Recognises the action of a clip that was decoded and prepared elsewhere.
    ///
    /// - Parameter clip: made by a ``ClipReader`` with this session's preprocessing.
    /// - Returns: all labels by probability.
    /// - Throws: `RecognitionError.emptyClip`, `.notFinite`, `.cancelled`.
    public func classify(_ clip: PreparedClip) throws(RecognitionError) -> RecognizedClip {
        try recognize(clip.frames, clip.timings, report: clip.report)
    }

    private func recognize(
        _ frames: [Frame], _ timings: Timings, report: DecodingReport?
    ) throws(RecognitionError) -> RecognizedClip {
        guard !frames.isEmpty else { throw .emptyClip }
        let encoded = try encoded(frames)
        var (timings, window) = (timings, StreamWindow(capacity: frames.count))
        timings.encode += encoded.seconds
        for state in encoded.states { window.append(state) }
        let predictions = try rank(window.places, &window, among: nil, &timings)
        return RecognizedClip(predictions: predictions, timings: timings, report: report)
    }

    /// Encodes the frames that complete a window of a scan, and ranks the labels for it.
    func advance(
        _ window: StreamWindow, with frames: [PreparedFrame]
    ) throws(RecognitionError) -> (window: StreamWindow, predictions: [Prediction], timings: Timings) {
        var (window, timings) = (window, Timings())
        let encoded = try encoded(frames.compactMap { if case .fresh(let frame) = $0 { frame } else { nil } })
        timings.encode += encoded.seconds
        var states = encoded.states.makeIterator()
        for frame in frames {
            switch frame {
            case .fresh: if let state = states.next() { window.append(state) }
            case .repetition: window.repeatLast()
            }
        }
        let predictions = try rank(window.places, &window, among: nil, &timings)
        return (window, predictions, timings)
    }

    /// Ranks labels for a stream's window; while the window fills, its frames are spread over it.
    func ranked(
        _ window: StreamWindow, among labels: ScoredLabels?, isCausal: Bool = false
    ) throws(RecognitionError) -> (window: StreamWindow, predictions: [Prediction], timings: Timings) {
        var (window, timings) = (window, Timings())
        let predictions = try rank(window.spread, &window, among: labels, &timings, isCausal: isCausal)
        return (window, predictions, timings)
    }

    /// Encodes prepared frames.
    func encoded(_ frames: [Frame]) throws(RecognitionError) -> EncodedFrames {
        var seconds = 0.0
        let states = try measured(&seconds) { () throws(RecognitionError) in try scorer.encode(frames) }
        return EncodedFrames(states: states, seconds: seconds)
    }

    /// Encodes a prepared frame behind another one, by what the adapters saw before.
    func encoded(_ frame: Frame, after previous: FrameState?) -> EncodedFrames {
        var seconds = 0.0
        let state = measured(&seconds) { scorer.encode(frame, after: previous) }
        return EncodedFrames(states: [state], seconds: seconds)
    }

    /// Prepares another question of the same model; between batches of sentences frames have their turn.
    func labels(for question: Question) async throws(RecognitionError) -> ScoredLabels {
        for sentences in scorer.unknownSentences(of: question) {
            try scorer.encode(sentences: sentences)
            await Task.yield()
        }
        return try scorer.labels(for: question)
    }

    private func rank(
        _ places: [StreamWindow.Place], _ window: inout StreamWindow, among labels: ScoredLabels?,
        _ timings: inout Timings, isCausal: Bool = false
    ) throws(RecognitionError) -> [Prediction] {
        var seconds = 0.0
        let features = try measured(&seconds) { () throws(RecognitionError) in
            try scorer.features(of: places, known: &window.neighbours, isCausal: isCausal)
        }
        // Where frames see each other in the tower, this is the tower.
        if sharesFrames || isCausal { timings.head += seconds } else { timings.encode += seconds }
        return try measured(&timings.head) { () throws(RecognitionError) in try scorer.rank(features, among: labels) }
    }
}
