internal import CTorch

/// What a kernel of inference writes.
package enum RowOutput: Sendable, Equatable {
    /// 32-bit numbers.
    case float32
    /// 16-bit numbers, rounded to the nearest.
    case bfloat16
    /// Bytes that stand for the numbers of a grid, rounded to the nearest.
    case bytes(QuantizationGrid)

    /// The type of the elements.
    package var dtype: DType {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .bytes: .uint8
        }
    }

    var grid: QuantizationGrid { if case .bytes(let grid) = self { grid } else { .bytes } }
}

extension Tensor {
    /// Layer norm over the last axis and what is wanted of its result, in one pass.
    ///
    /// - Parameters:
    ///   - weight: float32 `[D]`; nil, like the bias, where it was multiplied into the next layer.
    ///   - bias: float32 `[D]`.
    ///   - eps: added to the variance.
    ///   - output: what is written.
    /// - Returns: a tensor of the same shape, float32 on the CPU before.
    package func normalizedRows(
        _ weight: Tensor? = nil, _ bias: Tensor? = nil, eps: Double, as output: RowOutput = .float32
    ) -> Tensor {
        Tensor(
            owning: ct_normalized_rows(
                handle, weight?.handle, bias?.handle, eps, output.dtype.code, output.grid.code),
            "normalizedRows \(shape)")
    }

    /// Values as the bytes of a grid.
    ///
    /// - Parameter grid: what bytes stand for.
    /// - Returns: uint8 of the same shape; this tensor is float32 on the CPU.
    package func quantizedRows(_ grid: QuantizationGrid) -> Tensor {
        Tensor(owning: ct_quantized_rows(handle, grid.code), "quantizedRows \(shape)")
    }

    /// The same values as what is wanted of them.
    ///
    /// - Parameter output: the type.
    /// - Returns: a tensor of the same shape; this one is float32 or bfloat16 on the CPU.
    package func rows(as output: RowOutput) -> Tensor {
        guard case .bytes(let grid) = output else { return to(dtype: output.dtype) }
        return to(dtype: .float32).quantizedRows(grid)
    }

    /// Scaled dot-product attention of heads that lie side by side, without moving them apart.
    ///
    ///     softmax(Q Kᵀ / sqrt(d)) V, for each head
    ///
    /// This tensor has the queries, float32 or bfloat16 on the CPU `[B, M, h d]`; parts of a wider last axis do. Softmax
    /// is float32.
    ///
    /// - Parameters:
    ///   - keys: `[B, N, h d]`.
    ///   - values: `[B, N, h d]`.
    ///   - heads: the number h of heads.
    ///   - output: what is written.
    /// - Returns: `[B, M, h d]`.
    package func rowAttention(_ keys: Tensor, _ values: Tensor, heads: Int, as output: RowOutput = .float32) -> Tensor {
        let isFit = dtype == .float32 || shape[2] / heads % 2 == 0
        guard isFit, InferenceHardware.hasRowAttention(dtype) else {
            return plainAttention(keys, values, heads: heads, as: output)
        }
        return Tensor(
            owning: ct_row_attention(
                handle, keys.handle, values.handle, Int64(heads), output.dtype.code, output.grid.code),
            "rowAttention: \(shape), \(keys.shape), heads \(heads)")
    }

    /// The same by LibTorch's attention.
    private func plainAttention(_ keys: Tensor, _ values: Tensor, heads: Int, as output: RowOutput) -> Tensor {
        func split(_ x: Tensor) -> Tensor { x.reshaped(x.shape[0], x.shape[1], heads, -1).transposed(1, 2) }
        let mixed = split(self).attention(split(keys), split(values))  // [B, h, M, d]
        return mixed.transposed(1, 2).reshaped(shape).rows(as: output)  // [B, M, h d]
    }
}

/// What the processor offers to inference.
package enum InferenceHardware {
    /// Whether it multiplies bfloat16.
    package static let hasBFloat16Units = ct_has_bfloat16_units()

    /// Keeps the memory of freed results for the next ones, which the system would clear anew: page by page that costs as
    /// much as a small layer.
    ///
    /// It holds for the whole process, on Linux.
    package static func keepMemory() { ct_keep_memory() }

    /// Whether LibTorch's small matrix products, which the kernel of attention is made of, work on it.
    ///
    /// - Parameter dtype: of queries, keys and values.
    /// - Returns: false where LibTorch's own attention stands in.
    package static func hasRowAttention(_ dtype: DType) -> Bool { ct_has_row_attention(dtype.code) }
}
