public import CLIP
public import Torch

/// ActionCLIP whose image tower sees one frame at a time, so that overlapping windows share their frames, exactly.
///
/// Only the aggregator runs again for each window. Source: ActionCLIP `test.py`, where every frame of a clip goes
/// through the image tower on its own before `fusion_model` sees them all.
public struct FrameWiseActionCLIP: FrameWiseModel {
    /// The whole model.
    public let model: ActionCLIP

    /// Looks at a model by frames.
    ///
    /// - Parameter model: the model; nil is returned if it has temporal modelling in the tower.
    public init?(_ model: ActionCLIP) {
        guard model.configuration.isFrameWise else { return nil }
        self.model = model
    }

    /// The number of frames T that a clip must have.
    public var frames: Int? { model.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { model.vision }
    /// The text tower.
    public var text: TextTower? { model.text }
    /// ActionCLIP's rule.
    public var textScoring: TextScoring? { model.textScoring }
    /// There is no class head.
    public var classes: Int? { nil }

    /// Encodes pictures.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: features `[N, E]`, not normalised.
    public func encode(frames: Tensor) -> Tensor { model.clip.encodeImage(frames) }

    /// Aggregates the features of frames.
    ///
    /// - Parameter frames: `[B, T, E]` in the order of time.
    /// - Returns: the clips' features.
    public func features(ofFrames frames: Tensor) -> ClipFeatures { ClipFeatures(embedding: model.aggregator(frames)) }
}
