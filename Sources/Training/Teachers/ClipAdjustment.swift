internal import CLIP
internal import Datasets
internal import Torch

/// A student's clips as another model takes them: resized where its pictures are of another size, and normalised its way.
struct ClipAdjustment: Sendable {
    /// How the student's pixels were normalised.
    let own: PixelNormalization
    /// How the other model's are.
    let other: PixelNormalization
    /// The side of the other model's pictures in pixels.
    let imageSize: Int

    /// Adjusts clips; what is right already stays as it is, to the last bit.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: `[B, T, 3, imageSize, imageSize]`.
    func callAsFunction(_ clips: Tensor) -> Tensor {
        let (b, t) = (clips.shape[0], clips.shape[1])
        var pictures = clips
        if clips.shape[3] != imageSize || clips.shape[4] != imageSize {
            pictures = clips.reshaped([b * t] + clips.shape[2...])
                .interpolated(to: [imageSize, imageSize], .bicubic, antialias: true)
                .reshaped(b, t, 3, imageSize, imageSize)
        }
        guard own != other else { return pictures }
        // ((x s + m) - m') / s', a channel at a time
        func row(_ values: [Double]) -> Tensor { Tensor(values.map { Float($0) }, shape: [3, 1, 1]) }
        let scale = zip(own.std, other.std).map { $0 / $1 }
        let shift = (0..<3).map { (own.mean[$0] - other.mean[$0]) / other.std[$0] }
        return pictures * row(scale) + row(shift)
    }
}
