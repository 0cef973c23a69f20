public import Torch

/// What the image tower knows about pictures.
public struct FrameFeatures: Sendable {
    /// The last block's tokens before the final norm, class token first, `[B, N, D]`.
    public let tokens: Tensor
    /// The picture's feature in the common space, not normalised, `[B, E]`.
    public let pooled: Tensor
}

/// CLIP's vision transformer.
///
/// Source: openai/CLIP `clip/model.py`, `VisionTransformer`.
public struct ImageTower: Sendable {
    let sizes: VisionConfiguration
    let patchEmbedding: Tensor, classEmbedding: Tensor, positions: Tensor
    let inputNorm: LayerNorm
    let transformer: Transformer
    let outputNorm: LayerNorm
    let projection: Tensor

    /// Declares the tower's parameters.
    ///
    /// - Parameters:
    ///   - scope: the tower's place, `visual` in CLIP.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: CLIPConfiguration) {
        sizes = configuration.vision
        let width = sizes.blocks.width, deviation = 1 / Double(width).squareRoot()
        classEmbedding = scope.parameter("class_embedding", width, initial: .normal(deviation))
        positions = scope.parameter("positional_embedding", sizes.tokens, width, initial: .normal(deviation))
        projection = scope.parameter("proj", width, configuration.embedDim, initial: .normal(deviation))
        patchEmbedding = (scope / "conv1").parameter(
            "weight", width, 3, sizes.patchSize, sizes.patchSize,
            initial: .kaiming(fanIn: 3 * sizes.patchSize * sizes.patchSize))
        inputNorm = LayerNorm(scope / "ln_pre", width, eps: configuration.layerNormEps)
        transformer = Transformer(
            scope / "transformer", sizes.blocks, activation: configuration.activation, eps: configuration.layerNormEps)
        outputNorm = LayerNorm(scope / "ln_post", width, eps: configuration.layerNormEps)
    }

    /// Encodes pictures.
    ///
    /// - Parameter pixels: normalised RGB `[B, 3, H, W]`, H = W = the configuration's image size.
    /// - Returns: features in the common space, not normalised, `[B, E]`.
    public func callAsFunction(_ pixels: Tensor) -> Tensor { features(of: pixels).pooled }

    /// Encodes pictures and keeps the tokens.
    ///
    /// - Parameter pixels: normalised RGB `[B, 3, H, W]`.
    /// - Returns: the last block's tokens and the features.
    public func features(of pixels: Tensor) -> FrameFeatures {
        let (b, d) = (pixels.shape[0], sizes.blocks.width)
        let patches = pixels.to(dtype: patchEmbedding.dtype)
            .convolution(patchEmbedding, stride: [sizes.patchSize])  // [B, D, g, g]
            .reshaped(b, d, -1).transposed(1, 2)  // [B, g², D]
        let first = classEmbedding.to(dtype: patches.dtype).expanded(b, 1, d)
        let x = Tensor.concatenated([first, patches], axis: 1) + positions  // [B, N, D]
        let tokens = transformer(inputNorm(x))
        return FrameFeatures(tokens: tokens, pooled: outputNorm(tokens.select(1, 0)).matmul(projection))
    }
}
