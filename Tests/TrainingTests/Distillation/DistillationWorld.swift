import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Video

@testable import Training

/// A student on a small random CLIP, clips of noise, and what it may learn from.
struct DistillationWorld {
    static let classes = ["walking", "waving a hand", "sitting down"]

    let folder: URL
    let clip: TinyModel

    init(in folder: URL) throws {
        self.folder = folder
        clip = try TinyModel(in: folder)
    }

    var start: StartingPoint {
        get throws {
            StartingPoint(
                try ActionModelCheckpoint(path: clip.checkpoint.path), tokenizer: clip.tokenizer, hasOwnVocabulary: true
            )
        }
    }

    func model(_ change: (inout TokenView) -> Void = { _ in }) -> ActionCLIPConfiguration {
        var token = TokenView()
        change(&token)
        return ActionCLIPConfiguration(
            clip: clip.checkpoint.configuration, frames: 2,
            aggregator: .transformer(.init(positions: 4, layers: 1, heads: 2, token: token)))
    }

    func recipe(_ change: (inout DistillationRecipe) -> Void = { _ in }) -> DistillationRecipe {
        var recipe = DistillationRecipe()
        (recipe.actionCLIP.learningRate, recipe.actionCLIP.warmupEpochs, recipe.actionCLIP.batch) = (1e-3, 0, 6)
        change(&recipe)
        return recipe
    }

    @TorchActor
    func method(_ preset: PresetModel, _ sources: DistillationSources = .init()) throws -> any TrainingMethod {
        try preset.training(
            MethodInputs(
                start: try start, resetHead: false, classes: Self.classes, settings: RunSettings(),
                distillation: sources))
    }

    /// Six clips of noise with the sentences that a method draws for them.
    @TorchActor
    func batch(_ method: any TrainingMethod, seed: UInt64 = 1, progress: Double = 0) throws -> TrainingBatch {
        let labels = [0, 1, 2, 1, 0, 2]
        var draws = labels.indices.map { SeededDraws(seed: seed * 100 + UInt64($0)) }
        return TrainingBatch(
            .clips(Generator(seed: seed).normal([6, 2, 3, 32, 32])), labels: Tensor(labels),
            texts: try method.texts(for: labels, at: Array(labels.indices), draws: &draws),
            positions: Array(labels.indices), progress: progress)
    }

    /// The losses of some steps and the weights afterwards.
    @TorchActor
    func trained(
        _ method: any TrainingMethod, steps: Int = 3
    ) throws -> (losses: [Double], weights: [String: [Float]]) {
        let stepper = try Stepper(method)
        let losses = try (1...steps).map { step in
            try stepper.step(learningRate: 1e-3, parts: [try batch(method, seed: UInt64(step))]).loss
        }
        return (losses, method.parameters.tensors.mapValues { $0.array(of: Float.self) })
    }

    /// A trained-looking teacher with another common space.
    @TorchActor
    func teacher(imageSize: Int = 32) throws -> EvaluationModel {
        var own = clip.checkpoint.configuration
        (own.embedDim, own.vision.imageSize) = (12, imageSize)
        var configuration = ActionCLIPConfiguration(clip: own, frames: 2, aggregator: .mean)
        configuration.dropout = 0.5
        let path = folder.path + "/teacher-\(imageSize)"
        if !FileManager.default.fileExists(atPath: path) {
            let parameters = try Parameters.build(.random(Generator(seed: 9))) { ActionCLIP($0, configuration) }
                .parameters
            try ActionModelDirectory.write(
                ActionModelDirectory.Contents(
                    configuration: .actionCLIP(configuration), preprocessing: Preprocessing(imageSize: imageSize),
                    classNames: nil, vocabulary: clip.tokenizer.vocabulary), tensors: parameters.tensors, to: path)
        }
        return try EvaluationModel(try ActionModelCheckpoint(path: path), tokenizer: clip.tokenizer)
    }

    /// Its files.
    @TorchActor
    var teacherCheckpoint: ActionModelCheckpoint {
        get throws { try ActionModelCheckpoint(path: try teacher().path) }
    }

    @TorchActor
    func frozen(_ teacher: EvaluationModel, isCompared: Bool = false) throws -> FrozenTeacher {
        try FrozenTeacher(
            teacher, classes: Self.classes,
            student: StudentClips(frames: 2, imageSize: 32, normalization: .clip), isCompared: isCompared)
    }

    /// Predictions that say the given classes of the six clips.
    @TorchActor
    func predictions(_ labels: [Int]) throws -> TeacherPredictions {
        let teacher = try teacher(), samples = samples, folder = TeacherPredictionsFolder(self.folder.path + "/said")
        let tensors = [
            "logits": Tensor(labels).oneHot(3).to(dtype: .float16) * 20, "labels": Tensor(labels),
        ]
        try folder.write(
            tensors,
            TeacherPredictionsManifest(
                TeacherPredictionsManifest.Source(
                    teacher: teacher.path, teacherSHA256: teacher.digest,
                    teacherArchitecture: teacher.architectureDigest, classes: Self.classes,
                    clips: EvaluatedPuppets.settings.clips, frames: 2, imageSize: 32, normalization: .clip),
                list: "list.txt", videos: samples.map(\.source.path),
                predictionsSHA256: WeightDigest.sha256(of: tensors)))
        return try TeacherPredictions(at: folder.path, for: samples, classes: Self.classes)
    }

    var samples: [VideoSample] { (0..<6).map { VideoSample(source: .file("clip-\($0).mp4"), labels: [$0 % 3]) } }
}

/// Runs the body with a world in a folder that is removed afterwards.
func withDistillation(_ body: (DistillationWorld) async throws -> Void) async throws {
    try await inFolder { try await body(try DistillationWorld(in: $0)) }
}
