public import Torch

/// Attention with one matrix for queries, keys and values.
///
///     softmax(Q Kᵀ / sqrt(d)) V, for each head, then a linear map back to the width
///
/// Heads of pruned models need not fill the width. Source: `torch.nn.MultiheadAttention`.
public struct MultiheadAttention: Sendable {
    /// Queries, keys and values of every head.
    public struct Projections: Sendable {
        /// With bias, not scaled, `[B, h, N, d]`.
        public let queries: Tensor
        /// With bias, `[B, h, S, d]`.
        public let keys: Tensor
        /// With bias, `[B, h, S, d]`.
        public let values: Tensor
    }

    /// The weight of queries, keys and values, `[3 h d, D]`.
    public let inputWeight: Tensor
    let heads: Int
    let inputBias: Tensor
    let output: Linear

    /// Declares `in_proj_weight`, `in_proj_bias` and `out_proj`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the width D.
    ///   - heads: the number of heads.
    ///   - headWidth: the width of one head.
    ///   - initial: the first values of the weights `in_proj_weight` and `out_proj.weight`.
    public init(
        _ scope: Scope, width: Int, heads: Int, headWidth: Int, initial: (input: Initial, output: Initial)
    ) {
        self.heads = heads
        inputWeight = scope.parameter("in_proj_weight", 3 * heads * headWidth, width, initial: initial.input)
        inputBias = scope.parameter("in_proj_bias", 3 * heads * headWidth, initial: .zeros)
        output = Linear(scope / "out_proj", heads * headWidth, width, initial: initial.output)
    }

    /// Lets every token look at the others.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    ///   - dropout: the rate of dropping attention weights.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false, dropout: Double = 0) -> Tensor {
        mixed(projections(of: x), isCausal: isCausal, dropout: dropout)
    }

    /// Lets every token look at the tokens of another sequence.
    ///
    /// - Parameters:
    ///   - x: the queries' tokens `[B, N, D]`.
    ///   - memory: the keys' and values' tokens `[B, S, D]`.
    ///   - dropout: the rate of dropping attention weights.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, over memory: Tensor, dropout: Double = 0) -> Tensor {
        let inner = inputBias.shape[0] / 3
        let q = split(x.linear(inputWeight.slice(0, 0..<inner), inputBias.slice(0, 0..<inner)), 1)
        let kv = split(
            memory.linear(inputWeight.slice(0, inner..<3 * inner), inputBias.slice(0, inner..<3 * inner)), 2)
        return mixed(Projections(queries: q[0], keys: kv[0], values: kv[1]), dropout: dropout)
    }

    /// The queries, keys and values of self-attention.
    ///
    /// - Parameter x: `[B, N, D]`.
    /// - Returns: views of one product.
    public func projections(of x: Tensor) -> Projections {
        let qkv = split(x.linear(inputWeight, inputBias), 3)
        return Projections(queries: qkv[0], keys: qkv[1], values: qkv[2])
    }

    func mixed(_ p: Projections, isCausal: Bool = false, dropout: Double = 0) -> Tensor {
        let (b, n) = (p.queries.shape[0], p.queries.shape[2])
        let mixed = p.queries.attention(p.keys, p.values, isCausal: isCausal, dropout: dropout)  // [B, h, N, d]
        return output(mixed.permuted(0, 2, 1, 3).reshaped(b, n, -1))  // [B, N, D]
    }

    /// Parts of a product, head by head, each `[B, h, N, d]`; their gradients become one tensor by one copy.
    private func split(_ x: Tensor, _ parts: Int) -> [Tensor] {
        x.split(into: parts, -1).map { $0.reshaped(x.shape[0], x.shape[1], heads, -1).transposed(1, 2) }
    }
}
