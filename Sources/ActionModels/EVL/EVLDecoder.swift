internal import CLIP
public import Torch

/// What happens inside one layer of the decoder.
public struct EVLDecoderTrace: Sendable {
    /// What cross-attention adds to the tokens, `[B, T, L, C]`; nil where it is switched off.
    public let crossed: Tensor?
    /// The tokens that the query looks at, `[B, T L, C]`.
    public let tokens: Tensor
    /// The query behind the layer, `[B, C]`.
    public let query: Tensor
}

/// EVL's decoder: one query passes through a layer for each of the tower's last blocks.
///
/// Source: EVL `model.py`, `EVLDecoder`.
public struct EVLDecoder: Sendable {
    let query: Tensor
    let layers: [(modules: TemporalModules, layer: EVLDecoderLayer)]

    /// Declares `cls_token`, `decoder_layers.N` and the temporal modules.
    ///
    /// - Parameters:
    ///   - scope: the decoder's place in the checkpoint.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: EVLConfiguration) {
        let initial: Initial =
            switch configuration.queryInitial {
            case .zeros: .zeros
            case .normal: .normal(0.02)
            }
        query = scope.parameter("cls_token", configuration.vision.blocks.width, initial: initial)
        let vision = configuration.vision
        let displacements =
            configuration.hasTemporalCrossAttention
            ? DisplacementTable(rows: vision.gridRows, columns: vision.gridColumns) : nil
        layers = (0..<configuration.decoderLayers).map {
            (
                TemporalModules(scope, layer: $0, configuration, displacements: displacements),
                EVLDecoderLayer(scope / "decoder_layers" / $0, configuration)
            )
        }
    }

    /// Reads features.
    ///
    /// - Parameters:
    ///   - features: of as many blocks as the decoder has layers.
    ///   - training: whether to drop.
    /// - Returns: the query behind the last layer, `[B, C]`.
    public func callAsFunction(_ features: EVLFeatures, training: Bool = false) -> Tensor {
        steps(features, training: training) { _ in }
    }

    /// Reads features and keeps what happens inside; nothing is dropped.
    ///
    /// - Parameter features: of as many blocks as the decoder has layers.
    /// - Returns: the inner values of the layers, in their order.
    public func trace(_ features: EVLFeatures) -> [EVLDecoderTrace] {
        var traces: [EVLDecoderTrace] = []
        _ = steps(features, training: false) { traces.append($0) }
        return traces
    }

    /// Reads streams whose cross-attention was computed elsewhere.
    ///
    /// - Parameters:
    ///   - streams: of as many blocks as the decoder has layers, each `[B, T, L, C]`.
    ///   - crossed: what cross-attention adds to each; nil where it is switched off.
    /// - Returns: the query behind the last layer, `[B, C]`.
    func callAsFunction(_ streams: [Tensor], crossed: [Tensor?]) -> Tensor {
        steps(streams, training: false, crossed: { crossed[$0] }) { _ in }
    }

    private func steps(_ features: EVLFeatures, training: Bool, visit: (EVLDecoderTrace) -> Void) -> Tensor {
        let blocks = features.layers
        return steps(
            blocks.map(\.stream), training: training, crossed: { layers[$0].modules.crossed(blocks[$0]) }, visit: visit)
    }

    private func steps(
        _ streams: [Tensor], training: Bool, crossed: (Int) -> Tensor?, visit: (EVLDecoderTrace) -> Void
    ) -> Tensor {
        guard streams.count == layers.count else {
            fatalError("EVL: features of \(streams.count) blocks for \(layers.count) decoder layers")
        }
        var query = query.expanded(streams[0].shape[0], -1)  // [B, C]
        for (number, part) in layers.enumerated() {
            let crossed = crossed(number)
            let tokens = part.modules(streams[number].to(dtype: query.dtype), crossed: crossed)
            query = part.layer(query, over: tokens, training: training)
            visit(EVLDecoderTrace(crossed: crossed, tokens: tokens, query: query))
        }
        return query
    }
}
