internal import ActionModels
internal import CLIP
public import Datasets
internal import Torch
internal import Video

/// What an evaluation gave, with everything that states it.
public struct EvaluationOutcome: Sendable {
    /// The evaluation.
    public let evaluation: Evaluation
    /// The scores of each model.
    public let models: [EvaluationScores]
    /// For each few-shot model, or one of several seeds, what it was trained on.
    public let draws: [TrainedDraw]
    /// What the protocol makes of them.
    public let result: ProtocolResult
    /// The frozen CLIP's scores; nil where there is none.
    public let baseline: EvaluationScores?
    /// What the protocol makes of the frozen CLIP.
    public let baselineResult: ProtocolResult?
    /// The accuracies between start and tuned model, where they were measured.
    public var curve: InterpolationCurve?

    /// Computes the figures.
    ///
    /// - Parameters:
    ///   - evaluation: the evaluation.
    ///   - models: the scores of each model.
    ///   - draws: for each few-shot model, or one of several seeds, what it was trained on; may be empty.
    ///   - baseline: the frozen CLIP's scores.
    /// - Throws: as ``Evaluation/result(_:draws:)``.
    public init(
        _ evaluation: Evaluation, _ models: [EvaluationScores], draws: [TrainedDraw] = [], baseline: EvaluationScores?
    ) throws {
        (self.evaluation, self.models, self.draws, self.baseline) = (evaluation, models, draws, baseline)
        result = try evaluation.result(models, draws: draws)
        baselineResult = try baseline.map { try evaluation.result(ofBaseline: $0) }
    }

    /// The manifest.
    ///
    /// - Parameters:
    ///   - command: the command line, program first.
    ///   - version: Verb's.
    /// - Returns: everything stated.
    @TorchActor
    public func manifest(command: [String], version: String) -> EvaluationManifest {
        var manifest = EvaluationManifest(result)
        (manifest.baseline, manifest.curve) = (baselineResult, curve)
        manifest.lists = models[0].lists.indices.map(statement)
        manifest.clips = clips
        if !models[0].fusions.isEmpty { manifest.fusions = models[0].fusions }
        manifest.models = models.enumerated().map { place, scores in
            var model = statement(scores)
            model.draw = draws.indices.contains(place) ? draws[place] : nil
            return model
        }
        manifest.baselineModel = baseline.map(statement)
        manifest.environment.command = command
        (manifest.environment.verb, manifest.environment.libTorch) = (version, TorchRuntime.version)
        (manifest.environment.ffmpeg, manifest.environment.device) = (FFmpegVersion.text, "cpu")
        (manifest.environment.threads, manifest.environment.processes) = (
            TorchRuntime.threads, evaluation.group.size
        )
        return manifest
    }

    private func statement(_ place: Int) -> EvaluationManifest.Videos {
        let list = models[0].lists[place], table = models[0].tables[place]
        var videos = EvaluationManifest.Videos()
        (videos.list, videos.listDigest, videos.part) = (list.path, list.digest, list.part)
        (videos.classes, videos.classesDigest) = (table.classes, list.classes?.digest ?? "")
        (videos.labelRule, videos.labels) = (
            evaluation.settings.labelText.rawValue, table.classes.map(evaluation.settings.labelText.text)
        )
        (videos.indicesDigest, videos.unreadable) = (models[0].indicesDigests[place], table.unreadable)
        return videos
    }

    private var clips: EvaluationManifest.Clips {
        let settings = evaluation.settings, model = models[0].model
        var clips = EvaluationManifest.Clips()
        (clips.decoder, clips.sampling) = ("FFmpeg \(FFmpegVersion.text)", settings.clips.sampling.words)
        (clips.frames, clips.temporalViews, clips.crops) = (
            settings.frames, settings.clips.temporalViews, settings.clips.crops
        )
        clips.crop = settings.clips.crops == 1 ? "centre" : "\(settings.clips.crops) along the long side"
        (clips.resize, clips.shortSide) = (settings.clips.resize.rawValue, settings.clips.shortSide)
        (clips.width, clips.height) = (
            model.configuration.vision.imageSize, model.configuration.vision.imageSize
        )
        (clips.mean, clips.std) = (model.preprocessing.mean, model.preprocessing.std)
        return clips
    }

    @TorchActor
    private func statement(_ scores: EvaluationScores) -> EvaluationManifest.Model {
        var model = EvaluationManifest.Model()
        model.path = scores.model.path
        (model.kind, model.weightsDigest) = (scores.model.configuration.kind.rawValue, scores.model.digest)
        (model.activation, model.precision) = (scores.model.configuration.activation.rawValue, "float32")
        model.head = scores.head
        if scores.head == .texts, let scoring = scores.model.model.textScoring {
            model.templates = (evaluation.settings.templates ?? scoring.templates).map(\.text)
            (model.ensemble, model.logitScale) = (scoring.ensemble, scoring.scale)
            if scores.model.configuration.hasTwoViews { model.fusion = scoring.fusion }
        }
        (model.interpolation, model.startDigest) = (
            scores.model.interpolation?.coefficient, scores.model.interpolation?.startDigest
        )
        return model
    }
}

extension FrameSampling {
    /// The rule as options and manifests say it: `segments`, `uniform`, `dense:16`.
    public var words: String {
        switch self {
        case .segments, .segmentCentres: "segments"
        case .uniform: "uniform"
        case .dense(let stride): "dense:\(stride)"
        }
    }

    /// The rule of such words.
    ///
    /// - Parameter words: `segments`, `uniform`, or `dense:` and the stride; nil for anything else.
    public init?(words: String) {
        switch words {
        case "segments": self = .segments
        case "uniform": self = .uniform
        default:
            guard words.hasPrefix("dense:"), let stride = Int(words.dropFirst("dense:".count)), stride > 0 else {
                return nil
            }
            self = .dense(stride: stride)
        }
    }
}

extension ActionModelConfiguration {
    /// The activation of the towers.
    var activation: Activation {
        switch self {
        case .clip(let configuration): configuration.activation
        case .actionCLIP(let configuration): configuration.clip.activation
        case .m2CLIP(let configuration): configuration.clip.activation
        case .evl(let configuration): configuration.activation
        case .stAdapter(let configuration): configuration.activation
        case .linearProbe(let configuration): configuration.clip.activation
        }
    }
}
