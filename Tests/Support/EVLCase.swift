package import ActionModels
package import CLIP
import Testing
package import Torch

/// What `case.json` of a recorded EVL case says, of whichever kind; what it leaves out is the reference's default.
package struct EVLCase: Decodable {
    package struct Sizes: Decodable {
        package let grid_height, grid_width, feature_dim, backbone_num_heads: Int
        package let patch_size, backbone_num_layers, num_frames, decoder_num_layers, decoder_qkv_dim: Int?
        package let decoder_num_heads, num_classes: Int?
        package let backbone_mlp_factor, decoder_mlp_factor: Double?
        package let enable_temporal_conv, enable_temporal_pos_embed, enable_temporal_cross_attention: Bool?
    }
    package struct Derived: Decodable {
        package let layer_norm_eps: Double?
        package let activation: Activation?
        package let dropout: Double?
    }
    package struct Tolerance: Decodable { package let atol, rtol: Double? }

    package let config: Sizes
    package let derived: Derived?
    package let tolerances: [String: Tolerance]
    package let zero_gradient_parameters: [String]?
    package let output_invariant_to: [String]?

    /// The sizes; for decoder cases, which have no tower, it is the smallest that fits.
    package var configuration: EVLConfiguration {
        let layers = config.backbone_num_layers ?? config.decoder_num_layers ?? 4
        let patch = config.patch_size ?? 1, width = config.feature_dim
        let inner = ((config.backbone_mlp_factor ?? 4) * Double(width)).rounded(.toNearestOrEven)
        let blocks = TransformerConfiguration(
            width: width, layers: layers, heads: config.backbone_num_heads, mlpWidth: Int(inner))
        let vision = VisionConfiguration(
            imageSize: patch * config.grid_width, imageHeight: patch * config.grid_height, patchSize: patch,
            blocks: blocks)
        var configuration = EVLConfiguration(
            vision: vision, frames: config.num_frames ?? 8, classes: config.num_classes ?? 400)
        configuration.activation = derived?.activation ?? .quickGELU
        configuration.layerNormEps = derived?.layer_norm_eps ?? 1e-5
        configuration.decoderLayers = config.decoder_num_layers ?? min(4, layers)
        configuration.decoderWidth = config.decoder_qkv_dim ?? 768
        configuration.decoderHeads = config.decoder_num_heads ?? 12
        configuration.mlpFactor = config.decoder_mlp_factor ?? 4
        configuration.hasTemporalConvolution = config.enable_temporal_conv ?? true
        configuration.hasTemporalPositions = config.enable_temporal_pos_embed ?? true
        configuration.hasTemporalCrossAttention = config.enable_temporal_cross_attention ?? true
        configuration.mlpDropout = derived?.dropout ?? 0
        configuration.headDropout = derived?.dropout ?? 0
        return configuration
    }

    /// Expects recorded values within the case's tolerances.
    package func compare(_ actual: Tensor, _ recorded: RecordedTensors, _ group: String, _ name: String) {
        compare(actual, recorded["\(group).\(name)"], group, name)
    }

    /// Expects values within the tolerances of a group.
    package func compare(_ actual: Tensor, _ expected: Tensor?, _ group: String, _ name: String) {
        guard let tolerance = tolerances[group] else {
            expectClose(actual, nil, "no tolerance for \(group)")
            return
        }
        expectClose(
            actual, expected, absolute: tolerance.atol ?? 0, relative: tolerance.rtol ?? 0, "\(group).\(name)")
    }
}
