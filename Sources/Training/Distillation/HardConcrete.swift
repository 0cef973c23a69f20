internal import Foundation
public import Torch

/// Gates between 0 and 1 that can be exactly 0 and still have gradients: the hard concrete distribution.
///
/// A gate's logit a decides how likely it is open. Source: Louizos et al., "Learning Sparse Neural Networks through L0
/// Regularization"; TinyCLIP `l0module.py`, whose numbers these are.
public enum HardConcrete {
    /// The temperature β.
    static let temperature = 2.0 / 3
    /// The ends of the stretched interval, of which what lies outside 0...1 is cut off.
    static let stretch = (low: -0.1, high: 1.1)
    /// What uniform numbers and probabilities stay away from 0 and 1.
    static let margin = 1e-6
    /// The factor of logits in evaluation, TinyCLIP's `magical_number`.
    static let evaluationFactor = 0.8

    /// The probability that gates are not 0.
    ///
    ///     s(a) = 1 - clamp(σ(k β - a), ε, 1-ε),   k = ln x - ln(1-x),   x = 0.1 / 1.2
    ///
    /// - Parameter logits: a, of any shape.
    /// - Returns: of the same shape.
    public static func keepProbability(_ logits: Tensor) -> Tensor {
        let x = -stretch.low / (stretch.high - stretch.low)
        let closed = (log(x / (1 - x)) * temperature - logits).sigmoid
        return 1 - closed.clamped(to: margin...1 - margin)
    }

    /// Draws of gates, for training.
    ///
    ///     z = clip(σ((ln u - ln(1-u) + a) / β) · 1.2 - 0.1, 0, 1)
    ///
    /// - Parameters:
    ///   - logits: a, of any shape.
    ///   - uniform: u, numbers between 0 and 1 of the same shape; kept away from both.
    /// - Returns: of the same shape, with gradients by the logits.
    public static func sampled(_ logits: Tensor, uniform: Tensor) -> Tensor {
        let u = uniform.clamped(to: margin...1 - margin)
        let gates = ((u.log - (1 - u).log + logits) / temperature).sigmoid
        return (gates * (stretch.high - stretch.low) + stretch.low).clamped(to: 0...1)
    }

    /// The gates of evaluation: as many as are expected to be 0 are, the lowest first.
    ///
    ///     z = σ(0.8 a / β), of which the round(n - Σ s(a)) smallest of each row are set to 0
    ///
    /// - Parameter logits: a, `[n]` or rows `[L, n]`.
    /// - Returns: of the same shape.
    public static func evaluated(_ logits: Tensor) -> Tensor {
        let n = logits.shape[logits.rank - 1]
        let soft = (logits * (evaluationFactor / temperature)).sigmoid.reshaped(-1, n)
        let kept = keepProbability(logits).reshaped(-1, n).sum(1).array(of: Double.self)
        let order = soft.argsort(-1).array(of: Int.self)
        var isOpen = [Float](repeating: 1, count: soft.count)
        for (row, kept) in kept.enumerated() {
            let closed = Int((Double(n) - kept).rounded(.toNearestOrEven))
            for place in 0..<min(max(closed, 0), n) { isOpen[row * n + order[row * n + place]] = 0 }
        }
        let mask = Tensor(isOpen, shape: soft.shape).to(dtype: soft.dtype, device: soft.device)
        return (soft * mask).reshaped(logits.shape)
    }
}
