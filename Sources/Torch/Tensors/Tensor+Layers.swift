internal import CTorch

extension Tensor {
    /// The matrix product over the last two axes, with broadcasting of the others.
    ///
    /// - Parameter other: the right side.
    /// - Returns: the product.
    public func matmul(_ other: Tensor) -> Tensor {
        Tensor(owning: ct_matmul(handle, other.handle), "matmul: \(shape) x \(other.shape)")
    }

    /// Einstein's summation.
    ///
    /// - Parameters:
    ///   - equation: for example `"btd,kd->btk"`.
    ///   - tensors: one for each term.
    /// - Returns: the sum of products.
    public static func einsum(_ equation: String, _ tensors: Tensor...) -> Tensor {
        Tensor(
            owning: withHandles(tensors) { ct_einsum(equation, $0, $1) }, "einsum \(equation) \(tensors.map(\.shape))")
    }

    /// The affine map `x Wᵀ + b` over the last axis.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`.
    /// - Returns: the last axis becomes `out`.
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        Tensor(owning: ct_linear(handle, weight.handle, bias?.handle), "linear: \(shape) x \(weight.shape)")
    }

    /// Normalisation over the last axis to mean 0 and variance 1, then `* weight + bias`.
    ///
    /// - Parameters:
    ///   - weight: `[D]`, or nil.
    ///   - bias: `[D]`, or nil.
    ///   - eps: added to the variance.
    /// - Returns: a tensor of the same shape.
    public func layerNorm(_ weight: Tensor?, _ bias: Tensor?, eps: Double = 1e-5) -> Tensor {
        Tensor(
            owning: withList(shape.suffix(1)) { ct_layer_norm(handle, $0, $1, weight?.handle, bias?.handle, eps) },
            "layerNorm \(shape)")
    }

    /// Batch normalisation over every axis but 1.
    ///
    /// - Parameters:
    ///   - weight: `[C]`.
    ///   - bias: `[C]`.
    ///   - mean: the running mean `[C]`; written to when training.
    ///   - variance: the running variance `[C]`; written to when training.
    ///   - training: whether to normalise by this batch.
    ///   - momentum: the share of this batch in the running values.
    ///   - eps: added to the variance.
    /// - Returns: a tensor of the same shape.
    package func batchNorm(
        _ weight: Tensor?, _ bias: Tensor?, mean: Tensor, variance: Tensor, training: Bool, momentum: Double = 0.1,
        eps: Double = 1e-5
    ) -> Tensor {
        Tensor(
            owning: ct_batch_norm(
                handle, weight?.handle, bias?.handle, mean.handle, variance.handle, training, momentum, eps),
            "batchNorm \(shape)")
    }

    /// Scaled dot-product attention with this tensor as the queries.
    ///
    ///     softmax(Q Kᵀ * scale + mask) V
    ///
    /// - Parameters:
    ///   - keys: `[B, h, S, D]` for queries `[B, h, N, D]`.
    ///   - values: `[B, h, S, E]`.
    ///   - mask: added to the products, or truth values of what may be seen; broadcast to `[B, h, N, S]`.
    ///   - isCausal: whether query i sees keys 0...i only; then no mask.
    ///   - dropout: the probability by which attention weights are dropped.
    ///   - scale: nil means `1 / sqrt(D)`.
    /// - Returns: `[B, h, N, E]`.
    public func attention(
        _ keys: Tensor, _ values: Tensor, mask: Tensor? = nil, isCausal: Bool = false, dropout: Double = 0,
        scale: Double? = nil
    ) -> Tensor {
        let factor = scale ?? 1 / Double(shape.last ?? 1).squareRoot()
        return Tensor(
            owning: ct_attention(handle, keys.handle, values.handle, mask?.handle, dropout, isCausal, factor),
            "attention: \(shape), \(keys.shape), \(values.shape)")
    }

    /// A convolution of one to three spatial axes, by the weight's rank.
    ///
    /// - Parameters:
    ///   - weight: `[out, in / groups, kernel...]`.
    ///   - bias: `[out]`.
    ///   - stride: one number a spatial axis; one number alone serves all.
    ///   - padding: zeros at both ends of each axis, likewise.
    ///   - dilation: the distance of kernel elements, likewise.
    ///   - groups: the number of groups that channels are split into.
    /// - Returns: `[B, out, ...]`.
    public func convolution(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0], dilation: [Int] = [1],
        groups: Int = 1
    ) -> Tensor {
        let axes = weight.rank - 2
        check((1...3).contains(axes), "convolution: weight \(weight.shape)")
        func spread(_ items: [Int]) -> [Int] { items.count == 1 ? Array(repeating: items[0], count: axes) : items }
        let handle = withList(spread(stride)) { stride, _ in
            withList(spread(padding)) { padding, _ in
                withList(spread(dilation)) { dilation, _ in
                    ct_convolution(
                        Int32(axes), self.handle, weight.handle, bias?.handle, stride, padding, dilation, Int64(groups))
                }
            }
        }
        return Tensor(owning: handle, "convolution: \(shape) x \(weight.shape), groups \(groups)")
    }

    /// The mean over square windows of `[B, C, H, W]`.
    ///
    /// - Parameters:
    ///   - size: the window's side.
    ///   - stride: the distance between windows.
    /// - Returns: `[B, C, H', W']`.
    public func averagePool(_ size: Int, stride: Int) -> Tensor {
        Tensor(owning: ct_average_pool2d(handle, Int64(size), Int64(stride)), "averagePool \(shape)")
    }

    /// Rows of this table `[V, D]` by index.
    ///
    /// - Parameter indices: int64 or int32 of any shape.
    /// - Returns: the indices' shape followed by D.
    public func rows(_ indices: Tensor) -> Tensor {
        Tensor(owning: ct_embedding(handle, indices.handle), "rows \(indices.shape) of \(shape)")
    }

    /// Exponentials that sum to one along an axis.
    ///
    /// - Parameter axis: the axis.
    /// - Returns: a tensor of the same shape.
    public func softmax(_ axis: Int = -1) -> Tensor {
        Tensor(owning: ct_softmax(handle, Int64(axis)), "softmax \(shape)")
    }

    /// The logarithm of `softmax`.
    ///
    /// - Parameter axis: the axis.
    /// - Returns: a tensor of the same shape.
    public func logSoftmax(_ axis: Int = -1) -> Tensor {
        Tensor(owning: ct_log_softmax(handle, Int64(axis)), "logSoftmax \(shape)")
    }

    /// Elements dropped at random, the others scaled up so that the mean stays.
    ///
    /// - Parameter probability: the probability of dropping an element.
    /// - Returns: a tensor of the same shape.
    public func dropout(_ probability: Double) -> Tensor {
        probability == 0 ? self : Tensor(owning: ct_dropout(handle, probability), "dropout \(shape)")
    }
}

/// How a grid is resized.
public enum Interpolation: String, Sendable, Codable, CaseIterable {
    /// The nearest element.
    case nearest
    /// Linear along one axis, `[B, C, L]`.
    case linear
    /// Linear along two axes, `[B, C, H, W]`.
    case bilinear
    /// Cubic along two axes, `[B, C, H, W]`; the kernel's a is -0.75, and -0.5 with antialiasing.
    case bicubic

    fileprivate var code: Int32 {
        switch self {
        case .nearest: 0
        case .linear: 1
        case .bilinear: 2
        case .bicubic: 3
        }
    }
}

extension Tensor {
    /// Resized spatial axes, as `torch.nn.functional.interpolate`.
    ///
    /// - Parameters:
    ///   - size: the new sizes of the axes behind `[B, C]`.
    ///   - mode: the kernel.
    ///   - alignCorners: whether corner elements keep their place.
    ///   - antialias: whether the kernel widens when shrinking (bilinear and bicubic).
    /// - Returns: `[B, C, size...]`.
    public func interpolated(
        to size: [Int], _ mode: Interpolation, alignCorners: Bool = false, antialias: Bool = false
    ) -> Tensor {
        Tensor(
            owning: withList(size) { ct_interpolate(handle, $0, $1, mode.code, alignCorners, antialias) },
            "interpolate \(shape) to \(size)")
    }
}

/// What an LSTM gives.
public struct LSTMResult: Sendable {
    /// The outputs of the last layer, `[B, T, H]`; `[B, T, 2 H]` both ways.
    public let output: Tensor
    /// The last hidden state of each layer (and direction), `[layers, B, H]`.
    public let hidden: Tensor
    /// The last cell state of each layer (and direction), `[layers, B, H]`.
    public let cell: Tensor
}

extension Tensor {
    /// Runs an LSTM over `[B, T, D]`, batch first.
    ///
    /// - Parameters:
    ///   - hidden: the first hidden states `[layers, B, H]`, twice as many both ways.
    ///   - cell: the first cell states, of the same shape.
    ///   - parameters: for each layer (and direction) `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, PyTorch's order
    ///     of gates.
    ///   - layers: the number of layers.
    ///   - bidirectional: whether each layer also runs backwards.
    /// - Returns: outputs and last states.
    public func lstm(
        hidden: Tensor, cell: Tensor, parameters: [Tensor], layers: Int, bidirectional: Bool = false
    ) -> LSTMResult {
        // LibTorch's CPU kernel does not check these and would read past the parameters.
        let (directions, h) = (bidirectional ? 2 : 1, hidden.shape.last ?? 0)
        let expected = (0..<layers * directions).flatMap { index in
            [[4 * h, index < directions ? shape.last ?? 0 : directions * h], [4 * h, h], [4 * h], [4 * h]]
        }
        check(
            rank == 3 && hidden.shape == [layers * directions, shape[0], h] && cell.shape == hidden.shape
                && parameters.map(\.shape) == expected,
            "lstm: \(shape), states \(hidden.shape), \(cell.shape), parameters \(parameters.map(\.shape))")
        var (output, lastHidden, lastCell): (OpaquePointer?, OpaquePointer?, OpaquePointer?)
        let done = withHandles(parameters) {
            ct_lstm(
                handle, hidden.handle, cell.handle, $0, $1, true, Int64(layers), 0, false, bidirectional, &output,
                &lastHidden, &lastCell)
        }
        check(done, "lstm \(shape): \(lastError)")
        return LSTMResult(
            output: Tensor(owning: output, "lstm"), hidden: Tensor(owning: lastHidden, "lstm"),
            cell: Tensor(owning: lastCell, "lstm"))
    }
}
