internal import CLIP
public import Torch

/// One layer of the decoder: the query looks at a block's tokens, then passes a feed-forward part.
///
///     x = x + attention(norm₁(x), norm₃(Y));   x = x + mlp(norm₂(x))
///
/// Source: EVL `model.py`, `TransformerDecoderLayer`.
public struct EVLDecoderLayer: Sendable {
    let queryNorm: LayerNorm, mlpNorm: LayerNorm, tokenNorm: LayerNorm
    let attention: QueryAttention
    let mlp: QueryMLP

    /// Declares `attn`, `mlp`, `norm1`, `norm2` and `norm3`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: EVLConfiguration) {
        let (width, eps) = (configuration.vision.blocks.width, configuration.layerNormEps)
        attention = QueryAttention(
            scope / "attn", width: width, inner: configuration.decoderWidth, heads: configuration.decoderHeads)
        mlp = QueryMLP(scope / "mlp", width: width, inner: configuration.mlpWidth, dropout: configuration.mlpDropout)
        queryNorm = LayerNorm(scope / "norm1", width, eps: eps)
        mlpNorm = LayerNorm(scope / "norm2", width, eps: eps)
        tokenNorm = LayerNorm(scope / "norm3", width, eps: eps)
    }

    /// Applies the layer.
    ///
    /// - Parameters:
    ///   - query: `[B, C]`.
    ///   - tokens: of all frames, `[B, T L, C]`.
    ///   - training: whether to drop.
    /// - Returns: the new query `[B, C]`.
    public func callAsFunction(_ query: Tensor, over tokens: Tensor, training: Bool = false) -> Tensor {
        let seen = query + attention(queryNorm(query), over: tokenNorm(tokens))
        return seen + mlp(mlpNorm(seen), training: training)
    }
}
