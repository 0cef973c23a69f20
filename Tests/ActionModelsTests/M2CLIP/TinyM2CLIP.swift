import ActionModels
import CLIP
import Torch

extension M2CLIPConfiguration {
    /// A model that is built in a moment, its heads 64 wide as inference from shapes expects.
    static var tiny: M2CLIPConfiguration {
        let clip = CLIPConfiguration(
            embedDim: 64,
            vision: VisionConfiguration(
                imageSize: 12, patchSize: 4, blocks: TransformerConfiguration(width: 64, layers: 3, heads: 1)),
            text: TextConfiguration(
                contextLength: 9, vocabularySize: 30, blocks: TransformerConfiguration(width: 64, layers: 3, heads: 1)),
            activation: .quickGELU)
        var configuration = M2CLIPConfiguration(clip: clip, frames: 4, classes: 5, labelWords: 7)
        configuration.visionAdapters.width = 12
        configuration.textAdapters.width = 10
        return configuration
    }

    /// Another configuration, changed in one respect.
    func with(_ change: (inout M2CLIPConfiguration) -> Void) -> M2CLIPConfiguration {
        var changed = self
        change(&changed)
        return changed
    }

    /// Every kind of choice, by name.
    static let variants: [(name: String, configuration: M2CLIPConfiguration)] = [
        ("released", tiny),
        ("paper", tiny.withPaperPlacements),
        ("both", tiny.with { ($0.visionAdapters.placement, $0.textAdapters.placement) = (.both, .both) }),
        ("all blocks", tiny.with { $0.textAdapters.layers = 4 }),
        ("last block", tiny.with { ($0.visionAdapters.layers, $0.textAdapters.layers) = (1, 1) }),
        ("no adapters", tiny.with { ($0.visionAdapters.layers, $0.textAdapters.layers) = (0, 0) }),
        ("five frames", tiny.with { $0.enhancementKernel = 5 }),
        ("no difference", tiny.with { $0.difference = .none }),
        ("zero first frame", tiny.with { $0.difference = .zeroFirstFrame }),
        ("no temporal adapter", tiny.with { $0.hasTemporalAdapter = false }),
    ]

    /// A model with new values, and its parameters.
    func built(seed: UInt64 = 1) throws -> (model: M2CLIP, parameters: Parameters) {
        try Parameters.build(.random(Generator(seed: seed))) { M2CLIP($0, self) }
    }

    /// A model none of whose parameters is zero, so that every path contributes.
    func stirred(seed: UInt64 = 1) throws -> (model: M2CLIP, parameters: Parameters) {
        let parameters = try built(seed: seed).parameters
        let generator = Generator(seed: seed + 1)
        let tensors = parameters.tensors.sorted { $0.key < $1.key }.map { name, tensor in
            (name, tensor + generator.normal(tensor.shape) * 0.1)
        }
        return try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: tensors))) { M2CLIP($0, self) }
    }

    /// Clips of noise.
    func clips(_ count: Int = 2) -> Tensor {
        Generator(seed: 7).normal([count, frames, 3, clip.vision.imageSize, clip.vision.imageSize])
    }

    /// Sentences of different lengths, the largest id at their ends.
    var sentences: Tensor {
        Tensor(
            [28, 3, 4, 29, 0, 0, 0, 0, 0, 28, 5, 9, 11, 2, 29, 0, 0, 0, 28, 6, 29, 0, 0, 0, 0, 0, 0], shape: [3, 9])
    }
}
