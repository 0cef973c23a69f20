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

    /// CLIP's image tower; nil with a ``TokenView`` that stands in it.
    public var imageTower: ImageTower? { model.imageToken == nil ? model.clip.visual : nil }

    /// Encodes pictures.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: features `[N, E]`, not normalised; `[N, 2 E]` with those of the tokens of a ``TokenView`` behind them
    ///   where these stand in the image tower.
    public func encode(frames: Tensor) -> Tensor {
        guard let token = model.imageToken else { return model.clip.encodeImage(frames) }
        let features = token.features(of: frames, through: model.clip.visual)
        return Tensor.concatenated([features.frames, features.tokens], axis: 1)
    }

    /// Aggregates the features of frames.
    ///
    /// - Parameter frames: what `encode` gave for each, in the order of time, `[B, T, E]` or `[B, T, 2 E]`.
    /// - Returns: the clips' features.
    public func features(ofFrames frames: Tensor) -> ClipFeatures {
        guard model.imageToken != nil else { return model.aggregator.views(of: FrameEncoding(frames: frames)).features }
        let parts = frames.split(into: 2, 2)
        return model.aggregator.views(of: FrameEncoding(frames: parts[0], tokens: parts[1])).features
    }
}
