public import CLIP
public import Torch

/// A class head on what a frozen CLIP sees in a clip: the baseline of every method that trains more.
///
///     logits = W · (mean over t of image(frame t)) + b
///
/// It cannot tell the order of frames. Source: CLIP (ICML 2021), section 3.2, on the mean of a clip's frames.
public struct LinearProbe: Sendable {
    /// The sizes.
    public let configuration: LinearProbeConfiguration
    /// CLIP's image tower.
    public let visual: ImageTower
    /// The class head.
    public let head: Linear

    /// Declares the tower under `visual` by CLIP's names, and `head`.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the sizes, validated.
    public init(_ scope: Scope, _ configuration: LinearProbeConfiguration) {
        self.configuration = configuration
        visual = ImageTower(scope / "visual", configuration.clip)
        head = Linear(scope / "head", configuration.clip.embedDim, configuration.classes)
    }

    /// Classifies clips; no gradient enters the tower.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: logits `[B, K]`.
    public func callAsFunction(_ clips: Tensor) -> Tensor { logits(ofFrames: frameFeatures(of: clips)) }

    /// Encodes the frames of clips, without a graph.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: features, not normalised, `[B, T, E]`.
    public func frameFeatures(of clips: Tensor) -> Tensor {
        let (b, t) = (clips.shape[0], clips.shape[1])
        return withoutGradient { visual(clips.reshaped([b * t] + clips.shape[2...])).reshaped(b, t, -1) }
    }

    /// Classifies clips by the features of their frames.
    ///
    /// - Parameter frames: `[B, T, E]`.
    /// - Returns: logits `[B, K]`.
    public func logits(ofFrames frames: Tensor) -> Tensor { head(frames.mean(1)) }
}

extension LinearProbe: FrameWiseModel {
    /// The number of frames of a clip.
    public var frames: Int? { configuration.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { configuration.clip.vision }
    /// There is no text tower.
    public var text: TextTower? { nil }
    /// Label texts cannot be scored.
    public var textScoring: TextScoring? { nil }
    /// The number of classes of the class head.
    public var classes: Int? { configuration.classes }

    /// CLIP's image tower.
    public var imageTower: ImageTower? { visual }

    /// Encodes pictures.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: features `[N, E]`, not normalised.
    public func encode(frames: Tensor) -> Tensor { visual(frames) }

    /// Takes the mean of frames and classifies it.
    ///
    /// - Parameter frames: `[B, T, E]`.
    /// - Returns: the clips' features.
    public func features(ofFrames frames: Tensor) -> ClipFeatures {
        ClipFeatures(classLogits: logits(ofFrames: frames))
    }
}
