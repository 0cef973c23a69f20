public import Torch

/// Self-attention with one matrix for queries, keys and values.
///
///     softmax(Q Kᵀ / sqrt(d)) V, for each head, then a linear map back to the width
///
/// Heads of pruned models need not fill the width. Source: `torch.nn.MultiheadAttention`.
public struct MultiheadAttention: Sendable {
    let heads: Int
    let inputWeight: Tensor, inputBias: Tensor
    let output: Linear

    /// Declares `in_proj_weight`, `in_proj_bias` and `out_proj`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the width D.
    ///   - heads: the number of heads.
    ///   - headWidth: the width of one head.
    ///   - deviation: the standard deviation of new input weights.
    ///   - outputDeviation: the standard deviation of new output weights.
    public init(
        _ scope: Scope, width: Int, heads: Int, headWidth: Int, deviation: Double, outputDeviation: Double
    ) {
        self.heads = heads
        inputWeight = scope.parameter("in_proj_weight", 3 * heads * headWidth, width, initial: .normal(deviation))
        inputBias = scope.parameter("in_proj_bias", 3 * heads * headWidth, initial: .zeros)
        output = Linear(scope / "out_proj", heads * headWidth, width, initial: .normal(outputDeviation))
    }

    /// Lets every token look at the others.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false) -> Tensor {
        let (b, n) = (x.shape[0], x.shape[1])
        let qkv = x.linear(inputWeight, inputBias)
            .reshaped(b, n, 3, heads, -1)
            .permuted(2, 0, 3, 1, 4)  // [3, B, h, N, d]
        let mixed = qkv.select(0, 0).attention(qkv.select(0, 1), qkv.select(0, 2), isCausal: isCausal)
        return output(mixed.permuted(0, 2, 1, 3).reshaped(b, n, -1))  // [B, N, D]
    }
}
