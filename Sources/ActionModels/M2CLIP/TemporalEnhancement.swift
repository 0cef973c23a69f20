public import Torch

/// The enhancement branch: each place of a picture is followed through time.
///
///     z = W₂ · conv(W₁ · x)
///
/// The convolution runs over time for each channel alone, zeros around the clip. Its weights start at zero, so the
/// branch adds nothing at first. Source: M2-CLIP (AAAI 2024), "TED-Adapter"; `models_adapter.py`, `Adapter2`.
public struct TemporalEnhancement: Sendable {
    let down: Linear, up: Linear
    /// The weights of the convolution over k frames, `[A, 1, k]`.
    let kernel: Tensor
    /// What the convolution adds, `[A]`.
    let bias: Tensor

    /// Declares `fc1`, `conv` and `fc2`.
    ///
    /// - Parameters:
    ///   - scope: the branch's place in the checkpoint.
    ///   - width: the width C of the tokens.
    ///   - bottleneck: the inner width A.
    ///   - kernel: the length of the convolution in frames, odd.
    public init(_ scope: Scope, width: Int, bottleneck: Int, kernel: Int) {
        down = Linear(scope / "fc1", width, bottleneck, initial: .kaiming(fanIn: width))
        self.kernel = (scope / "conv").parameter("weight", bottleneck, 1, kernel, initial: .zeros)
        bias = (scope / "conv").parameter("bias", bottleneck, initial: .zeros)
        up = Linear(scope / "fc2", bottleneck, width, initial: .kaiming(fanIn: bottleneck))
    }

    /// The change of each token.
    ///
    /// - Parameter x: `[B, T, N, C]`.
    /// - Returns: `[B, T, N, C]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (b, t, n, a) = (x.shape[0], x.shape[1], x.shape[2], bias.shape[0])
        let sequences = down(x).permuted(0, 2, 3, 1).reshaped(b * n, a, t)  // [B N, A, T]
        let mixed = sequences.convolution(kernel, bias, padding: [kernel.shape[2] / 2], groups: a)
        return up(mixed.reshaped(b, n, a, t).permuted(0, 3, 1, 2))  // [B, T, N, C]
    }
}
