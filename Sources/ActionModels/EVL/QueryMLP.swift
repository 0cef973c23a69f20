public import Torch

/// The feed-forward part of a decoder layer.
///
///     y = W₂ dropout(quickGELU(W₁ x + b₁)) + b₂
///
/// Source: EVL `model.py`, `TransformerDecoderLayer`.
public struct QueryMLP: Sendable {
    let inner: (weight: Tensor, bias: Tensor), outer: (weight: Tensor, bias: Tensor)
    let dropout: Double

    /// Declares `fc1` and `fc2`.
    ///
    /// - Parameters:
    ///   - scope: the part's place in the checkpoint.
    ///   - width: the width C of the query.
    ///   - inner: the inner width.
    ///   - dropout: the rate of dropping inner values while training.
    public init(_ scope: Scope, width: Int, inner: Int, dropout: Double) {
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> (weight: Tensor, bias: Tensor) {
            (
                (scope / name).parameter("weight", outputs, inputs, initial: .xavier(fanIn: inputs, fanOut: outputs)),
                (scope / name).parameter("bias", outputs, initial: .normal(1e-6))
            )
        }
        self.inner = linear("fc1", width, inner)
        outer = linear("fc2", inner, width)
        self.dropout = dropout
    }

    /// Applies the part.
    ///
    /// - Parameters:
    ///   - x: `[B, C]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, C]`.
    public func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
        x.linear(inner.weight, inner.bias).quickGELU.dropout(training ? dropout : 0).linear(outer.weight, outer.bias)
    }
}
