public import Torch

/// CLIP's vision transformer up to the last block: what all video methods build on.
///
///     x = [class; patches · W] + positions,   tokens = blocks(ln_pre(x))
///
/// Source: openai/CLIP `clip/model.py`, `VisionTransformer` without `ln_post` and `proj`.
public struct VisionTransformer: Sendable {
    /// The tower's sizes.
    public let sizes: VisionConfiguration
    /// The stack of blocks.
    public let transformer: Transformer
    let patchEmbedding: Tensor, patchBias: Tensor?, classEmbedding: Tensor, positions: Tensor
    let inputNorm: LayerNorm
    let embeddingDropout: Double

    /// Declares `class_embedding`, `positional_embedding`, `conv1`, `ln_pre` and `transformer`.
    ///
    /// - Parameters:
    ///   - scope: the tower's place, `visual` in CLIP.
    ///   - sizes: the tower's sizes, validated.
    ///   - style: what the blocks have in common.
    ///   - additions: what a method adds to the tower.
    public init(
        _ scope: Scope, _ sizes: VisionConfiguration, style: BlockStyle, additions: TowerAdditions = TowerAdditions()
    ) {
        self.sizes = sizes
        let width = sizes.blocks.width, deviation = 1 / Double(width).squareRoot()
        let patch = 3 * sizes.patchSize * sizes.patchSize
        classEmbedding = scope.parameter("class_embedding", width, initial: .normal(deviation))
        positions = scope.parameter("positional_embedding", sizes.tokens, width, initial: .normal(deviation))
        patchEmbedding = (scope / "conv1").parameter(
            "weight", width, 3, sizes.patchSize, sizes.patchSize, initial: .kaiming(fanIn: patch))
        patchBias = additions.hasPatchBias ? (scope / "conv1").parameter("bias", width, initial: .zeros) : nil
        inputNorm = LayerNorm(scope / "ln_pre", width, eps: style.layerNormEps)
        transformer = Transformer(scope / "transformer", sizes.blocks, style: style, additions: additions)
        embeddingDropout = additions.embeddingDropout
    }

    /// Encodes pictures.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[B, 3, H, W]`, of the configuration's image size.
    ///   - training: whether to drop.
    /// - Returns: the last block's tokens, class token first, `[B, N, D]`.
    public func callAsFunction(_ pixels: Tensor, training: Bool = false) -> Tensor {
        encode(embed(pixels), training: training)
    }

    /// Encodes pictures by their class tokens; what does not change those is left out of the last block.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[B, 3, H, W]`, of the configuration's image size.
    ///   - training: whether to drop.
    /// - Returns: the last block's class tokens, `[B, D]`.
    public func classTokens(of pixels: Tensor, training: Bool = false) -> Tensor {
        transformer.firstToken(of: normalized(embed(pixels), training: training), training: training)
    }

    /// Cuts pictures into patches and gives them positions.
    ///
    /// - Parameter pixels: normalised RGB `[B, 3, H, W]`.
    /// - Returns: tokens before `ln_pre`, class token first, `[B, N, D]`.
    public func embed(_ pixels: Tensor) -> Tensor {
        let (b, d) = (pixels.shape[0], sizes.blocks.width)
        let patches = pixels.to(dtype: patchEmbedding.dtype)
            .convolution(patchEmbedding, patchBias, stride: [sizes.patchSize])  // [B, D, h, w]
            .reshaped(b, d, -1).transposed(1, 2)  // [B, h w, D]
        let first = classEmbedding.to(dtype: patches.dtype).expanded(b, 1, d)
        return Tensor.concatenated([first, patches], axis: 1) + positions  // [B, N, D]
    }

    /// Applies everything behind the embedding.
    ///
    /// - Parameters:
    ///   - tokens: as `embed` gives them, or other sequences of the same width, `[B, N, D]`.
    ///   - training: whether to drop.
    /// - Returns: the last block's tokens `[B, N, D]`.
    public func encode(_ tokens: Tensor, training: Bool = false) -> Tensor {
        transformer(normalized(tokens, training: training), training: training)
    }

    /// What the first block gets of embedded tokens.
    ///
    /// - Parameters:
    ///   - tokens: as `embed` gives them, `[B, N, D]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, N, D]`.
    package func normalized(_ tokens: Tensor, training: Bool) -> Tensor {
        inputNorm(tokens.dropout(training ? embeddingDropout : 0))
    }

    /// Encodes pictures and keeps what happens inside the last blocks.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[B, 3, H, W]`.
    ///   - last: how many blocks to keep.
    /// - Returns: the inner values of the last blocks, in their order.
    public func trace(_ pixels: Tensor, last: Int) -> [BlockTrace] { trace(pixels, last: last) { $0 } }

    /// Encodes pictures and keeps a part of what happens inside the last blocks; the rest is freed block by block.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[B, 3, H, W]`.
    ///   - last: how many blocks to keep.
    ///   - keeping: takes what is wanted from a block's inner values.
    /// - Returns: what was wanted of the last blocks, in their order.
    public func trace<Kept>(_ pixels: Tensor, last: Int, keeping: (BlockTrace) -> Kept) -> [Kept] {
        transformer.trace(inputNorm(embed(pixels)), last: last, keeping: keeping)
    }
}
