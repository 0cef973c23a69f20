internal import CTorch

/// A linear layer whose input and weight are 8-bit numbers; products are summed exactly in 32 bits.
///
///     y = activation(s Sₒ Σ (q - z) wₒ + bₒ),   s, z: the input's grid,  Sₒ: the scale of the weight's row
///
/// Weights are symmetric, with a scale for each output, the largest of the row by 127. Works on the CPU.
package struct QuantizedLinear: Sendable {
    /// What the bytes of the input stand for.
    package let grid: QuantizationGrid
    private let packed: Tensor
    private let scales: Tensor, zeros: Tensor
    private let bias: Tensor?
    private let outputs: Int

    /// Whether LibTorch came with oneDNN and the processor has products of bytes.
    package static let isAvailable = ct_has_quantized_linear()

    /// Rounds a weight and lays it out.
    ///
    /// - Parameters:
    ///   - weight: float32 `[out, in]`, not empty.
    ///   - bias: float32 `[out]`.
    ///   - grid: what the bytes of the input stand for.
    ///   - rows: how many rows are usually multiplied at once.
    package init(_ weight: Tensor, _ bias: Tensor?, grid: QuantizationGrid, rows: Int) {
        let scales = weight.abs.max(1).maximum(Tensor(Float(1e-12))) / 127  // [out]
        let rounded = (weight / scales.unsqueezed(1)).rounded.clamped(to: -127...127).to(dtype: .int8)
        packed = Tensor(owning: ct_pack_quantized_linear(rounded.handle, Int64(rows)), "pack \(weight.shape)")
        outputs = weight.shape[0]
        zeros = .zeros([outputs], dtype: .int64)
        (self.scales, self.bias, self.grid) = (scales.contiguous(), bias?.contiguous(), grid)
    }

    /// Applies the layer.
    ///
    /// - Parameters:
    ///   - x: uint8 `[..., in]`.
    ///   - activation: applied to the result.
    ///   - output: the result's type, and its grid where it is bytes.
    /// - Returns: `[..., out]`.
    package func callAsFunction(
        _ x: Tensor, _ activation: FusedActivation = .identity, as output: RowOutput = .float32
    ) -> Tensor {
        let (rows, shape) = (x.reshaped(-1, x.shape.last ?? 0), x.shape.dropLast() + [outputs])
        let result = Tensor(
            owning: ct_quantized_linear(
                rows.handle, grid.code, packed.handle, scales.handle, zeros.handle, bias?.handle, activation.code,
                output.dtype.code, output.grid.code), "quantized linear: \(x.shape)")
        return result.reshaped(Array(shape))
    }

    /// Adds the layer's result to a tensor, in place.
    ///
    /// - Parameters:
    ///   - x: uint8 `[..., in]`.
    ///   - sum: float32 `[..., out]` without gaps, that nobody else looks at.
    package func callAsFunction(_ x: Tensor, addingInto sum: Tensor) {
        check(sum.isContiguous, "quantized linear: a sum with gaps, \(sum.shape)")
        let (rows, target) = (x.reshaped(-1, x.shape.last ?? 0), sum.reshaped(-1, outputs))
        let done = ct_quantized_linear_add(
            rows.handle, grid.code, packed.handle, scales.handle, zeros.handle, bias?.handle, target.handle)
        check(done, "quantized linear: \(x.shape) into \(sum.shape): \(lastError)")
    }
}
