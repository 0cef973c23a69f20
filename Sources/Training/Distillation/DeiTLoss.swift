public import Torch

/// DeiT's loss: a class head that learns the labels, and a distillation head that learns from a teacher.
///
///     L = (1-α) CE(class logits, y) + α D(distillation logits)
///
/// The teacher sees the same augmented input, in evaluation mode. Source: Touvron et al., "Training data-efficient image
/// transformers & distillation through attention"; facebookresearch/deit `losses.py`.
public struct DeiTLoss: Codable, Sendable, Equatable {
    /// What the distillation head learns.
    public enum Distillation: String, Codable, Sendable, CaseIterable {
        /// Nothing: the labels' loss alone, whatever α is.
        case none
        /// The class that the teacher scores highest: `CE(distillation logits, argmax teacher)`.
        case hard
        /// The teacher's softened probabilities; the divergence divided by B K, as the released code does.
        case soft
        /// The same divided by B, as the paper has it.
        case softBatchMean = "soft_batchmean"
    }

    /// The losses of one batch.
    public struct Value: Sendable {
        /// The class head's, not weighted, one number.
        public let base: Tensor
        /// The distillation head's, not weighted, one number; nil where it learns nothing.
        public let distillation: Tensor?
        /// The weighted sum.
        public let total: Tensor
    }

    /// What the distillation head learns.
    public var distillation: Distillation
    /// The share α of the distillation head's loss.
    public var alpha: Double
    /// The temperature τ of soft targets.
    public var temperature: Double
    /// The share of a label that is spread over all classes; 0.1 in DeiT where targets are not mixed.
    public var labelSmoothing: Double

    /// Makes a loss; the defaults are the released code's.
    ///
    /// - Parameters:
    ///   - distillation: what the distillation head learns.
    ///   - alpha: the share of its loss.
    ///   - temperature: of soft targets.
    ///   - labelSmoothing: the share of a label that is spread over all classes.
    public init(
        _ distillation: Distillation = .hard, alpha: Double = 0.5, temperature: Double = 1, labelSmoothing: Double = 0
    ) {
        self.distillation = distillation
        self.alpha = alpha
        self.temperature = temperature
        self.labelSmoothing = labelSmoothing
    }

    /// Computes the losses of a batch.
    ///
    /// - Parameters:
    ///   - classLogits: the class head's `[B, K]`.
    ///   - distillationLogits: the distillation head's `[B, K]`.
    ///   - targets: class indices (int64) `[B]`, or probabilities `[B, K]` of mixed clips.
    ///   - teacher: the teacher's logits `[B, K]`.
    /// - Returns: both heads' losses and their weighted sum.
    public func callAsFunction(
        classLogits: Tensor, distillationLogits: Tensor, targets: Tensor, teacher: Tensor
    ) -> Value {
        let base = classLogits.crossEntropy(targets, labelSmoothing: labelSmoothing), teacher = teacher.detached()
        func softened() -> Tensor { SoftenedDivergence(temperature: temperature)(distillationLogits, teacher: teacher) }
        let learned: Tensor
        switch distillation {
        case .none: return Value(base: base, distillation: nil, total: base)
        case .hard: learned = distillationLogits.crossEntropy(teacher.argmax(-1))
        case .soft: learned = softened() / Double(distillationLogits.count)
        case .softBatchMean: learned = softened() / Double(distillationLogits.shape[0])
        }
        return Value(base: base, distillation: learned, total: base * (1 - alpha) + learned * alpha)
    }

    /// What the two heads answer together: the mean of their logits, as the released code has it.
    ///
    /// - Parameters:
    ///   - classLogits: the class head's `[B, K]`.
    ///   - distillationLogits: the distillation head's `[B, K]`.
    /// - Returns: `[B, K]`.
    public static func logits(_ classLogits: Tensor, _ distillationLogits: Tensor) -> Tensor {
        (classLogits + distillationLogits) * 0.5
    }

    /// What the two heads answer together: the mean of their probabilities, the paper's late fusion.
    ///
    /// - Parameters:
    ///   - classLogits: the class head's `[B, K]`.
    ///   - distillationLogits: the distillation head's `[B, K]`.
    /// - Returns: `[B, K]`; rows sum to one.
    public static func probabilities(_ classLogits: Tensor, _ distillationLogits: Tensor) -> Tensor {
        (classLogits.softmax(-1) + distillationLogits.softmax(-1)) * 0.5
    }
}
