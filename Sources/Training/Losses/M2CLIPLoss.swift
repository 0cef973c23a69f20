public import ActionModels
public import Torch

/// The loss of M2-CLIP's four tasks.
///
///     L = ½ (L_con + L_cmc) + L_vc + ⅒ L_mlm
///
///     L_con  soft-target contrastive loss of clips and their sentences
///     L_cmc  = CE(softmax(100 cos(v, class)), y): the cross entropy of probabilities, taken as logits once more
///     L_vc   = CE(class logits, y)
///     L_mlm  = CE(word logits, masked words), the mean over masked words; 0 if there are none
///
/// Because of its two softmaxes L_cmc stays between ln(1 + (K - 1)/e) and ln(e + K - 1).
/// Source: M2-CLIP `main.py`; the weights are the released ones.
public struct M2CLIPLoss: Codable, Sendable, Equatable {
    /// What the cross entropy of cross-modal classification is given.
    public enum ClassScores: String, Codable, Sendable, CaseIterable {
        /// Probabilities, so that there are two softmaxes: the released code.
        case probabilities
        /// 100 times the cosines.
        case logits
    }

    /// What each task counts.
    public struct Weights: Codable, Sendable, Equatable {
        /// Of the contrastive task.
        public var contrastive = 0.5
        /// Of cross-modal classification.
        public var crossModal = 0.5
        /// Of visual classification.
        public var visual = 1.0
        /// Of masked words.
        public var words = 0.1

        /// Makes the released weights.
        public init() {}
    }

    /// The losses of one batch, not weighted.
    public struct Value: Sendable {
        /// Both directions of the contrastive task.
        public let contrastive: SoftTargetContrastiveLoss.Value
        /// Cross-modal classification, one number.
        public let crossModal: Tensor
        /// Visual classification, one number.
        public let visual: Tensor
        /// Masked words, one number.
        public let words: Tensor
        /// The weighted sum.
        public let total: Tensor
    }

    /// The value in a list of words' ids that says that a position is not masked.
    public static let unmasked = -100

    /// What each task counts.
    public var weights = Weights()
    /// What the cross entropy of cross-modal classification is given.
    public var classScores = ClassScores.probabilities

    /// Makes the released loss.
    public init() {}

    /// Computes the losses of a batch.
    ///
    /// - Parameters:
    ///   - outputs: the model's training pass.
    ///   - labels: class indices (int64) `[B]`.
    ///   - words: at masked positions the id of the word that was there, elsewhere ``unmasked``, (int64) `[B, N]`.
    /// - Returns: each task's loss and their weighted sum.
    public func callAsFunction(_ outputs: M2CLIP.Outputs, labels: Tensor, words: Tensor) -> Value {
        let contrastive = SoftTargetContrastiveLoss()(outputs.pairLogits, labels: labels)
        let scores =
            switch classScores {
            case .probabilities: outputs.similarities.softmax(-1)
            case .logits: outputs.similarities
            }
        let crossModal = scores.crossEntropy(labels)
        let visual = outputs.classLogits.crossEntropy(labels)
        let masked = maskedWords(outputs.wordLogits, words)
        return Value(
            contrastive: contrastive, crossModal: crossModal, visual: visual, words: masked,
            total: contrastive.total * weights.contrastive + crossModal * weights.crossModal + visual * weights.visual
                + masked * weights.words)
    }

    /// The mean over masked positions; with none of them 0, whose gradients are zeros.
    private func maskedWords(_ logits: Tensor, _ words: Tensor) -> Tensor {
        let target = words.reshaped(-1)
        let count = target.equal(to: Double(Self.unmasked)).inverted.to(dtype: logits.dtype).sum()
        return logits.reshaped(-1, logits.shape[2])
            .crossEntropy(target, reduction: .sum, ignoredIndex: Self.unmasked) / count.clamped(to: 1...Double.infinity)
    }
}
