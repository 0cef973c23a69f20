public import Torch

/// The loss of a class head: cross-entropy, or one decision a class where clips can have several.
///
///     single    L = -(1/B) Σ_b Σ_k t_bk ln softmax(z_b)_k
///     multiple  L = -(1/BK) Σ_b Σ_k t_bk ln σ(z_bk) + (1 - t_bk) ln(1 - σ(z_bk))
///
/// With label smoothing ε the targets of single classes become (1 - ε) t + ε / K.
public struct ClassificationLoss: Codable, Sendable, Equatable {
    /// How many classes a clip has.
    public enum Task: String, Codable, Sendable, CaseIterable {
        /// One.
        case single
        /// Any number.
        case multiple
    }

    /// How many classes a clip has.
    public var task: Task
    /// The share of a target that is spread over all classes.
    public var labelSmoothing: Double

    /// Makes a loss.
    ///
    /// - Parameters:
    ///   - task: how many classes a clip has.
    ///   - labelSmoothing: the share of a target that is spread over all classes.
    public init(_ task: Task = .single, labelSmoothing: Double = 0) {
        self.task = task
        self.labelSmoothing = labelSmoothing
    }

    /// Computes the loss of a batch.
    ///
    /// - Parameters:
    ///   - logits: of the class head, `[B, K]`.
    ///   - batch: the labels, or targets where there are any.
    /// - Returns: one number, the mean over clips.
    public func callAsFunction(_ logits: Tensor, _ batch: TrainingBatch) -> Tensor {
        switch task {
        case .single:
            logits.to(dtype: .float32).crossEntropy(batch.targets ?? batch.labels, labelSmoothing: labelSmoothing)
        case .multiple:
            if let targets = batch.targets {
                logits.to(dtype: .float32).binaryCrossEntropy(targets)
            } else {
                fatalError("ClassificationLoss: several classes a clip need targets")
            }
        }
    }

    /// The loss of a batch as this process's share.
    func share(_ logits: Tensor, _ batch: TrainingBatch) -> StepLoss {
        StepLoss(share: self(logits, batch) * batch.share)
    }
}
