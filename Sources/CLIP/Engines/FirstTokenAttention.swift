internal import Torch

/// The attention of an engine's last block, whose result is wanted for the first token alone: it makes no keys or values.
///
///     q = W_q n₀ + b_q,   a = softmax((W_kᵀ q) · nᵢ / sqrt(d)),   y = W_v Σᵢ aᵢ nᵢ + b_v,   for each head
///
/// n are the tokens behind the norm. The keys' bias moves all scores of a head alike, which the softmax does not see.
/// Everything up to the output map is float32.
struct FirstTokenAttention: Sendable {
    private let norm: EngineNorm
    private let query: PackedLinear
    private let keys: Tensor  // [h, d, D]
    private let values: Tensor  // [h, D, d]
    private let valueBias: Tensor  // [h d]
    private let output: EngineLinear
    private let heads: Int

    init(_ norm: LayerNorm, _ mix: MultiheadAttention, _ preparation: BlockPreparation) {
        let layer = NormedLayer(norm, mix.inputWeight, mix.inputBias, .fp32, nil)
        let (inner, width, heads) = (mix.inputBias.shape[0] / 3, layer.weight.shape[1], mix.heads)
        let scale = 1 / (Double(inner) / Double(heads)).squareRoot()
        self.heads = heads
        self.norm = layer.norm
        query = PackedLinear(
            (layer.weight.slice(0, 0..<inner) * scale).detached().contiguous(),
            (layer.bias.slice(0, 0..<inner) * scale).detached().contiguous(), rows: BlockPreparation.pictures)
        func part(_ number: Int) -> Tensor {
            layer.weight.slice(0, number * inner..<(number + 1) * inner).detached().reshaped(heads, -1, width)
        }
        keys = part(1).contiguous()
        values = part(2).transposed().contiguous()
        valueBias = layer.bias.slice(0, 2 * inner..<3 * inner).detached().contiguous()
        output = EngineLinear(
            mix.output.weight, mix.output.bias,
            preparation.precision.arithmetic(of: preparation.sample?.attentionOutput),
            rows: BlockPreparation.pictures)
    }

    /// Mixes tokens and adds the result to the first one.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - stream: the first token, `[B, 1, D]`, which may be written over.
    /// - Returns: `[B, 1, D]`.
    func callAsFunction(_ x: Tensor, addedTo stream: Tensor) -> Tensor {
        let b = x.shape[0], normal = norm(x, as: .float32)  // [B, N, D]
        let queries = query(normal.select(1, 0).contiguous()).reshaped(b, heads, -1).transposed(0, 1)  // [h, B, d]
        let wanted = queries.matmul(keys).transposed(0, 1)  // [B, h, D]
        let shares = wanted.matmul(normal.transposed(1, 2)).softmax(-1)  // [B, h, N]
        let seen = shares.matmul(normal).transposed(0, 1)  // [h, B, D]
        let mixed = seen.matmul(values).transposed(0, 1).reshaped(b, 1, -1) + valueBias  // [B, 1, h d]
        return output(mixed.rows(as: output.input), addedTo: stream)
    }
}
