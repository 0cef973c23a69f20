internal import ActionModels
internal import CLIP
internal import Torch
internal import Video

/// The model and what it is asked for: from frames to probabilities.
///
/// Belongs on the LibTorch thread.
struct ActionScorer: Sendable {
    let names: [String]
    let preprocessing: Preprocessing
    /// The number of frames that a clip must have; nil where any number does.
    let frames: Int?
    private let model: any ActionModel
    private let labels: ActionLabels
    private(set) var encoder: FrameEncoder
    /// The number of pictures encoded at once.
    private let imageBatch: Int

    init(
        _ model: RecognitionModel, _ question: Question, _ engine: EngineSettings = EngineSettings()
    ) throws(RecognitionError) {
        self.model = model.model
        preprocessing = model.preprocessing
        encoder = try FrameEncoder(model, engine)
        frames = model.model.frames
        imageBatch = Self.batch(tokens: model.model.vision.tokens, model.model.vision.blocks)
        switch question {
        case .trained(let classes):
            names = classes
            labels = .trained
        case .texts(let set, let prompts):
            names = set.names
            labels = .texts(try Self.encode(set, prompts, model))
        }
        if let problem = try labelProblem(engine) {
            guard engine.precision == .auto else { throw .precision(.engine(engine.precision, problem)) }
            encoder = try FrameEncoder(model, EngineSettings())
        }
    }

    /// Ranks clips of the calibration's frames by the engine and by the model; says what is too different.
    private mutating func labelProblem(_ settings: EngineSettings) throws(RecognitionError) -> String? {
        guard case .engine(let precision, .some) = encoder.kind, precision != .fp32 else { return nil }
        let frames = settings.calibration.map(preprocessing.prepared), reference = encoder.reference
        let starts = Array(stride(from: 0, to: frames.count, by: self.frames ?? 8))
        var same = 0
        for start in starts {
            let clip = Array(frames[start..<min(start + (self.frames ?? 8), frames.count)])
            let own = try rank(try encode(clip)), wanted = try rank(try encode(clip, by: reference))
            same += own.first?.label == wanted.first?.label ? 1 : 0
        }
        encoder.note(labelAgreement: Double(same) / Double(starts.count))
        guard case .engine(_, .some(let report)) = encoder.kind else { return nil }
        return settings.tolerance.problem(in: report)
    }

    /// As many items as about 60 GMAC, half a second of two cores, so that memory stays small and cancelling is quick.
    private static func batch(tokens: Int, _ blocks: TransformerConfiguration) -> Int {
        let item = Double(ModelCost.macs(blocks, tokens: tokens))
        return min(max(Int(60e9 / max(item, 1)), 1), 32)
    }

    /// Encodes every label in every sentence.
    private static func encode(
        _ labels: LabelSet, _ prompts: PromptSet?, _ model: RecognitionModel
    ) throws(RecognitionError) -> LabelFeatures {
        guard let tower = model.model.text, let tokenizer = model.tokenizer, let scoring = model.model.textScoring
        else { throw .noVocabulary(model: model.path) }
        let batch = batch(tokens: tower.sizes.contextLength, tower.sizes.blocks)
        let templates = prompts?.templates ?? scoring.templates
        let rows: [[Int32]]
        do {
            let sentences = templates.flatMap { template in labels.names.map { template($0) } }
            rows = try tokenizer(sentences, contextLength: tower.sizes.contextLength)
        } catch {
            throw .tokenizer(error)
        }
        var parts: [Tensor] = []
        for start in stride(from: 0, to: rows.count, by: batch) {
            guard !Task.isCancelled else { throw .cancelled }
            let part = Array(rows[start..<min(start + batch, rows.count)])
            let tokens = Tensor(part.flatMap(\.self), shape: [part.count, tower.sizes.contextLength])
            parts.append(withoutGradient { tower(tower.trimmed(tokens).to(device: model.device)) })  // [part, E]
        }
        return withoutGradient { scoring.labelFeatures(Tensor.concatenated(parts), labels: labels.count) }
    }

    /// Encodes prepared pictures in batches of bounded size.
    ///
    /// Models that mix frames get their pixels later, all at once.
    ///
    /// - Returns: for each picture its feature `[E]`, or its pixels `[3, H, W]`.
    func encode(_ frames: [Frame]) throws(RecognitionError) -> [Tensor] { try encode(frames, by: encoder) }

    private func encode(_ frames: [Frame], by encoder: FrameEncoder) throws(RecognitionError) -> [Tensor] {
        var features: [Tensor] = []
        for start in stride(from: 0, to: frames.count, by: imageBatch) {
            guard !Task.isCancelled else { throw .cancelled }
            let part = Array(frames[start..<min(start + imageBatch, frames.count)])
            let rows = encoder(part)
            features += part.indices.map { rows.select(0, $0) }
        }
        return features
    }

    /// Ranks the labels for the rows of one clip's frames, which `encode` gave.
    func rank(_ rows: [Tensor]) throws(RecognitionError) -> [Prediction] {
        guard let last = rows.last else { throw .emptyClip }
        // A video shorter than the clip stands still at its end.
        let missing = max((frames ?? rows.count) - rows.count, 0)
        guard rows.count + missing == frames ?? rows.count else {
            throw .badSetting("\(rows.count) frames a clip; the model takes \(frames ?? 0)")
        }
        let probabilities = withoutGradient {
            let clip = Tensor.stacked(rows + Array(repeating: last, count: missing)).unsqueezed(0)
            let features = model.frameWise?.features(ofFrames: clip) ?? model.features(of: clip)
            return model.probabilities(of: labels, for: features).array(of: Double.self)
        }
        guard probabilities.allSatisfy(\.isFinite) else { throw .notFinite }
        let order = probabilities.indices.sorted {
            probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
        }
        return order.map { Prediction(label: names[$0], probability: probabilities[$0]) }
    }
}
