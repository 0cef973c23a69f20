import ActionModels
import CLIP
import Datasets
import Foundation
import Torch
import Training

/// A folder with clips, a small random CLIP and recipes on it.
struct TrainingWorld {
    let folder: URL

    /// Runs the body with a new world that is removed afterwards.
    static func with<R>(_ body: (TrainingWorld) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "world-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let world = TrainingWorld(folder: folder)
        try await PuppetsWriter(
            PuppetsPlan(seed: 3, size: 32, train: 14, validation: 6), to: folder.appending(path: "data")
        ).write(workers: 2)
        try await TorchThread.run { try world.writeModel() }
        return try await body(world)
    }

    private var configuration: CLIPConfiguration {
        CLIPConfiguration(
            embedDim: 16,
            vision: VisionConfiguration(
                imageSize: 32, patchSize: 16, blocks: TransformerConfiguration(width: 32, layers: 2, heads: 2)),
            text: TextConfiguration(
                contextLength: 40, vocabularySize: vocabulary.count,
                blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
            activation: .quickGELU)
    }

    private var vocabulary: BytePairVocabulary {
        TokenizerTrainer(mergeLimit: 30).vocabulary(
            from: Dictionary(Puppets.actions.map { ($0.name, 1) }, uniquingKeysWith: +))
    }

    private func writeModel() throws {
        let configuration = configuration
        let parameters = try Parameters.build(.random(Generator(seed: 5))) { CLIPModel($0, configuration) }.parameters
        try ModelDirectory.write(
            to: folder.path + "/clip", configuration: configuration, preprocessing: Preprocessing(imageSize: 32),
            tensors: parameters.tensors, vocabulary: vocabulary)
        try writeTeacher()
    }

    /// A teacher with another common space, and dropping that must stay off.
    private func writeTeacher() throws {
        var clip = configuration
        clip.embedDim = 12
        var teacher = ActionCLIPConfiguration(clip: clip, frames: 3, aggregator: .mean)
        teacher.dropout = 0.5
        let parameters = try Parameters.build(.random(Generator(seed: 6))) { ActionCLIP($0, teacher) }.parameters
        try ActionModelDirectory.write(
            ActionModelDirectory.Contents(
                configuration: .actionCLIP(teacher), preprocessing: Preprocessing(imageSize: 32), classNames: nil,
                vocabulary: vocabulary), tensors: parameters.tensors, to: folder.path + "/teacher")
    }

    /// What makes a bundled recipe fit this world and end after three short epochs.
    func assignments(_ method: String) -> [String] {
        let clip =
            ["embedDim=16", "vision.imageSize=32", "vision.blocks.width=32", "vision.blocks.layers=2"]
            + ["vision.blocks.heads=2", "vision.blocks.mlpWidth=128"]
        let text =
            ["contextLength=40", "vocabularySize=\(vocabulary.count)"]
            + ["blocks.width=16", "blocks.layers=2", "blocks.heads=2", "blocks.mlpWidth=64"]
        var values = [
            "model.frames=3", "data.training.crop.shortSideJitter.smallest=32",
            "data.training.crop.shortSideJitter.largest=36", "data.evaluation.shortSide=32", "start.checkpoint=clip",
            "lists.train.path=data/train.txt", "lists.train.classes=data/training_classes.txt",
            "lists.validation.path=data/validation.txt", "lists.validation.classes=data/training_classes.txt",
            "recipe.batch=6", "recipe.learningRate=1e-3", "run.workers=2", "run.threads=1", "run.evaluateEvery=1",
        ]
        switch method {
        case "actionclip", "distillation", "m2clip", "linear-probe":
            values += clip.map { "model.clip.\($0)" } + text.map { "model.clip.text.\($0)" }
        default: values += clip.dropFirst().map { "model.\($0)" }
        }
        switch method {
        case "actionclip":
            values += ["model.aggregator.Transf.positions=40", "model.aggregator.Transf.heads=2", "recipe.epochs=3"]
        case "distillation":
            values += ["model.aggregator.Transf.positions=40", "model.aggregator.Transf.heads=2", "recipe.epochs=3"]
            values += ["start.inherit=", "recipe.spatial.folder=targets", "recipe.spatial.model=clip"]
            values += ["recipe.heads={mode: deit_hard}", "recipe.affinity={alpha: 0.5, weight: 0.5}"]
            values += ["recipe.teacher={checkpoint: teacher, input: same}"]
        case "m2clip":
            values += ["model.visionAdapters.layers=2", "model.visionAdapters.width=8"]
            values += ["model.textAdapters.width=8", "recipe.epochs=3"]
        case "st-adapter": values += ["model.adapterLayers=2", "model.adapterWidth=8", "recipe.epochs=3"]
        case "evl":
            values += ["model.decoderLayers=2", "model.decoderWidth=32", "model.decoderHeads=2", "recipe.steps=9"]
        default: values += ["recipe.epochs=3", "run.isFixed=false", "run.features="]
        }
        return values
    }

    /// The command line of a run.
    func arguments(_ method: String, to output: String, _ more: [String] = []) throws -> [String] {
        [method == "distillation" ? "distill" : "train", "puppets-\(method)", "--output", output]
            + (assignments(method) + more).flatMap { ["--set", $0] }
    }

    /// The weights of a run's last model.
    func weights(_ output: String) throws -> [String: Tensor] {
        try StateFile.read("\(folder.path)/\(output)/last/model.safetensors").loadedTensors()
    }

    /// The losses of a run's steps, in order.
    func losses(_ output: String) throws -> [Double] {
        try JSONLinesLog.lines(of: "\(folder.path)/\(output)/metrics.jsonl").compactMap { $0.scalars["train/loss"] }
    }
}
