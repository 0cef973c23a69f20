internal import ActionModels
internal import CLIP
internal import Torch
internal import Video

/// The model and what it is asked for: from frames to probabilities.
///
/// Belongs on the LibTorch thread.
struct ActionScorer: Sendable {
    let preprocessing: Preprocessing
    /// The number of frames that a clip must have; nil where any number does.
    let frames: Int?
    /// What the session was asked at first.
    let question: ScoredLabels
    private(set) var encoder: FrameEncoder
    private let model: RecognitionModel
    private let stream: any StreamingModel
    /// What approximates windows by frames that are encoded once, where `stream` cannot share them.
    private let causal: (any StreamingModel)?
    private let texts = TextCache()
    /// The number of pictures encoded at once.
    private let imageBatch: Int

    init(
        _ model: RecognitionModel, _ question: Question, _ engine: EngineSettings = EngineSettings()
    ) throws(RecognitionError) {
        self.model = model
        stream = model.model.streaming
        causal = stream.sharesFrames ? nil : model.model.causalStreaming
        preprocessing = model.preprocessing
        encoder = FrameEncoder(model, stream)
        frames = model.model.frames
        imageBatch = Self.batch(tokens: model.model.vision.tokens, model.model.vision.blocks)
        self.question = try Self.labels(for: question, model, texts)
        encoder = try prepared(engine)
    }

    /// The encoder of a precision, or the first of them that agrees.
    private func prepared(_ settings: EngineSettings) throws(RecognitionError) -> FrameEncoder {
        guard settings.precision == .auto else {
            var encoder = try FrameEncoder(model, stream, settings)
            if let problem = try labelProblem(&encoder, settings) {
                throw .precision(.engine(settings.precision, problem))
            }
            return encoder
        }
        var settings = settings
        for precision in [Precision.int8, .bf16] where !settings.calibration.isEmpty && precision.obstacle == nil {
            settings.precision = precision
            do throws(RecognitionError) { return try prepared(settings) } catch {
                if case .cancelled = error { throw error }
            }
        }
        settings.precision = .fp32
        return try prepared(settings)
    }

    /// Whether a frame is encoded once for all windows that show it.
    var sharesFrames: Bool { stream.sharesFrames }

    /// Whether windows can be approximated by frames that are encoded once.
    var hasCausalCache: Bool { causal != nil }

    /// Prepares another question; texts that were encoded before are known.
    func labels(for question: Question) throws(RecognitionError) -> ScoredLabels {
        try Self.labels(for: question, model, texts)
    }

    /// The sentences of a question that were not encoded yet, in batches of bounded size.
    func unknownSentences(of question: Question) -> [[String]] {
        guard case .texts(let set, let prompts) = question, let tower = model.model.text,
            let templates = prompts?.templates ?? model.model.textScoring?.templates
        else { return [] }
        let missing = texts.missing(of: templates.flatMap { template in set.names.map { template($0) } })
        let batch = Self.batch(tokens: tower.sizes.contextLength, tower.sizes.blocks)
        return stride(from: 0, to: missing.count, by: batch).map {
            Array(missing[$0..<min($0 + batch, missing.count)])
        }
    }

    /// Encodes sentences, so that questions with them are prepared at once.
    func encode(sentences: [String]) throws(RecognitionError) {
        guard let tower = model.model.text, let tokenizer = model.tokenizer else { return }
        _ = try texts.features(of: sentences) { (missing) throws(RecognitionError) in
            try Self.encode(missing, tower, tokenizer, model.device)
        }
    }

    private static func labels(
        for question: Question, _ model: RecognitionModel, _ texts: TextCache
    ) throws(RecognitionError) -> ScoredLabels {
        switch question {
        case .trained(let classes):
            guard classes.count == model.model.classes else {
                throw .labelsNeeded(
                    model: model.path,
                    detail: "it knows \(model.model.classes ?? 0) trained classes, not \(classes.count)")
            }
            return ScoredLabels(names: classes, labels: .trained)
        case .texts(let set, let prompts):
            return ScoredLabels(names: set.names, labels: .texts(try encode(set, prompts, model, texts)))
        }
    }

    /// Ranks clips of the calibration's frames by the engine and by the model; says what is too different.
    private func labelProblem(
        _ encoder: inout FrameEncoder, _ settings: EngineSettings
    ) throws(RecognitionError) -> String? {
        guard case .engine = encoder.kind, !settings.calibration.isEmpty else { return nil }
        let frames = settings.calibration.map(preprocessing.prepared), reference = encoder.reference
        let starts = Array(stride(from: 0, to: frames.count, by: self.frames ?? 8))
        var same = 0
        for start in starts {
            let clip = Array(frames[start..<min(start + (self.frames ?? 8), frames.count)])
            let own = try ranked(clip, by: encoder), wanted = try ranked(clip, by: reference)
            same += own.first?.label == wanted.first?.label ? 1 : 0
        }
        encoder.note(labelAgreement: Double(same) / Double(starts.count))
        // What is 32-bit agrees by its features already.
        guard case .engine(let precision, let report) = encoder.kind, precision != .fp32 else { return nil }
        return settings.tolerance.problem(in: report)
    }

    private func ranked(_ clip: [Frame], by encoder: FrameEncoder) throws(RecognitionError) -> [Prediction] {
        var window = StreamWindow(capacity: clip.count)
        for state in try encode(clip, by: encoder) { window.append(state) }
        return try rank(try features(of: window.places, known: &window.neighbours), among: nil)
    }

    /// As many items as about 60 GMAC, half a second of two cores, so that memory stays small and cancelling is quick.
    private static func batch(tokens: Int, _ blocks: TransformerConfiguration) -> Int {
        let item = Double(ModelCost.macs(blocks, tokens: tokens))
        return min(max(Int(60e9 / max(item, 1)), 1), 32)
    }

    /// Encodes every label in every sentence.
    private static func encode(
        _ labels: LabelSet, _ prompts: PromptSet?, _ model: RecognitionModel, _ texts: TextCache
    ) throws(RecognitionError) -> LabelFeatures {
        guard let tower = model.model.text, let scoring = model.model.textScoring else {
            throw .noVocabulary(model: model.path)
        }
        let templates = prompts?.templates ?? scoring.templates
        let sentences = templates.flatMap { template in labels.names.map { template($0) } }
        if model.hasRandomWeights {
            let rows = Generator(seed: 1).normal([sentences.count, tower.embedDim])
            return withoutGradient { scoring.labelFeatures(rows, labels: labels.count) }
        }
        guard let tokenizer = model.tokenizer else { throw .noVocabulary(model: model.path) }
        let rows = try texts.features(of: sentences) { (missing) throws(RecognitionError) in
            try encode(missing, tower, tokenizer, model.device)
        }
        return withoutGradient { scoring.labelFeatures(Tensor.stacked(rows), labels: labels.count) }
    }

    /// Encodes sentences in batches of bounded size, each to its feature `[E]`.
    private static func encode(
        _ sentences: [String], _ tower: TextTower, _ tokenizer: Tokenizer, _ device: Device
    ) throws(RecognitionError) -> [Tensor] {
        let rows: [[Int32]]
        do { rows = try tokenizer(sentences, contextLength: tower.sizes.contextLength) } catch {
            throw .tokenizer(error)
        }
        let batch = batch(tokens: tower.sizes.contextLength, tower.sizes.blocks)
        var features: [Tensor] = []
        for start in stride(from: 0, to: rows.count, by: batch) {
            guard !Task.isCancelled else { throw .cancelled }
            let part = Array(rows[start..<min(start + batch, rows.count)])
            let tokens = Tensor(part.flatMap(\.self), shape: [part.count, tower.sizes.contextLength])
            let encoded = withoutGradient { tower(tower.trimmed(tokens).to(device: device)) }  // [part, E]
            features += part.indices.map { encoded.select(0, $0) }
        }
        return features
    }

    /// Encodes prepared pictures in batches of bounded size.
    ///
    /// Models that mix frames get their pixels later, all at once.
    ///
    /// - Returns: what the model keeps of each picture.
    func encode(_ frames: [Frame]) throws(RecognitionError) -> [FrameState] { try encode(frames, by: encoder) }

    private func encode(_ frames: [Frame], by encoder: FrameEncoder) throws(RecognitionError) -> [FrameState] {
        var states: [FrameState] = []
        for start in stride(from: 0, to: frames.count, by: imageBatch) {
            guard !Task.isCancelled else { throw .cancelled }
            states += encoder(Array(frames[start..<min(start + imageBatch, frames.count)]))
        }
        return states
    }

    /// Encodes a prepared picture behind another one for windows that are approximated.
    func encode(_ frame: Frame, after previous: FrameState?) -> FrameState {
        withoutGradient {
            let pixels = preprocessing.normalized(Preprocessing.packed([frame]).to(device: model.device))
            return (causal ?? stream).encode(frame: pixels, after: previous)
        }
    }

    /// Puts the states of one clip together, in the order of time; a clip that is too short stands still at its end.
    ///
    /// Neighbours that are known are not joined again; afterwards those of this clip are.
    func features(
        of places: [StreamWindow.Place], known: inout [StreamWindow.Pair: NeighbourState], isCausal: Bool = false
    ) throws(RecognitionError) -> ClipFeatures {
        guard let last = places.last else { throw .emptyClip }
        let missing = max((frames ?? places.count) - places.count, 0)
        guard places.count + missing == frames ?? places.count else {
            throw .badSetting("\(places.count) frames a clip; the model takes \(frames ?? 0)")
        }
        let clip = places + Array(repeating: last, count: missing)
        return withoutGradient {
            let neighbours = joined(clip, &known)
            let stream = isCausal ? causal ?? stream : stream
            return stream.features(of: clip.map(\.state), neighbours: neighbours)
        }
    }

    private func joined(
        _ clip: [StreamWindow.Place], _ known: inout [StreamWindow.Pair: NeighbourState]
    ) -> [NeighbourState] {
        var own: [StreamWindow.Pair: NeighbourState] = [:]
        defer { known = own }
        return zip(clip, clip.dropFirst()).compactMap { earlier, later in
            let pair = StreamWindow.Pair(earlier: earlier.number, later: later.number)
            let state = own[pair] ?? known[pair] ?? stream.joined(earlier.state, later.state)
            own[pair] = state
            return state
        }
    }

    /// Ranks labels for one clip; without labels those of the session's question.
    func rank(_ features: ClipFeatures, among labels: ScoredLabels?) throws(RecognitionError) -> [Prediction] {
        let asked = labels ?? question
        let probabilities = withoutGradient {
            model.model.probabilities(of: asked.labels, for: features).array(of: Double.self)
        }
        guard probabilities.allSatisfy(\.isFinite) else { throw .notFinite }
        return Prediction.ranked(zip(asked.names, probabilities).map { Prediction(label: $0, probability: $1) })
    }
}
