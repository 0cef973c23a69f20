import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Training

/// Runs the body in a new folder that is removed afterwards.
func inFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Runs the body with a folder of eight training clips, all of different actions, and four of held-out actions.
func withPuppets<R>(_ body: (URL) async throws -> R) async throws -> R {
    try await inFolder { folder in
        let data = folder.appendingPathComponent("puppets")
        try await PuppetsWriter(PuppetsPlan(seed: 3, size: 32, train: 8, heldOut: 4), to: data).write(workers: 2)
        return try await body(data)
    }
}

extension PretrainingRecipe {
    /// A recipe that is run in a second or two.
    static var tiny: PretrainingRecipe {
        var recipe = PretrainingRecipe()
        (recipe.steps, recipe.batch, recipe.frames, recipe.warmup) = (20, 8, 2, 2)
        (recipe.learningRate, recipe.merges, recipe.contextLength) = (3e-3, 40, 24)
        (recipe.imageSize, recipe.patchSize, recipe.visionWidth, recipe.visionLayers) = (32, 8, 32, 1)
        (recipe.textWidth, recipe.textLayers, recipe.embedDim) = (32, 1, 16)
        return recipe
    }
}

/// A model with random weights and a vocabulary of its own, written to a folder and read back.
struct TinyModel {
    let checkpoint: CLIPCheckpoint
    let tokenizer: Tokenizer

    init(in folder: URL) throws {
        let vocabulary = TokenizerTrainer(mergeLimit: 30).vocabulary(
            from: Dictionary(Puppets.actions.map { ($0.name, 1) }, uniquingKeysWith: +))
        var recipe = PretrainingRecipe.tiny
        recipe.contextLength = 40
        let configuration = recipe.configuration(vocabularySize: vocabulary.count)
        let path = folder.appendingPathComponent("model-\(UUID().uuidString)").path
        let parameters = try Parameters.build(.random(Generator(seed: 5))) { CLIPModel($0, configuration) }.parameters
        try ModelDirectory.write(
            to: path, configuration: configuration, preprocessing: Preprocessing(imageSize: 32),
            tensors: parameters.tensors, vocabulary: vocabulary)
        checkpoint = try CLIPCheckpoint(path: path)
        tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: path))
    }
}
