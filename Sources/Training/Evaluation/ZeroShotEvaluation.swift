public import ActionModels
public import CLIP
public import Datasets
internal import Foundation
internal import Torch
internal import Video

/// Zero-shot recognition of a list of clips by a model with a text tower.
///
/// The frames are the middles of equal parts of a clip; the scores are cosines with the features of the class names in
/// a prompt. Source: the zero-shot protocol of ActionCLIP and M2-CLIP, one view.
public struct ZeroShotEvaluation: Sendable {
    /// The model.
    public let model: any ActionModel
    /// How pictures become the model's input.
    public let preprocessing: Preprocessing
    /// The model's tokenizer.
    public let tokenizer: Tokenizer
    /// The number of frames a clip; the model's own where it takes one number only.
    public var frames: Int
    /// The number of clips encoded at a time.
    public var batch = 16
    /// The sentence around a class name, with one `{}`.
    public var prompt = "a video of a person {}"

    /// Prepares an evaluation.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - preprocessing: how pictures become the model's input.
    ///   - tokenizer: the model's tokenizer.
    public init(_ model: any ActionModel, preprocessing: Preprocessing, tokenizer: Tokenizer) {
        self.model = model
        self.preprocessing = preprocessing
        self.tokenizer = tokenizer
        frames = model.frames ?? 8
    }

    /// Scores every clip of a list against chosen classes.
    ///
    /// - Parameters:
    ///   - data: the clips; their labels are positions in `data.classes`.
    ///   - candidates: the positions of the classes that compete; every clip's label must be among them.
    ///   - partner: the name of a class's time-order partner, or nil.
    ///   - progress: told how many clips are done, and of how many.
    /// - Returns: the accuracies.
    /// - Throws: `TrainingError.badEvaluation`, `TokenizerError`, `VideoError` for a clip that cannot be
    ///   read, `DatasetError` for a label that does not compete, `CancellationError`.
    public func run(
        _ data: LabelledClips, among candidates: [Int], partner: (String) -> String? = { _ in nil },
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> ZeroShotReport {
        let template = try checkedTemplate(candidates, classes: data.classes.count)
        let position = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { ($1, $0) })
        let labels = try data.clips.map { clip in
            guard let label = position[clip.label] else {
                throw DatasetError.unreadable(
                    path: clip.path, detail: "its class \(clip.label) is not among the classes that compete")
            }
            return label
        }
        let names = candidates.map { data.classes[$0] }
        guard let text = model.text, let scoring = model.textScoring else {
            throw TrainingError.badEvaluation("the model has no text tower; it cannot be asked for class names")
        }
        let context = text.sizes.contextLength
        let tokens = try tokenizer(names.map(template.callAsFunction), contextLength: context, truncating: true)
        let scorer = await ClipScorer(model, scoring, preprocessing, labels: text, tokens)
        let loader = ClipLoader(preprocessing: preprocessing, frames: frames)
        var scores: [[Double]] = []
        for start in stride(from: 0, to: data.clips.count, by: batch) {
            try Task.checkCancellation()
            let paths = data.clips[start..<min(start + batch, data.clips.count)].map(\.path)
            scores += await scorer.scores(try loader.load(paths, .centre), clips: paths.count)
            progress(scores.count, data.clips.count)
        }
        let partners = names.map { name in partner(name).flatMap { names.firstIndex(of: $0) } }
        return ZeroShotReport(scores: scores, labels: labels, partners: partners)
    }

    private func checkedTemplate(_ candidates: [Int], classes: Int) throws(TrainingError) -> PromptTemplate {
        guard let template = PromptTemplate(prompt) else {
            throw .badEvaluation("the prompt \"\(prompt)\" needs one {} in the place of the class name")
        }
        guard batch > 0, frames > 0 else { throw .badEvaluation("\(frames) frames, \(batch) clips at a time") }
        guard model.frames == nil || model.frames == frames else {
            throw .badEvaluation("\(frames) frames a clip; the model takes \(model.frames ?? 0)")
        }
        guard Set(candidates).count == candidates.count, candidates.allSatisfy((0..<classes).contains) else {
            throw .badEvaluation("the classes that compete must differ and lie in 0..<\(classes): \(candidates)")
        }
        return template
    }
}

/// A model with encoded class names, on the LibTorch thread.
@TorchActor
private final class ClipScorer {
    private let model: any ActionModel
    private let scoring: TextScoring
    private let preprocessing: Preprocessing
    private let labels: LabelFeatures

    init(
        _ model: any ActionModel, _ scoring: TextScoring, _ preprocessing: Preprocessing, labels text: TextTower,
        _ tokens: [[Int32]]
    ) {
        (self.model, self.scoring, self.preprocessing) = (model, scoring, preprocessing)
        labels = withoutGradient {
            let rows = text(Tensor(tokens.flatMap(\.self), shape: [tokens.count, tokens[0].count]))
            return LabelFeatures(rows, labels: tokens.count)
        }
    }

    /// Similarities, not probabilities: those of a large scale are all zero but one.
    func scores(_ frames: [Frame], clips: Int) -> [[Double]] {
        withoutGradient {
            let pixels = preprocessing.normalized(Preprocessing.packed(frames))
            let clip = pixels.reshaped([clips, frames.count / clips] + pixels.shape[1...])
            guard let embedding = model.features(of: clip).embedding else { return [] }
            let similarities = scoring.similarities(embedding, to: labels).squeezed(1)  // [B, K]
            let values = similarities.array(of: Double.self), classes = similarities.shape[1]
            return (0..<clips).map { Array(values[$0 * classes..<($0 + 1) * classes]) }
        }
    }
}
