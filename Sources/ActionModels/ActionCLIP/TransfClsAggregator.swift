internal import CLIP
public import Torch

/// A transformer with a class token over the frames, ActionCLIP's `Transf_cls`.
///
///     v = ln(layers([class; x] + positions))₀
///
/// There is no way around the transformer and no mean; the table of positions fixes the number of frames.
/// Source: ActionCLIP `modules/Visual_Prompt.py`, `TemporalTransformer`.
public struct TransfClsAggregator: Sendable {
    /// The layers, first to last.
    public let layers: [PostNormLayer]
    let classToken: Tensor, positions: Tensor
    let norm: LayerNorm

    /// Declares `frame_position_embeddings`, which the reference stores but never uses, and `transformer`.
    ///
    /// New layers all begin with the same weight of queries, keys and values: the reference copies its first layer.
    ///
    /// - Parameters:
    ///   - scope: the aggregator's place.
    ///   - width: the features' width E.
    ///   - frames: the number of frames T.
    ///   - sizes: the transformer's sizes.
    public init(_ scope: Scope, width: Int, frames: Int, _ sizes: ClassTokenConfiguration) {
        _ = Embedding(scope / "frame_position_embeddings", sizes.positions, width, initial: .normal(0.02))
        let place = scope / "transformer"
        classToken = place.parameter("cls_token", 1, 1, width, initial: .moduloNormal(0.02))
        positions = place.parameter("pos_embed", 1, frames + 1, width, initial: .moduloNormal(0.02))
        var layers: [PostNormLayer] = []
        for number in 0..<sizes.layers {
            let first = layers.first.map { Initial.copy(of: $0.attention.inputWeight) }
            layers.append(
                PostNormLayer(
                    place / "transformer_enc" / "layers" / number, width: width, sizes,
                    inputWeight: first ?? .xavier(fanIn: width, fanOut: 3 * width)))
        }
        self.layers = layers
        norm = LayerNorm(place / "transformer_enc" / "norm", width)
    }

    /// Lets a class token look at the frames.
    ///
    /// - Parameters:
    ///   - x: features of frames `[B, T, E]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
        let first = classToken.expanded(x.shape[0], 1, x.shape[2])
        let tokens = Tensor.concatenated([first, x], axis: 1) + positions  // [B, 1 + T, E]
        let states = layers.dropLast().reduce(tokens) { $1($0, training: training) }
        let last = layers.last?.firstToken(of: states, training: training) ?? states.slice(1, 0..<1)  // [B, 1, E]
        return norm(last).squeezed(1)
    }
}
