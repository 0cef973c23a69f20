public import Torch

/// CLIP's symmetric contrastive loss.
///
///     L = (CE(S, i) + CE(Sᵀ, i)) / 2,   S = exp(logitScale) cos(v, t)
///
/// Pairs with the same text are each other's positives: their share of the target is equal.
/// Source: Radford et al. 2021, figure 3; the soft targets as in ActionCLIP.
public struct ContrastiveLoss: Sendable {
    /// Makes the loss; it has no settings.
    public init() {}

    /// Computes the loss of a batch of pairs.
    ///
    /// - Parameters:
    ///   - videos: features `[B, E]`.
    ///   - texts: features `[B, E]`, row i belonging to video i.
    ///   - logitScale: the logarithm of the scale, one number.
    ///   - groups: a number for each text; equal numbers mean equal texts.
    /// - Returns: one number.
    public func callAsFunction(
        videos: Tensor, texts: Tensor, logitScale: Tensor, groups: [Int]
    ) -> Tensor {
        let logits = videos.normalized().matmul(texts.normalized().transposed()) * logitScale.exp  // [B, B]
        let ids = Tensor(groups).to(device: logits.device)
        let same = ids.unsqueezed(0).equal(to: ids.unsqueezed(1)).to(dtype: logits.dtype)
        let target = same / same.sum(1, keepingAxes: true)
        return (logits.crossEntropy(target) + logits.transposed().crossEntropy(target)) * 0.5
    }
}
