public import Torch

/// The difference branch: what changes from each frame to the next, smoothed over the picture.
///
///     d_t = p_t - p_(t-1),  d_0 = 0;   r = V₂ · conv(V₁ · d)
///
/// The 3x3 convolution runs over the grid for each channel alone; its stored weight has an axis of length one for time.
/// Biases act on the first frame too, unless it is left out. The convolution starts at zero, so the branch adds nothing
/// at first. Source: M2-CLIP (AAAI 2024), "TED-Adapter"; `models_adapter.py`, `OffsetAdapter`.
public struct TemporalDifference: Sendable {
    let down: Linear, up: Linear
    /// The weights of the convolution, `[A, 1, 1, 3, 3]`.
    let kernel: Tensor
    /// What the convolution adds, `[A]`.
    let bias: Tensor
    let keepsFirstFrame: Bool

    /// Declares `fc1`, `conv` and `fc2`.
    ///
    /// - Parameters:
    ///   - scope: the branch's place in the checkpoint.
    ///   - width: the width C of the tokens.
    ///   - bottleneck: the inner width A.
    ///   - keepsFirstFrame: whether the biases act on the first frame, as in the released code.
    public init(_ scope: Scope, width: Int, bottleneck: Int, keepsFirstFrame: Bool = true) {
        down = Linear(scope / "fc1", width, bottleneck, initial: .kaiming(fanIn: width))
        kernel = (scope / "conv").parameter("weight", bottleneck, 1, 1, 3, 3, initial: .zeros)
        bias = (scope / "conv").parameter("bias", bottleneck, initial: .zeros)
        up = Linear(scope / "fc2", bottleneck, width, initial: .kaiming(fanIn: bottleneck))
        self.keepsFirstFrame = keepsFirstFrame
    }

    /// The change of each patch.
    ///
    /// - Parameter patches: a square grid of patches, row by row, `[B, T, G², C]`.
    /// - Returns: `[B, T, G², C]`.
    public func callAsFunction(_ patches: Tensor) -> Tensor {
        let (b, t, m) = (patches.shape[0], patches.shape[1], patches.shape[2])
        let steps = patches.slice(1, 1..<t) - patches.slice(1, 0..<t - 1)  // [B, T - 1, G², C]
        let changes = smoothed(steps.padded(Self.oneFrameBefore).reshaped(b * t, m, -1), b)  // [B, T, G², C]
        return keepsFirstFrame ? changes : changes.slice(1, 1..<t).padded(Self.oneFrameBefore)
    }

    /// Zeros in front of the second of four axes.
    private static let oneFrameBefore = [0, 0, 0, 0, 1, 0]

    private func smoothed(_ frames: Tensor, _ clips: Int) -> Tensor {
        let (m, a) = (frames.shape[1], bias.shape[0])
        let side = Int(Double(m).squareRoot().rounded())
        let grid = down(frames).transposed(1, 2).reshaped(-1, a, side, side)  // [B T, A, G, G]
        let mixed = grid.convolution(kernel.squeezed(2), bias, padding: [1], groups: a)
        return up(mixed.reshaped(-1, a, m).transposed(1, 2)).reshaped(clips, -1, m, up.weight.shape[0])
    }
}
