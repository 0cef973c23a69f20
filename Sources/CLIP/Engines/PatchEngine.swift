internal import Torch

/// From 8-bit pictures to the tokens of the first block.
///
///     W ((v / 255 - mean) / std) = (W diag(1 / (255 std))) v - W mean / std
///
/// so that normalising costs nothing, and bytes are multiplied as they are.
struct PatchEngine: Sendable {
    private let layer: EngineLinear
    private let first: Tensor  // [1, 1, D]
    private let positions: Tensor  // [1, P, D]
    private let norm: EngineNorm
    private let patch: Int

    init(_ transformer: VisionTransformer, _ preprocessing: Preprocessing, _ precision: Precision, rows: Int) {
        patch = transformer.sizes.patchSize
        let weight = transformer.patchEmbedding.detached().permuted(0, 2, 3, 1)  // [D, p, p, 3]
        let scale = Tensor(preprocessing.std.map { Float(1 / (255 * $0)) })
        let shift = Tensor(zip(preprocessing.mean, preprocessing.std).map { Float(-$0 / $1) })
        let constant = (weight * shift).sum(1, 2, 3)  // [D]
        layer = EngineLinear(
            (weight * scale).reshaped(weight.shape[0], -1), transformer.patchBias.map { $0 + constant } ?? constant,
            precision == .int8 ? .bytes(.bytes) : .float32, rows: rows)
        let embedding = transformer.positions.detached().unsqueezed(0)  // [1, N, D]
        first = transformer.classEmbedding.detached() + embedding.slice(1, 0..<1)
        positions = embedding.slice(1, 1..<transformer.sizes.tokens).contiguous()
        norm = EngineNorm(
            weight: transformer.inputNorm.weight.detached(), bias: transformer.inputNorm.bias.detached(),
            eps: transformer.inputNorm.eps)
    }

    /// Embeds pictures.
    ///
    /// - Parameter pictures: uint8 `[B, H, W, 3]`.
    /// - Returns: float32 `[B, N, D]`, behind the input norm.
    func callAsFunction(_ pictures: Tensor) -> Tensor {
        let (b, h, w) = (pictures.shape[0], pictures.shape[1] / patch, pictures.shape[2] / patch)
        let patches = pictures.reshaped(b, h, patch, w, 3 * patch).permuted(0, 1, 3, 2, 4)
            .reshaped(b, h * w, 3 * patch * patch)  // [B, P, 3 p²]
        let embedded = layer(layer.input == .float32 ? patches.to(dtype: .float32) : patches) + positions  // [B, P, D]
        let tokens = Tensor.concatenated([first.expanded(b, 1, first.shape[2]), embedded], axis: 1)  // [B, N, D]
        return norm(tokens, as: .float32)
    }
}
