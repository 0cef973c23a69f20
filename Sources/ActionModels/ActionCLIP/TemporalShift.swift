public import CLIP
public import Torch

/// Some channels of every patch replaced by those of the neighbouring frames, ActionCLIP's `tsm`.
///
///     y[t, c] = x[t+1, c]   for c < f             (zero behind the last frame)
///             = x[t-1, c]   for f ≤ c < 2f        (zero before the first)
///             = x[t, c]     else,                 f = ⌊D / divisor⌋
///
/// The class token is never shifted. The shift works on the residual stream itself: what it replaces is lost.
/// Source: ActionCLIP `modules/temporal_shift.py`, `TemporalShift_VIT`.
public struct TemporalShift: StreamAdapter {
    /// The reference's `fold_div`.
    public static let defaultDivisor = 8

    /// The number of frames T of a clip.
    public let frames: Int
    /// The share of channels that comes from each neighbour: one of this many.
    public let divisor: Int

    /// Makes the shift; it has no parameters.
    ///
    /// - Parameters:
    ///   - frames: the number of frames of a clip.
    ///   - divisor: how many channels there are for each one that comes from one neighbour.
    public init(frames: Int, divisor: Int = TemporalShift.defaultDivisor) {
        self.frames = frames
        self.divisor = divisor
    }

    /// Shifts the patches of whole clips.
    ///
    /// - Parameter x: `[B T, N, D]`, class token first; a number of rows that no whole clips fill is a programmer's
    ///   mistake.
    /// - Returns: `[B T, N, D]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (n, d) = (x.shape[1], x.shape[2])
        guard x.shape[0] % frames == 0 else { fatalError("TemporalShift: \(x.shape) is not clips of \(frames) frames") }
        let clips = x.reshaped(-1, frames, n, d)  // [B, T, N, D]
        let patches = shifted(clips.slice(2, 1..<n))
        return Tensor.concatenated([clips.slice(2, 0..<1), patches], axis: 2).reshaped(x.shape)
    }

    /// Shifts all positions, as in convolutional networks.
    ///
    /// - Parameter x: `[B, T, P, D]`.
    /// - Returns: `[B, T, P, D]`.
    public func shifted(_ x: Tensor) -> Tensor {
        let (b, t, p, d) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let fold = d / divisor
        let nothing = Tensor.zeros([b, 1, p, fold], dtype: x.dtype, device: x.device)
        let next = Tensor.concatenated([x.slice(1, 1..<t).slice(3, 0..<fold), nothing], axis: 1)
        let previous = Tensor.concatenated([nothing, x.slice(1, 0..<t - 1).slice(3, fold..<2 * fold)], axis: 1)
        return Tensor.concatenated([next, previous, x.slice(3, 2 * fold..<d)], axis: 3)
    }
}
