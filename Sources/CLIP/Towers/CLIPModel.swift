public import Torch

/// A CLIP model: two towers into one space, and the scale of their similarities.
///
/// Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision";
/// openai/CLIP `clip/model.py`.
public struct CLIPModel: Sendable {
    /// The model's sizes.
    public let configuration: CLIPConfiguration
    /// The image tower.
    public let visual: ImageTower
    /// The text tower.
    public let text: TextTower
    /// The logarithm of the scale of similarities, one number.
    public let logitScale: Tensor

    /// Declares the model's parameters under OpenAI's names.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the model's sizes, validated.
    ///   - additions: what a method adds to the two towers.
    public init(
        _ scope: Scope, _ configuration: CLIPConfiguration,
        additions: (image: TowerAdditions, text: TowerAdditions) = (TowerAdditions(), TowerAdditions())
    ) {
        self.configuration = configuration
        logitScale = scope.parameter("logit_scale", shape: [], initial: .constant(2.6592600369327783))  // ln(1 / 0.07)
        visual = ImageTower(scope / "visual", configuration, additions: additions.image)
        text = TextTower(scope, configuration, additions: additions.text)
    }

    /// Encodes pictures.
    ///
    /// - Parameter pixels: normalised RGB `[B, 3, H, W]`.
    /// - Returns: features, not normalised, `[B, E]`.
    public func encodeImage(_ pixels: Tensor) -> Tensor { visual(pixels) }

    /// Encodes texts.
    ///
    /// - Parameter tokens: ids `[B, L]`.
    /// - Returns: features, not normalised, `[B, E]`.
    public func encodeText(_ tokens: Tensor) -> Tensor { text(tokens) }

    /// The scaled cosines of pictures and texts.
    ///
    ///     exp(logitScale) * cos(image, text)
    ///
    /// - Parameters:
    ///   - images: features `[B, E]`.
    ///   - texts: features `[K, E]`.
    /// - Returns: `[B, K]`.
    public func logits(images: Tensor, texts: Tensor) -> Tensor {
        images.normalized().matmul(texts.normalized().transposed()) * logitScale.exp
    }
}
