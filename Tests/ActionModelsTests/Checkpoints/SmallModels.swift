import ActionModels
import CLIP
import Foundation
import Torch

/// Small models of every kind on one small CLIP, with random weights everywhere.
enum SmallModels {
    static let clip = CLIPConfiguration(
        embedDim: 64,
        vision: VisionConfiguration(
            imageSize: 16, patchSize: 8, blocks: TransformerConfiguration(width: 64, layers: 2, heads: 1)),
        text: TextConfiguration(
            contextLength: 8, vocabularySize: 30,
            blocks: TransformerConfiguration(width: 64, layers: 2, heads: 1)),
        activation: .quickGELU)

    static let frames = 4

    static var all: [ActionModelConfiguration] {
        var evl = EVLConfiguration(vision: clip.vision, frames: frames, classes: 5)
        evl.decoderLayers = 2
        var adapter = STAdapterConfiguration(
            vision: clip.vision, frames: frames, classes: 5, placement: .both)
        adapter.adapterWidth = 12
        let shifted = ActionCLIPConfiguration(
            clip: clip, frames: frames, aggregator: AggregatorConfiguration(.mean, clip: clip), temporal: .shift)
        return [
            .clip(clip), .actionCLIP(shifted), .actionCLIP(ActionCLIPConfiguration(clip: clip, frames: frames)),
            .m2CLIP(M2CLIPConfiguration(clip: clip, frames: frames, classes: 5, labelWords: 7)), .evl(evl),
            .stAdapter(adapter),
        ]
    }

    static var video: [ActionModelConfiguration] { all.filter { $0.kind != .clip } }

    /// The weights of the CLIP below, the same for every model.
    static let clipTensors: [String: Tensor] = {
        let built = try? Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, clip) }
        return built?.parameters.tensors ?? [:]
    }()

    /// A model of the small CLIP and random other weights, none of them zero.
    static func tensors(_ configuration: ActionModelConfiguration) throws -> [String: Tensor] {
        let generator = Generator(seed: 2)
        let fresh = try Parameters.build(.random(generator)) { configuration.model($0) }.parameters
        let own = configuration.backbone(clipTensors)
        return Dictionary(
            uniqueKeysWithValues: fresh.names.map { name in
                let shape = fresh[name]?.shape ?? []
                return (name, own[name] ?? generator.normal(shape) * 0.1 + (shape.count == 1 ? 0.05 : 0))
            })
    }

    static let input = Generator(seed: 3).normal([2, frames, 3, 16, 16])

    /// Writes a model as Verb's directory.
    static func write(_ configuration: ActionModelConfiguration, to path: String) throws {
        let contents = ActionModelDirectory.Contents(
            configuration: configuration, preprocessing: configuration.referencePreprocessing)
        try ActionModelDirectory.write(contents, tensors: tensors(configuration), to: path)
    }

    /// Writes the CLIP below in OpenAI's layout, as a state dict.
    static func writeCLIP(in folder: String) throws -> String {
        try StateFile.writeTorch(.tensors(clipTensors), to: folder + "/clip.pt")
        return folder + "/clip.pt"
    }

    static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-models-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }
}
