public import CLIP
public import Torch

/// Matching of videos and texts by CLIP with a frame aggregator.
///
///     v = aggregator(image(frame 1), …, image(frame T)),   logits = exp(logitScale) cos(v, text)
///
/// Its parameters are CLIP's under `model.` and the aggregator's under `fusion.`.
/// Source: Wang, Xing and Liu, "ActionCLIP: A New Paradigm for Video Action Recognition"; sallymmx/ActionCLIP.
public struct ActionCLIP: Sendable {
    /// The model's sizes and choices.
    public let configuration: ActionCLIPConfiguration
    /// The towers.
    public let clip: CLIPModel
    /// What makes one feature of many; unused with joint temporal modelling.
    public let aggregator: FrameAggregator
    /// What joins the patches of all frames; nil without joint temporal modelling.
    let joint: JointSpaceTime?
    /// The second head's token in the image tower; nil without one.
    let imageToken: ImageToken?

    /// Declares the model's parameters.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the model's sizes and choices, validated.
    public init(_ scope: Scope, _ configuration: ActionCLIPConfiguration) {
        let (clip, frames) = (configuration.clip, configuration.frames)
        self.configuration = configuration
        self.clip = CLIPModel(scope / "model", clip, additions: configuration.additions)
        joint =
            configuration.temporal == .joint
            ? JointSpaceTime(scope / "model" / "visual", frames: frames, width: clip.vision.blocks.width) : nil
        aggregator = FrameAggregator(
            scope / "fusion", configuration.aggregator, width: clip.embedDim, frames: frames)
        imageToken = configuration.token.flatMap { token in
            token.level == .temporal
                ? nil
                : ImageToken(scope / "fusion", width: clip.vision.blocks.width, isHidden: token.hidesFromFrames)
        }
    }

    /// Encodes clips.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`, T = the configuration's frames.
    ///   - training: whether to drop.
    /// - Returns: features, not normalised, `[B, E]`; with two heads those of the frame view.
    public func encodeVideo(_ clips: Tensor, training: Bool = false) -> Tensor {
        views(of: clips, training: training).frame
    }

    /// Encodes clips with every head.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`, T = the configuration's frames.
    ///   - training: whether to drop.
    /// - Returns: one view, or two with a ``TokenView``.
    public func views(of clips: Tensor, training: Bool = false) -> VideoViews {
        if let joint { return VideoViews(frame: joint(clips, through: clip.visual, training: training)) }
        return aggregator.views(of: encodeFrames(clips, training: training), training: training)
    }

    /// Encodes the frames of clips, not yet gathered; with the temporal shift they depend on their neighbours.
    ///
    /// Asking a joint model is a programmer's mistake: its frames have no features of their own.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`, T = the configuration's frames.
    ///   - training: whether to drop.
    /// - Returns: features, not normalised, `[B, T, E]`.
    public func frameFeatures(of clips: Tensor, training: Bool = false) -> Tensor {
        encodeFrames(clips, training: training).frames
    }

    /// Encodes the frames of clips and whatever token stands beside them, for ``FrameAggregator/views(of:training:)``.
    ///
    /// Asking a joint model is a programmer's mistake: its frames have no features of their own.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`, T = the configuration's frames.
    ///   - training: whether to drop.
    /// - Returns: features, not normalised.
    public func encodeFrames(_ clips: Tensor, training: Bool = false) -> FrameEncoding {
        guard joint == nil else {
            fatalError("ActionCLIP: the frames of a joint model have no features of their own")
        }
        checkClips(clips, frames: configuration.frames, "ActionCLIP")
        let (b, t) = (clips.shape[0], clips.shape[1])
        let pictures = clips.reshaped([b * t] + clips.shape[2...])  // [B T, 3, H, W]
        guard let imageToken else {
            return FrameEncoding(frames: clip.visual(pictures, training: training).reshaped(b, t, -1))
        }
        let (frames, tokens) = imageToken.features(of: pictures, through: clip.visual, training: training)
        return FrameEncoding(frames: frames.reshaped(b, t, -1), tokens: tokens.reshaped(b, t, -1))
    }

    /// Encodes texts.
    ///
    /// Positions behind a text's end never count: cutting all texts to the longest one changes nothing but the work.
    ///
    /// - Parameters:
    ///   - tokens: ids `[B, L]`.
    ///   - training: whether to drop.
    /// - Returns: features, not normalised, `[B, E]`.
    public func encodeText(_ tokens: Tensor, training: Bool = false) -> Tensor {
        clip.text(tokens, training: training)
    }

    /// The similarities that training compares with its targets, by the learned scale.
    ///
    ///     exp(logitScale) cos(v, t)
    ///
    /// - Parameters:
    ///   - videos: features `[B, E]`.
    ///   - texts: features `[K, E]`.
    /// - Returns: `[B, K]`.
    public func logits(videos: Tensor, texts: Tensor) -> Tensor { clip.logits(images: videos, texts: texts) }
}

extension ActionCLIP: ActionModel {
    /// The number of frames T that a clip must have.
    public var frames: Int? { configuration.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { configuration.clip.vision }
    /// The text tower.
    public var text: TextTower? { clip.text }
    /// The reference's rule: 16 sentences, a scale of 100 whatever was learned, the mean of probabilities.
    public var textScoring: TextScoring? {
        TextScoring(
            scale: 100, ensemble: .probabilities, templates: PromptTemplate.actionCLIP,
            fusion: configuration.fusion ?? .averageProbabilities)
    }
    /// There is no class head.
    public var classes: Int? { nil }
    /// The model by frames; nil with temporal modelling in the tower.
    public var frameWise: (any FrameWiseModel)? { FrameWiseActionCLIP(self) }

    /// Encodes clips.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the clips' features.
    public func features(of clips: Tensor) -> ClipFeatures { views(of: clips).features }
}

extension ActionCLIPConfiguration {
    /// What the method adds to CLIP's image and text tower.
    fileprivate var additions: (image: TowerAdditions, text: TowerAdditions) {
        var image = TowerAdditions(
            dropRates: dropRates(layers: clip.vision.blocks.layers), embeddingDropout: embeddingDropout)
        if temporal == .shift {
            let shift = TemporalShift(frames: frames)
            image.adapters = { _, _ in BlockAdapters(beforeAttention: shift) }
        }
        let text = TowerAdditions(
            dropRates: dropRates(layers: clip.text.blocks.layers), embeddingDropout: embeddingDropout)
        return (image, text)
    }
}
