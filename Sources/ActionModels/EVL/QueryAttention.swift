public import Torch

/// Attention of one query over all tokens of a clip.
///
///     s_j = softmax over tokens of (q_j · (W_k n + b_k)_j / sqrt(d)),   o = Σ of s_j (W_v n + b_v)_j,   y = W_o o + b_o
///
/// With one query, keys and values need not be formed: `q_j · W_k n = (W_kᵀ q_j) · n`, the key's bias adds the same to
/// all tokens and drops out of the softmax, and the values' map follows the sum. Head by head:
///
///     u_j = W_kⱼᵀ q_j / sqrt(d),   s_j = softmax(n u_j),   o_j = W_vⱼ (s_jᵀ n) + b_vⱼ
///
/// So `k_proj.bias` changes nothing and gets no gradient. Source: EVL `model.py`, `Attention`.
public struct QueryAttention: Sendable {
    let heads: Int
    let query: Linear, key: Linear, value: Linear, output: Linear

    /// Declares `q_proj`, `k_proj`, `v_proj` and `out_proj`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the width C of query and tokens.
    ///   - inner: the width D of all heads together.
    ///   - heads: the number of heads, a divisor of the inner width.
    public init(_ scope: Scope, width: Int, inner: Int, heads: Int) {
        self.heads = heads
        let initial = Initial.xavier(fanIn: width, fanOut: inner)
        query = Linear(scope / "q_proj", width, inner, initial: initial)
        key = Linear(scope / "k_proj", width, inner, initial: initial)
        value = Linear(scope / "v_proj", width, inner, initial: initial)
        output = Linear(scope / "out_proj", inner, width, initial: initial)
    }

    /// Lets the query look at the tokens.
    ///
    /// - Parameters:
    ///   - x: the query `[B, C]`.
    ///   - tokens: `[B, S, C]`.
    /// - Returns: `[B, C]`.
    public func callAsFunction(_ x: Tensor, over tokens: Tensor) -> Tensor {
        let (b, c, inner) = (x.shape[0], x.shape[1], query.weight.shape[0])
        let d = inner / heads
        let q = query(x).reshaped(b, heads, d).transposed(0, 1) / Double(d).squareRoot()  // [h, B, d]
        let u = q.matmul(key.weight.reshaped(heads, d, c)).transposed(0, 1)  // [B, h, C]
        let weights = u.matmul(tokens.transposed()).softmax(-1)  // [B, h, S]
        let mixed = weights.matmul(tokens).transposed(0, 1)  // [h, B, C]
        let values = mixed.matmul(value.weight.reshaped(heads, d, c).transposed())  // [h, B, d]
            .transposed(0, 1).reshaped(b, inner)
        return output(value.bias.map { values + $0 } ?? values)
    }
}
