public import Torch

/// The adapter on frame features behind the projection, which starts as the identity.
///
///     y = f + W₂ · conv(W₁ · f)
///
/// The convolution runs over time, three frames long, for each channel alone; there is no activation.
/// Source: M2-CLIP `models_adapter.py`, `Adapter1`.
public struct TemporalAdapter: Sendable {
    let enhancement: TemporalEnhancement

    /// Declares `fc1`, `conv` and `fc2`.
    ///
    /// - Parameters:
    ///   - scope: the adapter's place in the checkpoint, `visual.t_adapter`.
    ///   - width: the width E of the common space.
    public init(_ scope: Scope, width: Int) {
        enhancement = TemporalEnhancement(scope, width: width, bottleneck: Self.bottleneck(of: width), kernel: 3)
    }

    /// Mixes the frames of a clip.
    ///
    /// - Parameter frames: frame features `[B, T, E]`.
    /// - Returns: `[B, T, E]`.
    public func callAsFunction(_ frames: Tensor) -> Tensor {
        frames + enhancement(frames.unsqueezed(2)).squeezed(2)
    }

    static func bottleneck(of width: Int) -> Int { width / 2 }
}
