internal import ActionModels
internal import CLIP
public import Torch

/// A frozen image CLIP that answers the questions of a vocabulary about clips.
///
/// Source: the threefold distillation page, section 3.2, steps 1 to 4; the option `online` of the same section.
public struct SpatialPredictor: Sendable {
    /// The questions.
    public let groups: [SpatialGroup]
    /// How answers about frames become one.
    public let prediction: SpatialPrediction
    /// σ, the CLIP's own scale.
    public let scale: Double
    private let clip: CLIPModel
    private let prototypes: [Tensor]

    /// Encodes the questions.
    ///
    /// - Parameters:
    ///   - model: a CLIP.
    ///   - groups: the questions.
    ///   - prediction: how answers about frames become one.
    /// - Throws: `TrainingError.badPrediction` for another model than a CLIP, or settings that cannot be;
    ///   `TokenizerError`.
    @TorchActor
    public init(_ model: EvaluationModel, _ groups: [SpatialGroup], _ prediction: SpatialPrediction) throws {
        try prediction.validate()
        guard let frozen = model.model as? FrameMeanCLIP, let tokenizer = model.tokenizer else {
            throw TrainingError.badPrediction(
                "\(model.path) is \(model.configuration.kind.title); it takes an image CLIP that knows single frames")
        }
        (clip, self.groups, self.prediction) = (frozen.clip, groups, prediction)
        let text = frozen.clip.text
        let texts = try SpatialTexts(groups, tokenizer: tokenizer, contextLength: text.sizes.contextLength)
        prototypes = withoutGradient { texts.prototypes(text) }
        scale = withoutGradient { frozen.clip.logitScale.exp.item() }
    }

    /// The answers about clips.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: for each group `[B, K]`, rows summing to one, without a graph.
    public func targets(of clips: Tensor) -> [Tensor] {
        withoutGradient {
            let (b, t) = (clips.shape[0], clips.shape[1])
            let frames = clip.encodeImage(clips.reshaped([b * t] + clips.shape[2...]))  // [B T, E]
            return targets(ofFrames: frames.reshaped(b, t, -1))
        }
    }

    /// The answers about clips whose frames are encoded already.
    ///
    /// - Parameter frames: features of the CLIP, not normalised, `[B, T, E]`.
    /// - Returns: for each group `[B, K]`, rows summing to one.
    public func targets(ofFrames frames: Tensor) -> [Tensor] {
        let unit = frames.normalized()
        return zip(groups, prototypes).map { prediction.videoTargets(unit, $1, scale: scale, of: $0) }
    }
}
