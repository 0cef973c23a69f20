import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

/// What `case.json` of the checkpoint kinds says.
private struct CheckpointCase: Decodable {
    struct File: Decodable {
        let path: String
        let format: String
        let activation: String?
        let config: String?
    }
    struct Tolerance: Decodable {
        let atol: Double
        let rtol: Double?
    }
    struct Config: Decodable {
        struct Inferred: Decodable {
            let vision_width: Int
            let vision_heads_per_layer: [Int]
            let vision_mlp_per_layer: [Int]
            let text_width: Int
            let text_heads_per_layer: [Int]
            let text_mlp_per_layer: [Int]
            let embed_dim: Int
        }
        let expected_inferred: Inferred?
        let activation: String?
    }
    let config: Config
    let files: [File]?
    let file: String?
    let tolerance: Tolerance
    let reference_loader_tolerance: Tolerance?
}

@Suite("Checkpoints against the reference implementations")
struct CheckpointFixtures {
    @Test("every file of a case gives the recorded features", arguments: Fixture.all("clip", "formats"))
    func formats(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(CheckpointCase.self), try fixture.tensors())
        for file in try #require(facts.files) {
            for activation in Activation.allCases {
                let options = CheckpointOptions(
                    activation: activation, configurationPath: file.config.map(fixture.path))
                let checkpoint = try CLIPCheckpoint(path: fixture.path(file.path), options: options)
                try compare(checkpoint, tensors, "outputs.\(activation.rawValue).", facts.tolerance, file.path)
            }
            let own = try checkpointAsItSays(fixture, file)
            #expect(own.configuration.activation.rawValue == file.activation, "\(file.path)")
        }
    }

    /// Without an explicit activation where the files say it; else the case's is given.
    private func checkpointAsItSays(_ fixture: Fixture, _ file: CheckpointCase.File) throws -> CLIPCheckpoint {
        let options = CheckpointOptions(configurationPath: file.config.map(fixture.path))
        do {
            return try CLIPCheckpoint(path: fixture.path(file.path), options: options)
        } catch {
            guard case CLIPError.unknownActivation = error else { throw error }
            let activation = file.activation.flatMap { Activation(rawValue: $0) }
            return try CLIPCheckpoint(
                path: fixture.path(file.path), options: CheckpointOptions(activation: activation))
        }
    }

    @Test("heads and ratios come from the configuration", arguments: Fixture.all("clip", "small_heads"))
    func smallHeads(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(CheckpointCase.self), try fixture.tensors())
        for file in try #require(facts.files) {
            let checkpoint = try CLIPCheckpoint(path: fixture.path(file.path))
            try compare(checkpoint, tensors, "outputs.", facts.tolerance, file.path)
        }
    }

    @Test("pruned shapes are read layer by layer", arguments: Fixture.all("clip", "tinyclip_auto"))
    func pruned(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(CheckpointCase.self), try fixture.tensors())
        let checkpoint = try CLIPCheckpoint(path: fixture.path(try #require(facts.file)))
        let inferred = try #require(facts.config.expected_inferred)
        let (vision, text) = (checkpoint.configuration.vision.blocks, checkpoint.configuration.text.blocks)
        #expect(vision.width == inferred.vision_width)
        #expect(vision.heads == inferred.vision_heads_per_layer)
        #expect(vision.mlpWidths == inferred.vision_mlp_per_layer)
        #expect(text.width == inferred.text_width)
        #expect(text.heads == inferred.text_heads_per_layer)
        #expect(text.mlpWidths == inferred.text_mlp_per_layer)
        #expect(checkpoint.configuration.embedDim == inferred.embed_dim)
        #expect(checkpoint.configuration.activation.rawValue == facts.config.activation)
        try compare(checkpoint, tensors, "outputs.", facts.tolerance, "as stored")
        let model = try checkpoint.model().model
        let loose = try #require(facts.reference_loader_tolerance)
        withoutGradient {
            expectClose(
                model.encodeImage(tensors["inputs.image"]!), tensors["outputs.image_features_reference_loader"],
                absolute: loose.atol, relative: 0, "image, reference loader")
            expectClose(
                model.encodeText(tensors["inputs.text"]!), tensors["outputs.text_features_reference_loader"],
                absolute: loose.atol, relative: 0, "text, reference loader")
        }
    }

    @Test("a pruned model under plain names is known by its widths", arguments: Fixture.all("clip", "tinyclip_auto"))
    func prunedPlain(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(CheckpointCase.self), try fixture.tensors())
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        let first = try CLIPCheckpoint(path: fixture.path(try #require(facts.file)))
        try StateFile.write(first.tensors, to: file.path)
        let second = try CLIPCheckpoint(path: file.path)
        #expect(second.dialect == .openAI)
        #expect(second.configuration == first.configuration)
        try compare(second, tensors, "outputs.", facts.tolerance, "plain names")
    }

    private func compare(
        _ checkpoint: CLIPCheckpoint, _ tensors: [String: Tensor], _ prefix: String,
        _ tolerance: CheckpointCase.Tolerance, _ name: String
    ) throws {
        let model = try checkpoint.model().model
        let image = try #require(tensors["inputs.image"]), text = try #require(tensors["inputs.text"])
        let (absolute, relative) = (tolerance.atol, tolerance.rtol ?? 0)
        withoutGradient {
            let (images, texts) = (model.encodeImage(image), model.encodeText(text))
            expectClose(images, tensors[prefix + "image_features"], absolute: absolute, relative: relative, name)
            expectClose(texts, tensors[prefix + "text_features"], absolute: absolute, relative: relative, name)
            guard let logits = tensors[prefix + "logits_per_image"] else { return }
            expectClose(
                model.logits(images: images, texts: texts), logits, absolute: absolute, relative: relative, name)
        }
        for (key, expected) in tensors where key.hasPrefix("weights.") {
            let own = try #require(checkpoint.tensors[String(key.dropFirst(8))], "\(name): \(key)")
            expectClose(own, expected, absolute: 0, relative: 0, "\(name): \(key)")
        }
    }
}
