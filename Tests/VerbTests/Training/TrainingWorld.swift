import ActionModels
import CLIP
import Datasets
import Foundation
import Torch
import Training
import Video

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
            values += ["recipe.aggregatorRatio=5"]
        case "distillation":
            values += ["model.aggregator.Transf.positions=40", "model.aggregator.Transf.heads=2", "recipe.epochs=3"]
            values += ["recipe.aggregatorRatio=5"]
            values += ["start.inherit=", "recipe.spatial.folder=targets", "recipe.spatial.model=clip"]
            values += ["recipe.spatial.objectives.lambdaEnd=0"]
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

    /// Writes the training clips into one folder of images, one behind the other.
    ///
    /// Returns what makes a run train on the folder's parts.
    func imageParts() throws -> String {
        var options = ListOptions()
        options.classes = folder.path + "/data/training_classes.txt"
        let list = try VideoList(reading: folder.path + "/data/train.txt", options), length = 6
        try FileManager.default.createDirectory(
            at: folder.appending(path: "images"), withIntermediateDirectories: true)
        var lines = ""
        for (clip, sample) in list.samples.enumerated() {
            for (place, frame) in try sample.source.open().frames(at: Array(0..<length)).enumerated() {
                let number = String(format: "%05d", clip * length + place + 1)
                try frame.writePNG(to: "\(folder.path)/images/img_\(number).png")
            }
            lines += "images \(clip * length) \(length) \(sample.labels[0])\n"
        }
        try Data(lines.utf8).write(to: folder.appending(path: "parts.txt"))
        return "lists.train={path: parts.txt, format: rawframes-offset, template: img_%05d.png, "
            + "classes: data/training_classes.txt}"
    }

    /// The sizes of the files of kept features, by their names.
    func keptFiles() throws -> [String: Int] {
        let views = folder.path + "/features/views"
        var sizes: [String: Int] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: views) where name.hasSuffix(".safetensors") {
            sizes[name] = try FileManager.default.attributesOfItem(atPath: "\(views)/\(name)")[.size] as? Int
        }
        return sizes
    }

    /// A folder within this one with the same clips and model, and with kept features that are empty files.
    func sibling(emptying files: [String]) throws -> TrainingWorld {
        let other = TrainingWorld(folder: folder.appending(path: "other")), manager = FileManager.default
        try manager.createDirectory(at: other.folder, withIntermediateDirectories: true)
        for name in ["data", "clip"] {
            try manager.createSymbolicLink(
                at: other.folder.appending(path: name), withDestinationURL: folder.appending(path: name))
        }
        try manager.copyItem(at: folder.appending(path: "features"), to: other.folder.appending(path: "features"))
        for name in files { try Data().write(to: other.folder.appending(path: "features/views/\(name)")) }
        return other
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
