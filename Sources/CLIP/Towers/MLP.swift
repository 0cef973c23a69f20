public import Torch

/// The feed-forward part of a block.
///
///     y = W₂ · activation(W₁ · x)
public struct MLP: Sendable {
    let up: Linear, down: Linear
    let activation: Activation

    init(_ scope: Scope, width: Int, inner: Int, activation: Activation, initial: BlockInitial) {
        up = Linear(scope / "c_fc", width, inner, initial: initial.up, initialBias: initial.upBias)
        down = Linear(scope / "c_proj", inner, width, initial: initial.down, initialBias: initial.downBias)
        self.activation = activation
    }

    /// Applies the part to each token.
    ///
    /// - Parameter x: `[B, N, D]`.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let inner = up(x)
        return switch activation {
        case .quickGELU: inner.quickGELULinear(down.weight, down.bias)
        case .gelu: inner.geluLinear(down.weight, down.bias)
        }
    }
}
