internal import Torch

/// The divergence of a student's class probabilities from a teacher's, both softened by a temperature.
///
///     τ² Σ_bk p_bk (ln p_bk - ln q_bk),   p = softmax(z_T / τ),   q = softmax(z_S / τ)
///
/// The factor keeps the gradients' size over temperatures. Source: Hinton et al. 2015; DeiT `losses.py`.
struct SoftenedDivergence: Sendable {
    let temperature: Double

    /// The sum over rows and classes of logits `[B, K]`, one number.
    func callAsFunction(_ student: Tensor, teacher: Tensor) -> Tensor {
        let target = (teacher / temperature).logSoftmax(-1)
        return (student / temperature).logSoftmax(-1)
            .klDivergence(target, isLogarithm: true, reduction: .sum) * (temperature * temperature)
    }
}
