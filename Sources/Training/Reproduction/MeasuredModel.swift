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

    /// The accuracies among the trained classes.
    func accuracy(on list: String) async throws -> AblationResult.Accuracy {
        try await accuracy(on: list, Puppets.trainingActions.map(\.name), byTexts: answersByTexts)
    }

    /// The accuracies among classes that were never trained; nil for models without a text tower.
    func zeroShot(on list: String) async throws -> AblationResult.Accuracy? {
        guard model.text != nil else { return nil }
        return try await accuracy(on: list, Puppets.heldOutActions.map(\.name), byTexts: true)
    }

    /// Top-1 among the trained classes under each way of making one answer of two heads; nil for one head.
    func fusions(on path: String) async throws -> [String: Double]? {
        guard isTwoHeaded, let tokenizer, let scoring = model.textScoring else { return nil }
        let names = Puppets.trainingActions.map(\.name), (samples, loader) = try videos(of: path, names)
        return try await fusions(samples, loader, LabelTexts(names: names, tokenizer: tokenizer), scoring)
    }

    private var isTwoHeaded: Bool { (model as? ActionCLIP)?.configuration.token != nil }

    @TorchActor
    private func fusions(
        _ samples: [VideoSample], _ loader: ClipLoader, _ texts: LabelTexts, _ scoring: TextScoring
    ) async throws -> [String: Double]? {
        let labels = try LabelQuestion.texts(texts).labels(for: model)
        let encoded = try await ClipEncoding(model, loader, normalization: normalization).run()
        return try encoded.fusions(of: labels, by: scoring, in: samples, classes: texts.names)
    }

    private func accuracy(
        on path: String, _ names: [String], byTexts: Bool
    ) async throws -> AblationResult.Accuracy {
        let (samples, loader) = try videos(of: path, names)
        let scores = try await scores(samples, loader, names, byTexts: byTexts)
        let partners = TimeOrderPartners.of(names)
        return AblationResult.Accuracy(try ClassificationReport(scores, partners: partners), partners: partners)
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

    @TorchActor
    private func scores(
        _ samples: [VideoSample], _ loader: ClipLoader, _ names: [String], byTexts: Bool
    ) async throws -> ClipScores {
        var question = LabelQuestion.trained
        if byTexts, let tokenizer { question = .texts(LabelTexts(names: names, tokenizer: tokenizer)) }
        let labels = try question.labels(for: model)
        let encoded = try await ClipEncoding(model, loader, normalization: normalization).run()
        return encoded.scores(of: labels, by: model.textScoring, in: samples, classes: names)
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
