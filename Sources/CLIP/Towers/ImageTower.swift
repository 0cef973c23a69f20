public import Torch

/// What the image tower knows about pictures.
public struct FrameFeatures: Sendable {
    /// The last block's tokens before the final norm, class token first, `[B, N, D]`.
    public let tokens: Tensor
    /// The picture's feature in the common space, not normalised, `[B, E]`.
    public let pooled: Tensor
}

/// CLIP's image tower: the vision transformer and the way into the common space.
///
/// Source: openai/CLIP `clip/model.py`, `VisionTransformer`.
public struct ImageTower: Sendable {
    /// The transformer.
    public let transformer: VisionTransformer
    /// The norm of class tokens, `ln_post`.
    public let outputNorm: LayerNorm
    /// The map into the common space, `[D, E]`, multiplied from the right.
    public let projection: Tensor

    /// Declares the tower's parameters.
    ///
    /// - Parameters:
    ///   - scope: the tower's place, `visual` in CLIP.
    ///   - configuration: the model's sizes, validated.
    ///   - additions: what a method adds to the tower.
    public init(_ scope: Scope, _ configuration: CLIPConfiguration, additions: TowerAdditions = TowerAdditions()) {
        let width = configuration.vision.blocks.width
        projection = scope.parameter(
            "proj", width, configuration.embedDim, initial: .normal(1 / Double(width).squareRoot()))
        transformer = VisionTransformer(
            scope, configuration.vision, style: BlockStyle(configuration, initial: .layers), additions: additions)
        outputNorm = LayerNorm(scope / "ln_post", width, eps: configuration.layerNormEps)
    }

    /// Encodes pictures.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[B, 3, H, W]`, of the configuration's image size.
    ///   - training: whether to drop.
    /// - Returns: features in the common space, not normalised, `[B, E]`.
    public func callAsFunction(_ pixels: Tensor, training: Bool = false) -> Tensor {
        projected(transformer.classTokens(of: pixels, training: training))
    }

    /// Encodes pictures and keeps the tokens.
    ///
    /// - Parameter pixels: normalised RGB `[B, 3, H, W]`.
    /// - Returns: the last block's tokens and the features.
    public func features(of pixels: Tensor) -> FrameFeatures {
        let tokens = transformer(pixels)
        return FrameFeatures(tokens: tokens, pooled: projected(tokens.select(1, 0)))
    }

    /// Takes class tokens into the common space.
    ///
    /// - Parameter classTokens: `[B, D]`.
    /// - Returns: features, not normalised, `[B, E]`.
    public func projected(_ classTokens: Tensor) -> Tensor { outputNorm(classTokens).matmul(projection) }
}
