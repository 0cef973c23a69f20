public import CLIP
public import Torch

/// A transformer layer that normalises behind each part.
///
///     u = ln₁(x + attention(x)),   y = ln₂(u + W₂ · relu(W₁ · u))
///
/// Source: `torch.nn.TransformerEncoderLayer`, as ActionCLIP's `Transf_cls` uses it.
public struct PostNormLayer: Sendable {
    /// The attention.
    public let attention: MultiheadAttention
    let up: Linear, down: Linear
    let attentionNorm: LayerNorm, outputNorm: LayerNorm
    let dropout: Double

    /// Declares `self_attn`, `linear1`, `linear2`, `norm1` and `norm2`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place.
    ///   - width: the width E.
    ///   - sizes: the layer's sizes.
    ///   - inputWeight: the first values of queries', keys' and values' weight.
    public init(_ scope: Scope, width: Int, _ sizes: ClassTokenConfiguration, inputWeight: Initial) {
        let linear = Initial.moduloNormal(0.02)
        attention = MultiheadAttention(
            scope / "self_attn", width: width, heads: sizes.heads, headWidth: width / sizes.heads,
            initial: (inputWeight, linear))
        up = Linear(scope / "linear1", width, sizes.feedForward, initial: linear)
        down = Linear(scope / "linear2", sizes.feedForward, width, initial: linear)
        attentionNorm = LayerNorm(scope / "norm1", width)
        outputNorm = LayerNorm(scope / "norm2", width)
        dropout = sizes.dropout
    }

    /// Applies the layer.
    ///
    /// - Parameters:
    ///   - x: `[B, N, E]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, N, E]`.
    public func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
        let rate = training ? dropout : 0
        return joined(x, attention(x, dropout: rate), rate)
    }

    /// Applies the layer for its first token alone, which is all that a last layer is asked for.
    ///
    /// - Parameters:
    ///   - x: `[B, N, E]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, 1, E]`, the first token of what the whole layer gives.
    public func firstToken(of x: Tensor, training: Bool = false) -> Tensor {
        let (first, rate) = (x.slice(1, 0..<1), training ? dropout : 0)
        return joined(first, attention(first, over: x, dropout: rate), rate)
    }

    private func joined(_ x: Tensor, _ mixed: Tensor, _ rate: Double) -> Tensor {
        let u = attentionNorm(x + mixed.dropout(rate))
        return outputNorm(u + down(up(u).relu.dropout(rate)).dropout(rate))
    }
}
