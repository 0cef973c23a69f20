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
        let crossModal = classScores(outputs).crossEntropy(labels)
        let visual = outputs.classLogits.crossEntropy(labels)
        let masked = self.words(outputs.wordLogits, words, count: Self.maskedCount(words))
        return Value(
            contrastive: contrastive, crossModal: crossModal, visual: visual, words: masked,
            total: contrastive.total * weights.contrastive + crossModal * weights.crossModal + visual * weights.visual
                + masked * weights.words)
    }

    /// What the cross entropy of cross-modal classification is given, `[B, K]`.
    private func classScores(_ outputs: M2CLIP.Outputs) -> Tensor {
        switch classScores {
        case .probabilities: outputs.similarities.softmax(-1)
        case .logits: outputs.similarities
        }
    }

    /// The loss of cross-modal classification by the rule of the class head's, one number.
    func crossModal(
        _ outputs: M2CLIP.Outputs, _ batch: TrainingBatch, _ classification: ClassificationLoss
    ) -> Tensor {
        classification(classScores(outputs), batch)
    }

    /// The number of masked positions, one number.
    static func maskedCount(_ words: Tensor) -> Tensor {
        words.equal(to: Double(unmasked)).inverted.to(dtype: .float32).sum()
    }

    /// The sum over masked positions divided by their number; with none of them 0, whose gradients are zeros.
    ///
    /// - Parameters:
    ///   - logits: of label words `[B, N, Q]`.
    ///   - words: ids of the words behind masks `[B, N]`.
    ///   - count: the number of masked positions, of all processes where they share a loss.
    /// - Returns: one number.
    func words(_ logits: Tensor, _ words: Tensor, count: Tensor) -> Tensor {
        logits.reshaped(-1, logits.shape[2])
            .crossEntropy(words.reshaped(-1), reduction: .sum, ignoredIndex: Self.unmasked)
            / count.clamped(to: 1...Double.infinity)
    }
}
