public import CLIP
public import Torch

/// A bottleneck on the stream of a text block, for each token alone.
///
///     y = x + W₂ · GELU(W₁ · x)
///
/// The GELU is exact. Unlike the TED-Adapter it is not the identity at the start.
/// Source: M2-CLIP (AAAI 2024), "text adapter"; `models_adapter.py`.
public struct TextAdapter: StreamAdapter {
    let down: Linear, up: Linear

    /// Declares `textad_fc1` and `textad_fc2`.
    ///
    /// - Parameters:
    ///   - scope: the adapter's place in the checkpoint.
    ///   - width: the width W of the text tower.
    ///   - bottleneck: the inner width.
    public init(_ scope: Scope, width: Int, bottleneck: Int) {
        down = Linear(scope / "textad_fc1", width, bottleneck, initial: .kaiming(fanIn: width))
        up = Linear(scope / "textad_fc2", bottleneck, width, initial: .kaiming(fanIn: bottleneck))
    }

    /// Changes the stream.
    ///
    /// - Parameter x: `[B, N, W]`.
    /// - Returns: `[B, N, W]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x + up(down(x).gelu) }
}
