import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Training

/// Puppets clips and random models on one small CLIP.
struct EvaluatedPuppets {
    let folder: String
    let clip: TinyModel

    init(in folder: URL) throws {
        self.folder = folder.path
        clip = try TinyModel(in: folder)
    }

    /// A list of the folder with other lines.
    func list(_ lines: [String], onlyOccurring: Bool = false) throws -> EvaluationList {
        let path = folder + "/list-\(UUID().uuidString).txt"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        return try EvaluationList(VideoList(reading: path), onlyOccurring: onlyOccurring)
    }

    func train(onlyOccurring: Bool = true) throws -> EvaluationList {
        try EvaluationList(VideoList(reading: folder + "/train.txt"), onlyOccurring: onlyOccurring)
    }

    /// The CLIP itself.
    var frozen: EvaluationModel {
        get async throws {
            let checkpoint = try ActionModelCheckpoint(path: clip.checkpoint.path)
            return try await EvaluationModel(checkpoint, tokenizer: clip.tokenizer)
        }
    }

    /// Writes a model of random weights and reads it back.
    func checkpoint(
        _ configuration: ActionModelConfiguration, classNames: [String]? = nil, seed: UInt64 = 7
    ) throws -> ActionModelCheckpoint {
        let path = folder + "/model-\(UUID().uuidString)"
        let parameters = try Parameters.build(.random(Generator(seed: seed))) { configuration.model($0) }.parameters
        let contents = ActionModelDirectory.Contents(
            configuration: configuration, preprocessing: Preprocessing(imageSize: 32), classNames: classNames,
            vocabulary: configuration.text == nil ? nil : clip.tokenizer.vocabulary)
        try ActionModelDirectory.write(contents, tensors: parameters.tensors, to: path)
        return try ActionModelCheckpoint(path: path)
    }

    /// A linear probe.
    func probe(_ names: [String]?, classes: Int) async throws -> EvaluationModel {
        let configuration = LinearProbeConfiguration(clip: clip.checkpoint.configuration, frames: 3, classes: classes)
        return try await EvaluationModel(try checkpoint(.linearProbe(configuration), classNames: names), tokenizer: nil)
    }

    /// ActionCLIP, which takes the mean of its templates' probabilities.
    func actionCLIP() async throws -> EvaluationModel {
        let own = clip.checkpoint.configuration
        let configuration = ActionCLIPConfiguration(
            clip: own, frames: 3, aggregator: AggregatorConfiguration(.mean, clip: own))
        return try await EvaluationModel(try checkpoint(.actionCLIP(configuration)), tokenizer: clip.tokenizer)
    }

    /// ActionCLIP with two heads, whose views are fused in a way.
    func twoHeaded(_ fusion: ViewFusion) async throws -> EvaluationModel {
        let own = clip.checkpoint.configuration
        var configuration = ActionCLIPConfiguration(
            clip: own, frames: 3, aggregator: .transformer(.init(positions: 3, layers: 1, heads: 1, token: TokenView()))
        )
        configuration.fusion = fusion
        return try await EvaluationModel(try checkpoint(.actionCLIP(configuration)), tokenizer: clip.tokenizer)
    }

    static var settings: EvaluationSettings {
        EvaluationSettings(
            clips: EvaluationClips(sampling: .segments, shortSide: 32, resize: .pillowBicubic), frames: 3)
    }
}

/// Runs the body with eight training clips, all of different actions, four held-out ones, and small models.
func withEvaluatedPuppets(_ body: (EvaluatedPuppets) async throws -> Void) async throws {
    try await withPuppets { folder in try await body(try EvaluatedPuppets(in: folder)) }
}
