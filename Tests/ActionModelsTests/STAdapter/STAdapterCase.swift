import ActionModels
import CLIP
import FixtureSupport
import Torch

/// What `case.json` of a recorded ST-Adapter says.
struct STAdapterCase: Decodable {
    struct Sizes: Decodable {
        let input_resolution, patch_size, width, layers, heads, num_classes, num_frames: Int
        let adapter_width, adapter_layers: Int
        let adapter_kernel_size: [Int]
        let adapter_pre_attn, adapter_pre_mlp: Bool
    }
    struct Derived: Decodable {
        let layer_norm_eps, dropout: Double
        let activation: Activation
    }
    struct Tolerance: Decodable { let atol, rtol: Double }

    let config: Sizes
    let derived: Derived
    let tolerances: [String: Tolerance]
    let zero_gradient_parameters: [String]
    let output_invariant_to: [String]

    var configuration: STAdapterConfiguration {
        let blocks = TransformerConfiguration(width: config.width, layers: config.layers, heads: config.heads)
        var configuration = STAdapterConfiguration(
            vision: VisionConfiguration(
                imageSize: config.input_resolution, patchSize: config.patch_size, blocks: blocks),
            frames: config.num_frames, classes: config.num_classes,
            placement: !config.adapter_pre_mlp
                ? .beforeAttention : config.adapter_pre_attn ? .both : .beforeMLP)
        configuration.activation = derived.activation
        configuration.layerNormEps = derived.layer_norm_eps
        configuration.dropout = derived.dropout
        configuration.adapterWidth = config.adapter_width
        configuration.adapterLayers = config.adapter_layers
        let kernel = config.adapter_kernel_size
        configuration.kernel = .init(frames: kernel[0], rows: kernel[1], columns: kernel[2])
        return configuration
    }
}

extension [String: Tensor] {
    /// The tensors below a prefix, by the rest of their names.
    func below(_ prefix: String) -> [String: Tensor] {
        reduce(into: [:]) { part, item in
            if item.key.hasPrefix(prefix) { part[String(item.key.dropFirst(prefix.count))] = item.value }
        }
    }
}
