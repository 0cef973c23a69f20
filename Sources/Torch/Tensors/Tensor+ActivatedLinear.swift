internal import CTorch

extension Tensor {
    /// The affine map of an activation, `quickGELU(x) Wᵀ + b`.
    ///
    /// For the backward pass only this tensor is kept; the activation is computed again.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`.
    /// - Returns: the last axis becomes `out`.
    public func quickGELULinear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        Tensor(
            owning: ct_activated_linear(handle, true, weight.handle, bias?.handle),
            "quickGELULinear: \(shape) x \(weight.shape)")
    }

    /// The affine map of an activation, `gelu(x) Wᵀ + b`, with the exact GELU.
    ///
    /// For the backward pass only this tensor is kept; the activation is computed again.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`.
    /// - Returns: the last axis becomes `out`.
    public func geluLinear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        Tensor(
            owning: ct_activated_linear(handle, false, weight.handle, bias?.handle),
            "geluLinear: \(shape) x \(weight.shape)")
    }
}
