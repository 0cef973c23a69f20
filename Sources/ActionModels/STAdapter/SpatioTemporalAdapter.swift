public import CLIP
public import Torch

/// A bottleneck on the patch tokens that mixes neighbouring frames; there is no activation in it.
///
///     u = x W₁ᵀ + b₁,   v = depth-wise convolution of u over (time, row, column),   y = x + v W₂ᵀ + b₂
///
/// Zeros stand outside of the clip and the grid. The class token stays as it is. The convolution starts at zero, so a
/// new adapter changes nothing. Source: ST-Adapter (NeurIPS 2022), section 3.2; `models_adapter.py`, `Adapter`.
public struct SpatioTemporalAdapter: StreamAdapter {
    let down: Linear, up: Linear
    let weight: Tensor, bias: Tensor
    let kernel: STAdapterConfiguration.Kernel
    let grid: Int
    private var frames: Int

    /// Declares `fc1`, `conv` and `fc2`.
    ///
    /// - Parameters:
    ///   - scope: the adapter's place in the checkpoint.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: STAdapterConfiguration) {
        let (width, inner) = (configuration.vision.blocks.width, configuration.adapterWidth)
        kernel = configuration.kernel
        (frames, grid) = (configuration.frames, configuration.vision.grid)
        down = Linear(scope / "fc1", width, inner, initial: .kaiming(fanIn: width))
        weight = (scope / "conv").parameter(
            "weight", inner, 1, kernel.frames, kernel.rows, kernel.columns, initial: .zeros)
        bias = (scope / "conv").parameter("bias", inner, initial: .zeros)
        up = Linear(scope / "fc2", inner, width, initial: .kaiming(fanIn: inner))
    }

    /// Changes the patch tokens.
    ///
    /// - Parameter x: class token first, `[B T, N + 1, D]`.
    /// - Returns: `[B T, N + 1, D]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (rows, n) = (x.shape[0], x.shape[1] - 1)
        guard rows % frames == 0, n == grid * grid else {
            fatalError("SpatioTemporalAdapter: \(x.shape) is not clips of \(frames) frames of \(grid)x\(grid) patches")
        }
        let patches = x.slice(1, 1..<n + 1)  // [B T, N, D]
        let inner = down(patches).reshaped(-1, frames, n, weight.shape[0])  // [B, T, N, A]
        let mixed = kernel.isTemporal ? shifted(inner) : convolved(inner)
        let changed = patches + up(mixed.reshaped(rows, n, -1))  // [B T, N, D]
        return Tensor.concatenated([x.slice(1, 0..<1), changed], axis: 1)
    }

    /// Half of the kernel lies before a frame.
    public var reach: Int { kernel.frames / 2 }

    /// The adapter for clips of another length, with the same parameters.
    ///
    /// - Parameter frames: the number of frames of a clip.
    /// - Returns: the adapter.
    public func forClips(of frames: Int) -> SpatioTemporalAdapter {
        var adapter = self
        adapter.frames = frames
        return adapter
    }

    /// The convolution along time alone: one product for each tap, without moving an axis.
    ///
    ///     v[t] = Σ over j of w[j] · u[t + j - kt / 2] + b
    ///
    /// - Parameter x: `[B, T, N, A]`.
    /// - Returns: `[B, T, N, A]`.
    func shifted(_ x: Tensor) -> Tensor {
        let reach = kernel.frames / 2
        let padded = x.padded([0, 0, 0, 0, reach, reach])  // [B, T + kt - 1, N, A]
        let taps = weight.reshaped(-1, kernel.frames).transposed()  // [kt, A]
        return (0..<kernel.frames).reduce(bias) { sum, tap in
            sum + padded.slice(1, tap..<tap + frames) * taps.select(0, tap)
        }
    }

    /// The convolution along all three axes.
    ///
    /// - Parameter x: `[B, T, N, A]`.
    /// - Returns: `[B, T, N, A]`.
    func convolved(_ x: Tensor) -> Tensor {
        let (b, n, inner) = (x.shape[0], x.shape[2], x.shape[3])
        return x.reshaped(b, frames, grid, grid, inner).permuted(0, 4, 1, 2, 3)  // [B, A, T, g, g]
            .convolution(
                weight, bias, padding: [kernel.frames / 2, kernel.rows / 2, kernel.columns / 2], groups: inner
            )
            .permuted(0, 2, 3, 4, 1).reshaped(b, frames, n, inner)
    }
}
