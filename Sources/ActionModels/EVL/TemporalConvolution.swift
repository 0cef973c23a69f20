public import Torch

/// A depth-wise convolution over time, added to the tower's tokens.
///
///     y[t, l, c] = w[c, 0] x[t-1, l, c] + w[c, 1] x[t, l, c] + w[c, 2] x[t+1, l, c] + b[c]
///
/// Frames outside of the clip are zeros; the class token takes part. Source: EVL `model.py`.
public struct TemporalConvolution: Sendable {
    let weight: Tensor, bias: Tensor

    /// Declares `weight` `[C, 1, 3]` and `bias` `[C]`.
    ///
    /// - Parameters:
    ///   - scope: the layer's place in the checkpoint.
    ///   - width: the width C of the tokens.
    public init(_ scope: Scope, width: Int) {
        weight = scope.parameter("weight", width, 1, 3, initial: .kaiming(fanIn: 3))
        bias = scope.parameter("bias", width, initial: .kaiming(fanIn: 3))
    }

    /// Applies the convolution.
    ///
    /// - Parameter x: `[B, T, L, C]`.
    /// - Returns: `[B, T, L, C]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.permuted(0, 3, 1, 2)  // [B, C, T, L], channels last in memory
            .convolution(weight.unsqueezed(3), bias, padding: [1, 0], groups: x.shape[3])
            .permuted(0, 2, 3, 1)  // [B, T, L, C]
    }
}
