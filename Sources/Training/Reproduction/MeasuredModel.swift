internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

/// A model of an ablation, ready to be measured.
struct MeasuredModel: Sendable {
    let trainedParameters: Int
    let steps: Int
    let seconds: Double
    let peakMemory: Int?
    private let model: any ActionModel
    private let clips: EvaluationClips
    private let frames: Int
    private let normalization: PixelNormalization
    private let tokenizer: Tokenizer?
    /// Whether trained classes are told by their names too.
    private let answersByTexts: Bool

    /// The start itself, by the mean of frames.
    init(frozen start: StartingPoint) async throws {
        let side = start.checkpoint.preprocessing.imageSize
        model = try await TorchThread.run { () throws(ActionModelError) in try start.checkpoint.model().model }
        clips = EvaluationClips(sampling: .uniform, shortSide: side, resize: .bicubic)
        (frames, tokenizer, answersByTexts) = (8, start.tokenizer, true)
        normalization = start.checkpoint.preprocessing.normalization
        (trainedParameters, steps, seconds, peakMemory) = (0, 0, 0, nil)
    }

    /// The last model of a run.
    init(
        trainedIn folder: RunFolder, _ recipe: TrainingRecipe, _ outcome: TrainingRun.Outcome, peakMemory: Int?,
        _ start: StartingPoint
    ) async throws {
        let path = folder.last
        let loaded = try await TorchThread.run { () throws(ActionModelError) in
            try ActionModelCheckpoint(path: path, options: ActionModelOptions()).model()
        }
        guard let clips = recipe.preset.data?.evaluation else { fatalError("MeasuredModel: a recipe without clips") }
        let configuration = recipe.preset.model.configuration
        (model, self.clips, frames) = (loaded.model, clips, configuration.frames ?? 8)
        trainedParameters = loaded.parameters.count(where: configuration.isTrained)
        (steps, seconds, self.peakMemory) = (outcome.steps, outcome.seconds, peakMemory)
        normalization = start.checkpoint.preprocessing.normalization
        tokenizer = start.tokenizer
        answersByTexts = recipe.preset.model.answersByTexts
    }

    /// What a list of the trained classes gives, its clips encoded once.
    ///
    /// - Returns: the accuracies, and top-1 under each way of making one answer of two heads; nil for one head.
    func supervised(on list: String) async throws -> (accuracy: AblationResult.Accuracy, fusions: [String: Double]?) {
        try await measured(on: list, Puppets.trainingActions.map(\.name), byTexts: answersByTexts)
    }

    /// The accuracies among classes that were never trained; nil for models without a text tower.
    func zeroShot(on list: String) async throws -> AblationResult.Accuracy? {
        guard model.text != nil else { return nil }
        return try await measured(on: list, Puppets.heldOutActions.map(\.name), byTexts: true).accuracy
    }

    @TorchActor
    private func measured(
        on path: String, _ names: [String], byTexts: Bool
    ) async throws -> (accuracy: AblationResult.Accuracy, fusions: [String: Double]?) {
        let (samples, loader) = try videos(of: path, names)
        var question = LabelQuestion.trained
        if byTexts, let tokenizer { question = .texts(LabelTexts(names: names, tokenizer: tokenizer)) }
        let labels = try question.labels(for: model)
        let encoded = try await ClipEncoding(model, loader, normalization: normalization).run()
        let scores = encoded.scores(of: labels, by: model.textScoring, in: samples, classes: names)
        let partners = TimeOrderPartners.of(names)
        return (
            AblationResult.Accuracy(try ClassificationReport(scores, partners: partners), partners: partners),
            try encoded.fusions(of: labels, by: model.textScoring, in: samples, classes: names)
        )
    }

    /// The videos of a list with their places among names, and what loads them.
    private func videos(of path: String, _ names: [String]) throws -> (samples: [VideoSample], loader: ClipLoader) {
        let list = try VideoList(reading: path).labelled()
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let samples = list.samples.map { sample in
            VideoSample(
                source: sample.source, labels: sample.labels.compactMap { places[list.classes?.names[$0] ?? ""] })
        }
        var settings = LoaderSettings()
        (settings.batch, settings.normalization) = (32, normalization)
        let loader = try ClipLoader(
            samples, evaluation: clips, frames: frames, imageSize: model.vision.imageSize, settings: settings)
        return (samples, loader)
    }
}

extension PresetModel {
    /// Whether what is learned answers by texts rather than by a class head.
    var answersByTexts: Bool {
        switch self {
        case .actionCLIP, .distillation: true
        case .m2CLIP(_, let recipe): recipe?.loss.weights.visual == 0
        case .evl, .stAdapter, .linearProbe: false
        }
    }
}
