internal import CTorch

/// What a loss does with the values of its elements.
public enum Reduction: Sendable {
    /// Keeps one value an element.
    case none
    /// Takes their mean.
    case mean
    /// Takes their sum.
    case sum

    fileprivate var code: Int32 {
        switch self {
        case .none: 0
        case .mean: 1
        case .sum: 2
        }
    }
}

extension Tensor {
    /// The cross entropy of these logits `[B, K]`.
    ///
    /// - Parameters:
    ///   - target: class indices (int64) `[B]`, or probabilities `[B, K]`.
    ///   - weight: a weight for each class `[K]`.
    ///   - reduction: what to do with the B values.
    ///   - ignoredIndex: rows with this class do not count.
    ///   - labelSmoothing: the share of the target spread over all classes.
    /// - Returns: the loss.
    public func crossEntropy(
        _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean, ignoredIndex: Int = -100,
        labelSmoothing: Double = 0
    ) -> Tensor {
        Tensor(
            owning: ct_cross_entropy(
                handle, target.handle, weight?.handle, reduction.code, Int64(ignoredIndex), labelSmoothing),
            "crossEntropy: \(shape), target \(target.shape)")
    }

    /// The Kullback-Leibler divergence, elementwise `target * (log(target) - self)`; this tensor holds log probabilities.
    ///
    /// - Parameters:
    ///   - target: probabilities, or their logarithms.
    ///   - isLogarithm: whether the target holds logarithms.
    ///   - reduction: over all elements; PyTorch's `batchmean` is `.sum` divided by B.
    /// - Returns: the loss.
    public func klDivergence(_ target: Tensor, isLogarithm: Bool = false, reduction: Reduction = .mean) -> Tensor {
        Tensor(
            owning: ct_kl_div(handle, target.handle, reduction.code, isLogarithm),
            "klDivergence: \(shape), target \(target.shape)")
    }

    /// The binary cross entropy of these logits.
    ///
    /// - Parameters:
    ///   - target: probabilities of the same shape.
    ///   - reduction: what to do with the values.
    /// - Returns: the loss.
    public func binaryCrossEntropy(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
        Tensor(
            owning: ct_binary_cross_entropy_with_logits(handle, target.handle, reduction.code),
            "binaryCrossEntropy: \(shape), target \(target.shape)")
    }

    /// The squared distance to a target.
    ///
    /// - Parameters:
    ///   - target: of the same shape.
    ///   - reduction: what to do with the values.
    /// - Returns: the loss.
    public func squaredError(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
        Tensor(
            owning: ct_mse_loss(handle, target.handle, reduction.code), "squaredError: \(shape), \(target.shape)")
    }

    /// The cosine of the angle between vectors along the last axis.
    ///
    /// - Parameter other: of the same shape, or broadcast.
    /// - Returns: the common shape without the last axis.
    public func cosineSimilarity(_ other: Tensor) -> Tensor { (normalized() * other.normalized()).sum(-1) }
}
