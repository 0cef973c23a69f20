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
        labels = scorer.names
        encoder = scorer.encoder.kind
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
        var timings = timings
        let features = try encode(frames, &timings)
        let predictions = try rank(features, &timings)
        return RecognizedClip(predictions: predictions, timings: timings, report: report)
    }

    /// Encodes the frames that complete a window, and ranks the labels for it.
    func advance(
        _ window: FeatureWindow, with frames: [PreparedFrame]
    ) throws(RecognitionError) -> (window: FeatureWindow, predictions: [Prediction], timings: Timings) {
        var (window, timings) = (window, Timings())
        let fresh = frames.compactMap { if case .fresh(let frame) = $0 { frame } else { nil } }
        var features = try encode(fresh, &timings).makeIterator()
        for frame in frames {
            switch frame {
            case .fresh: if let feature = features.next() { window.append(feature) }
            case .repetition: window.repeatLast()
            }
        }
        return (window, try rank(window.features, &timings), timings)
    }

    private func encode(_ frames: [Frame], _ timings: inout Timings) throws(RecognitionError) -> [Tensor] {
        try measured(&timings.encode) { () throws(RecognitionError) in try scorer.encode(frames) }
    }

    private func rank(_ features: [Tensor], _ timings: inout Timings) throws(RecognitionError) -> [Prediction] {
        try measured(&timings.head) { () throws(RecognitionError) in try scorer.rank(features) }
    }
}
