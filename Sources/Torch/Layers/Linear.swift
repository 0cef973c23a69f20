/// The affine map `y = x Wᵀ + b` over the last axis.
public struct Linear: Sendable {
    /// `[out, in]`.
    public let weight: Tensor
    /// `[out]`, or nil.
    public let bias: Tensor?

    /// Declares `weight` and `bias`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - inputs: the size of the last axis before.
    ///   - outputs: the size of the last axis after.
    ///   - hasBias: whether a bias is added.
    ///   - initial: the weight's first values; nil means PyTorch's default.
    ///   - initialBias: the bias's first values; nil means PyTorch's default where `initial` is nil, else zeros.
    public init(
        _ scope: Scope, _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initial: Initial? = nil,
        initialBias: Initial? = nil
    ) {
        weight = scope.parameter("weight", outputs, inputs, initial: initial ?? .kaiming(fanIn: inputs))
        let first: Initial = initial == nil ? .kaiming(fanIn: inputs) : .zeros
        bias = hasBias ? scope.parameter("bias", outputs, initial: initialBias ?? first) : nil
    }

    /// Applies the map.
    ///
    /// - Parameter x: `[..., in]`.
    /// - Returns: `[..., out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias) }
}
