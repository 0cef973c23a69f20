public import Torch

/// A convolution of three taps over time for each channel, ActionCLIP's `Conv_1D`.
///
///     y[c, τ] = w[c, 0] z[c, τ-1] + w[c, 1] z[c, τ] + w[c, 2] z[c, τ+1]      (zero outside of the clip)
///     v[c] = (1/T) Σ_τ (y[c, τ] + x[τ, c])
///
/// What z is depends on the ``ConvolutionOrder``: the clip's `[T, E]` memory read as `[E, T]` in released weights, x
/// transposed in the corrected order. Because only the mean of y over time is wanted, no y is computed:
///
///     Σ_τ y[c, τ] = (w₀ + w₁ + w₂) Σ_τ z[c, τ] - w₀ z[c, T-1] - w₂ z[c, 0]
///
/// Source: ActionCLIP `modules/Visual_Prompt.py`, `sim_header == "Conv_1D"`.
public struct Conv1DAggregator: Sendable {
    /// The taps `[E, 1, 3]`.
    public let taps: Tensor
    let order: ConvolutionOrder

    /// Declares `frame_position_embeddings`, which the reference stores but never uses, and `shift.weight`.
    ///
    /// New taps let the first quarter of the channels look one step back, the last quarter one step ahead.
    ///
    /// - Parameters:
    ///   - scope: the aggregator's place.
    ///   - width: the features' width E.
    ///   - positions: the rows of the unused table.
    ///   - order: what the convolution walks over.
    public init(_ scope: Scope, width: Int, positions: Int, order: ConvolutionOrder) {
        _ = Embedding(scope / "frame_position_embeddings", positions, width, initial: .normal(0.02))
        taps = (scope / "shift").parameter("weight", width, 1, 3, initial: .copy(of: Self.firstTaps(width)))
        self.order = order
    }

    /// Convolves and takes the mean.
    ///
    /// - Parameter x: features of frames `[B, T, E]`.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let t = x.shape[1]
        let z = walked(x)  // [B, E, T]
        let weights = taps.squeezed(1)  // [E, 3]
        let convolved =
            weights.sum(1) * z.sum(2) - weights.select(1, 0) * z.select(2, t - 1)
            - weights.select(1, 2) * z.select(2, 0)  // [B, E]
        return x.mean(1) + convolved / Double(t)
    }

    /// What the convolution walks over.
    ///
    /// - Parameter x: features of frames `[B, T, E]`.
    /// - Returns: `[B, E, T]`.
    public func walked(_ x: Tensor) -> Tensor {
        switch order {
        case .released: x.reshaped(x.shape[0], x.shape[2], x.shape[1])
        case .corrected: x.transposed(1, 2)
        }
    }

    private static func firstTaps(_ width: Int) -> Tensor {
        let fold = width / 4
        let rows = (0..<width).flatMap { channel -> [Float] in
            channel < fold ? [1, 0, 0] : channel < width - fold ? [0, 1, 0] : [0, 0, 1]
        }
        return Tensor(rows, shape: [width, 1, 3])
    }
}
