internal import CTorch

/// A linear layer for inference, its weight laid out once as oneDNN's kernels read it.
///
///     y = activation(x Wᵀ + b)   or   y = z + x Wᵀ + b
///
/// Activation and sum happen before the result is written. Where LibTorch has no oneDNN the layer is an ordinary one.
/// Nothing is recorded for gradients; works on the CPU.
package struct PackedLinear: Sendable {
    private let packed: Tensor?
    private let weight: Tensor?
    private let bias: Tensor?

    /// Whether LibTorch came with oneDNN.
    package static let isAvailable = ct_has_packed_linear()

    /// Lays a weight out.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`, float32 or bfloat16; `x` must have the same type.
    ///   - bias: `[out]`, of the same type.
    ///   - rows: how many rows are usually multiplied at once, which the layout may depend on.
    package init(_ weight: Tensor, _ bias: Tensor?, rows: Int) {
        self.bias = bias
        // oneDNN takes no empty matrices, which pruned models have.
        packed =
            Self.isAvailable && weight.count > 0
            ? Tensor(owning: ct_pack_linear(weight.handle, Int64(rows)), "pack \(weight.shape)") : nil
        self.weight = packed == nil ? weight : nil
    }

    /// Applies the layer.
    ///
    /// - Parameters:
    ///   - x: `[..., in]`.
    ///   - activation: applied to the result.
    /// - Returns: `[..., out]`.
    package func callAsFunction(_ x: Tensor, _ activation: FusedActivation = .identity) -> Tensor {
        if let weight { return activation(x.linear(weight, bias)) }
        return Tensor(
            owning: packed.flatMap { ct_packed_linear(x.handle, $0.handle, bias?.handle, activation.code) },
            "packed linear: \(x.shape)")
    }

    /// Adds the layer's result to a tensor.
    ///
    /// - Parameters:
    ///   - x: `[..., in]`.
    ///   - other: `[..., out]`, of the type of `x`.
    /// - Returns: `[..., out]`.
    package func callAsFunction(_ x: Tensor, addedTo other: Tensor) -> Tensor {
        if let weight { return other + x.linear(weight, bias) }
        return Tensor(
            owning: packed.flatMap { ct_packed_linear_add(x.handle, $0.handle, bias?.handle, other.handle) },
            "packed linear: \(x.shape), \(other.shape)")
    }
}
