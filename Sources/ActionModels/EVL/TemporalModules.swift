internal import CLIP
public import Torch

/// What one decoder layer adds to the tokens of its block of the tower.
///
///     Y = X + convolution(X) + positions + crossAttention(maps)
///
/// All three read the untouched block, out of place, so that the tower can be trained too. Source: EVL `model.py`.
public struct TemporalModules: Sendable {
    let convolution: TemporalConvolution?
    let positions: Tensor?
    let crossAttention: TemporalCrossAttention?

    /// Declares `temporal_conv.N`, `temporal_pos_embed.N` and `cross_attention.N`, as far as they are switched on.
    ///
    /// - Parameters:
    ///   - scope: the decoder's place in the checkpoint.
    ///   - layer: the number of the decoder layer.
    ///   - configuration: the model's sizes, validated.
    ///   - displacements: where the patches lie to each other; nil switches cross-attention off.
    public init(_ scope: Scope, layer: Int, _ configuration: EVLConfiguration, displacements: DisplacementTable?) {
        let width = configuration.vision.blocks.width
        convolution =
            configuration.hasTemporalConvolution
            ? TemporalConvolution(scope / "temporal_conv" / layer, width: width) : nil
        positions =
            configuration.hasTemporalPositions
            ? (scope / "temporal_pos_embed").parameter("\(layer)", configuration.frames, width, initial: .zeros) : nil
        crossAttention = displacements.map {
            TemporalCrossAttention(scope / "cross_attention" / layer, width: width, displacements: $0)
        }
    }

    /// Adds the modules to a block's tokens.
    ///
    /// - Parameters:
    ///   - stream: the block's tokens, `[B, T, L, C]`.
    ///   - crossed: from ``crossed(_:)``.
    /// - Returns: `[B, T L, C]`, frame by frame.
    public func callAsFunction(_ stream: Tensor, crossed: Tensor?) -> Tensor {
        let (b, t, c) = (stream.shape[0], stream.shape[1], stream.shape[3])
        var tokens = stream
        if let convolution { tokens = tokens + convolution(stream) }
        if let positions {
            guard positions.shape[0] == t else {
                fatalError("EVL: features \(stream.shape), the temporal positions are for \(positions.shape[0]) frames")
            }
            tokens = tokens + positions.unsqueezed(1)  // [T, 1, C]
        }
        if let crossed { tokens = tokens + crossed }
        return tokens.reshaped(b, -1, c)
    }

    /// The attention between neighbouring frames; nil where it is switched off.
    ///
    /// - Parameter layer: the block's features.
    /// - Returns: `[B, T, L, C]`.
    public func crossed(_ layer: EVLFeatures.Layer) -> Tensor? {
        guard let crossAttention else { return nil }
        guard let maps = layer.maps else {
            fatalError("EVL: cross-attention needs features with queries and keys, or with maps")
        }
        return crossAttention(maps)
    }
}
