public import Torch

/// The symmetric Kullback-Leibler loss between similarities and soft targets, in which clips of one class are each
/// other's positives.
///
///     G_ij = 1 where labels i and j are equal, else 0;   q = softmax over j of (10 G)
///     KL(M) = (1/B) Σ_ij q_ij (ln q_ij - ln softmax_j(M)_ij),   L = (KL(M) + KL(Mᵀ)) / 2
///
/// Source: ActionCLIP `utils/KLLoss.py` and `train.py`; M2-CLIP `main.py`.
public struct SoftTargetContrastiveLoss: Sendable {
    /// The losses of one batch.
    public struct Value: Sendable {
        /// The direction from clips to texts, one number.
        public let video: Tensor
        /// The direction from texts to clips, one number.
        public let text: Tensor
        /// Their mean.
        public var total: Tensor { (video + text) * 0.5 }
    }

    /// What equal labels are multiplied by in the exponent, an inverse temperature; 10 in both references.
    public let sharpness: Double

    /// Makes the loss.
    ///
    /// - Parameter sharpness: what equal labels are multiplied by in the exponent; the larger, the harder the targets.
    public init(sharpness: Double = 10) { self.sharpness = sharpness }

    /// Which pairs of a batch have the same label.
    ///
    /// - Parameter labels: class indices `[B]`.
    /// - Returns: ones and zeros `[B, B]`, float32.
    public static func groundTruth(_ labels: Tensor) -> Tensor {
        labels.unsqueezed(0).equal(to: labels.unsqueezed(1)).to(dtype: .float32)
    }

    /// Computes the loss of a batch.
    ///
    /// - Parameters:
    ///   - logits: scaled cosines of clips (rows) and texts `[B, B]`.
    ///   - labels: class indices `[B]`, of clip i and its text.
    /// - Returns: both directions.
    public func callAsFunction(_ logits: Tensor, labels: Tensor) -> Value {
        let target = (Self.groundTruth(labels) * sharpness).softmax(-1)  // [B, B], symmetric in its ones
        func divergence(_ logits: Tensor) -> Tensor {
            logits.logSoftmax(-1).klDivergence(target, reduction: .sum) / Double(logits.shape[0])
        }
        return Value(video: divergence(logits), text: divergence(logits.transposed()))
    }
}
