public import CLIP
public import Torch

/// CLIP on clips without any change: the mean of the frames' features.
///
///     v = mean over t of image(frame t),   scores = exp(logitScale) cos(v, text)
///
/// It cannot tell the order of frames; it is the zero-shot baseline of every video method.
/// Source: ActionCLIP, the `meanP` aggregator without training.
public struct FrameMeanCLIP: Sendable {
    /// The image and text towers.
    public let clip: CLIPModel

    /// Wraps a CLIP model.
    ///
    /// - Parameter clip: the model.
    public init(_ clip: CLIPModel) { self.clip = clip }

    /// Encodes clips.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: features, not normalised, `[B, E]`.
    public func encodeVideo(_ clips: Tensor) -> Tensor {
        let (b, t) = (clips.shape[0], clips.shape[1])
        let frames = clip.encodeImage(clips.reshaped([b * t] + clips.shape[2...]))  // [B T, E]
        return pooled(frames.reshaped(b, t, -1))
    }

    /// Pools features of frames that were encoded one by one.
    ///
    /// - Parameter frames: `[B, T, E]`.
    /// - Returns: `[B, E]`.
    public func pooled(_ frames: Tensor) -> Tensor { frames.mean(1) }
}

extension FrameMeanCLIP: FrameWiseModel {
    /// Any number of frames does.
    public var frames: Int? { nil }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { clip.configuration.vision }
    /// The text tower.
    public var text: TextTower? { clip.text }
    /// CLIP's own rule: the learned scale, prompts ensembled in the space of features.
    public var textScoring: TextScoring? {
        TextScoring(scale: clip.logitScale.exp.item(Double.self), ensemble: .features, templates: [.person])
    }
    /// There is no class head.
    public var classes: Int? { nil }

    /// CLIP's image tower.
    public var imageTower: ImageTower? { clip.visual }

    /// Encodes pictures.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: features `[N, E]`, not normalised.
    public func encode(frames: Tensor) -> Tensor { clip.encodeImage(frames) }

    /// Takes the mean of frames.
    ///
    /// - Parameter frames: `[B, T, E]`.
    /// - Returns: the clips' features.
    public func features(ofFrames frames: Tensor) -> ClipFeatures { ClipFeatures(embedding: pooled(frames)) }
}

extension FrameMeanCLIP {
    /// The sizes of a CLIP model and its work for a clip.
    ///
    /// - Parameters:
    ///   - configuration: the model's sizes.
    ///   - frames: the frames of a clip.
    /// - Returns: the cost; nothing is trained.
    public static func cost(_ configuration: CLIPConfiguration, frames: Int) -> ActionModelCost {
        let cost = ModelCost(configuration)
        return ActionModelCost(
            [
                CostPart("image tower", parameters: cost.visionParameters, clipMACs: frames * cost.imageMACs),
                CostPart("text tower", parameters: cost.textParameters),
                CostPart("token embedding", parameters: cost.tokenEmbedding),
                CostPart("logit scale", parameters: 1),
            ], textMACs: cost.textMACs)
    }
}
