import ActionModels
import CLIP
import Torch

/// A model that a test can do anything with: 3 frames of 8 pixels, two blocks each.
func tinyConfiguration(
    _ kind: AggregatorConfiguration.Kind = .transformer, temporal: TemporalModelling = .none, frames: Int = 3
) -> ActionCLIPConfiguration {
    let clip = CLIPConfiguration(
        embedDim: 8,
        vision: VisionConfiguration(
            imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
        text: TextConfiguration(
            contextLength: 9, vocabularySize: 20, blocks: TransformerConfiguration(width: 8, layers: 2, heads: 2)),
        activation: .quickGELU)
    var aggregator = AggregatorConfiguration(kind, clip: clip)
    if case .classToken(var sizes) = aggregator {
        sizes.feedForward = 12
        aggregator = .classToken(sizes)
    }
    return ActionCLIPConfiguration(clip: clip, frames: frames, aggregator: aggregator, temporal: temporal)
}

func tinyParameters(
    _ configuration: ActionCLIPConfiguration = tinyConfiguration(), seed: UInt64 = 1
) throws -> (model: ActionCLIP, parameters: Parameters) {
    try configuration.validate()
    return try Parameters.build(.random(Generator(seed: seed))) { ActionCLIP($0, configuration) }
}

func tinyModel(_ configuration: ActionCLIPConfiguration = tinyConfiguration()) throws -> ActionCLIP {
    try tinyParameters(configuration).model
}
