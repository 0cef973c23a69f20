/// Normalisation over the last axis.
///
///     y = (x - mean) / sqrt(variance + eps) * weight + bias
public struct LayerNorm: Sendable {
    /// `[D]`.
    public let weight: Tensor
    /// `[D]`.
    public let bias: Tensor
    /// Added to the variance.
    public let eps: Double

    /// Declares `weight` and `bias`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the size D of the last axis.
    ///   - eps: added to the variance.
    public init(_ scope: Scope, _ width: Int, eps: Double = 1e-5) {
        weight = scope.parameter("weight", width, initial: .ones)
        bias = scope.parameter("bias", width, initial: .zeros)
        self.eps = eps
    }

    /// Applies the normalisation, in float32 for half-precision input as CLIP does.
    ///
    /// - Parameter x: `[..., D]`.
    /// - Returns: the same shape and type.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.dtype != weight.dtype else { return x.layerNorm(weight, bias, eps: eps) }
        return x.to(dtype: weight.dtype).layerNorm(weight, bias, eps: eps).to(dtype: x.dtype)
    }
}
