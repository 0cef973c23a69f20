import ActionModels
import CLIP
import FixtureSupport
import Torch

/// What `case.json` of a recorded ST-Adapter says.
struct STAdapterCase: Decodable {
    struct Sizes: Decodable {
        let input_resolution, patch_size, width, layers, heads, num_classes, num_frames: Int
        let adapter_width, adapter_layers: Int?
        let adapter_kernel_size: [Int]?
        let adapter_pre_attn, adapter_pre_mlp: Bool?
    }
    struct Derived: Decodable {
        let layer_norm_eps, dropout: Double?
        let activation: Activation?
        let layers_with_adapters: [Int]?
    }

    let config: Sizes
    let derived: Derived?
    let tolerances: [String: Tolerance]
    let zero_gradient_parameters: [String]?
    let output_invariant_to: [String]?

    /// Where the reference puts adapters; nil means nowhere, however many blocks the case names.
    var placement: AdapterPlacement? {
        switch (config.adapter_pre_attn ?? false, config.adapter_pre_mlp ?? false) {
        case (true, true): .both
        case (true, false): .beforeAttention
        case (false, true): .beforeMLP
        case (false, false): nil
        }
    }

    /// The model; what a case leaves out is as in the released models.
    var configuration: STAdapterConfiguration {
        let blocks = TransformerConfiguration(width: config.width, layers: config.layers, heads: config.heads)
        var configuration = STAdapterConfiguration(
            vision: VisionConfiguration(
                imageSize: config.input_resolution, patchSize: config.patch_size, blocks: blocks),
            frames: config.num_frames, classes: config.num_classes,
            placement: placement ?? .both)
        configuration.activation = derived?.activation ?? configuration.activation
        configuration.layerNormEps = derived?.layer_norm_eps ?? configuration.layerNormEps
        configuration.dropout = derived?.dropout ?? 0
        configuration.adapterWidth = config.adapter_width ?? configuration.adapterWidth
        configuration.adapterLayers = placement == nil ? 0 : config.adapter_layers ?? config.layers
        if let kernel = config.adapter_kernel_size {
            configuration.kernel = .init(frames: kernel[0], rows: kernel[1], columns: kernel[2])
        }
        return configuration
    }
}
