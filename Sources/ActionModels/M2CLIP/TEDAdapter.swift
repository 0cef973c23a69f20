public import CLIP
public import Torch

/// The TED-Adapter of a vision block: temporal enhancement and difference side by side, identity at the start.
///
///     y = x + enhancement(x) + (0; difference(patches of x))
///
/// Both branches see the unchanged input; the class token gets no difference. There is no activation.
/// Source: M2-CLIP (AAAI 2024), "TED-Adapter"; `models_adapter.py`, `Adapter2`.
public struct TEDAdapter: StreamAdapter {
    /// The sizes of a TED-Adapter.
    public struct Sizes: Sendable, Equatable {
        /// The width C of the image tower.
        public var width: Int
        /// The inner width A.
        public var bottleneck: Int
        /// The number T of frames of a clip.
        public var frames: Int
        /// The length of the temporal convolution, odd.
        public var kernel = 3
        /// What becomes of the differences between frames.
        public var difference = M2CLIPConfiguration.DifferenceBranch.released

        /// Makes sizes with the released choices.
        ///
        /// - Parameters:
        ///   - width: the width C of the image tower.
        ///   - bottleneck: the inner width A.
        ///   - frames: the number T of frames of a clip.
        public init(width: Int, bottleneck: Int, frames: Int) {
            self.width = width
            self.bottleneck = bottleneck
            self.frames = frames
        }
    }

    /// The branch that mixes each token's place over time.
    public let enhancement: TemporalEnhancement
    /// The branch that sees what changes between frames, if there is one.
    public let difference: TemporalDifference?
    private var frames: Int

    /// Declares `fc1`, `conv`, `fc2` and, with a difference branch, `offset_adapter`.
    ///
    /// - Parameters:
    ///   - scope: the adapter's place in the checkpoint.
    ///   - sizes: the sizes.
    public init(_ scope: Scope, _ sizes: Sizes) {
        frames = sizes.frames
        enhancement = TemporalEnhancement(
            scope, width: sizes.width, bottleneck: sizes.bottleneck, kernel: sizes.kernel)
        difference =
            switch sizes.difference {
            case .none: nil
            case .released, .zeroFirstFrame:
                TemporalDifference(
                    scope / "offset_adapter", width: sizes.width, bottleneck: sizes.bottleneck,
                    keepsFirstFrame: sizes.difference == .released)
            }
    }

    /// Half of the convolution lies before a frame, and the difference takes the one before.
    public var reach: Int { max(enhancement.kernel.shape[2] / 2, difference == nil ? 0 : 1) }

    /// The adapter for clips of another length, with the same parameters.
    ///
    /// - Parameter frames: the number of frames of a clip.
    /// - Returns: the adapter.
    public func forClips(of frames: Int) -> TEDAdapter {
        var adapter = self
        adapter.frames = frames
        return adapter
    }

    /// Changes the stream of whole clips.
    ///
    /// - Parameter x: class token and patches, frames adjacent, `[B T, 1 + G², C]`.
    /// - Returns: `[B T, 1 + G², C]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (n, c) = (x.shape[1], x.shape[2])
        let clips = x.reshaped(-1, frames, n, c)  // [B, T, N, C]
        var y = clips + enhancement(clips)
        if let difference {
            let changes = difference(clips.slice(2, 1..<n))  // [B, T, G², C]
            y = y + changes.padded([0, 0, 1, 0])  // [B, T, N, C]
        }
        return y.reshaped(-1, n, c)
    }
}
