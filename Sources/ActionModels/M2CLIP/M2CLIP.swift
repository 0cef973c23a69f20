public import CLIP
public import Torch

/// M2-CLIP: a frozen CLIP with TED-Adapters in the image tower and text adapters in the text tower, trained for four
/// tasks at once.
///
///     c = image tower with TED-Adapters,       m = mean over t of c_t
///     F = temporal adapter(ln_post(c) proj),   v = mean over t of F_t
///     class logits = W · dropout(ln_post(m))
///
/// One more text block looks from (masked) texts at frames; it works in training only.
/// Source: Wang et al., "M2-CLIP: A Multimodal, Multi-task Adapting Framework for Video Action Recognition" (AAAI
/// 2024); sallymmx/m2clip `models_adapter.py`.
public struct M2CLIP: Sendable {
    /// The sizes and choices.
    public let configuration: M2CLIPConfiguration
    /// The image tower with its TED-Adapters.
    public let visual: ImageTower
    /// The text encoder with its text adapters.
    public let textEncoder: TextTower
    /// The text block whose keys and values are frames.
    public let crossModalBlock: ResidualAttentionBlock
    /// Names masked words.
    public let wordHead: CrossModalMLMHead
    /// The logarithm of the scale of similarities in the contrastive task, one number, frozen.
    public let logitScale: Tensor
    let temporalAdapter: TemporalAdapter?
    let classHead: Linear

    /// Declares the model's parameters under the reference's names.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the sizes and choices, validated.
    public init(_ scope: Scope, _ configuration: M2CLIPConfiguration) {
        self.configuration = configuration
        let clip = configuration.clip, textWidth = clip.text.blocks.width
        logitScale = scope.parameter("logit_scale", shape: [], initial: .constant(2.6592600369327783))  // ln(1 / 0.07)
        visual = ImageTower(scope / "visual", clip, additions: configuration.visionAdditions)
        temporalAdapter =
            configuration.hasTemporalAdapter
            ? TemporalAdapter(scope / "visual" / "t_adapter", width: clip.embedDim) : nil
        classHead = Linear(scope / "visual" / "adapter_fc", clip.vision.blocks.width, configuration.classes)
        textEncoder = TextTower(scope, clip, additions: configuration.textAdditions)
        let last = clip.text.blocks.layers
        crossModalBlock = ResidualAttentionBlock(
            scope / "transformer" / "resblocks" / last, configuration.textBlocks, block: last,
            style: BlockStyle(activation: clip.activation, layerNormEps: clip.layerNormEps, initial: .widthAndDepth),
            additions: configuration.textAdditions)
        wordHead = CrossModalMLMHead(scope / "mlm_adapter", width: textWidth, words: configuration.labelWords)
    }

    /// Encodes clips.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`, T as configured: the adapters would mix clips of another length.
    ///   - training: whether to drop before the class head.
    /// - Returns: frame features and class logits.
    public func encodeVideo(_ clips: Tensor, training: Bool = false) -> VideoFeatures {
        checkClips(clips, frames: configuration.frames, "M2CLIP")
        let (b, t) = (clips.shape[0], clips.shape[1])
        let tokens = visual.transformer.classTokens(of: clips.reshaped([b * t] + clips.shape[2...]))  // [B T, C]
        return video(ofClassTokens: tokens.reshaped(b, t, -1), training: training)
    }

    /// What the class tokens of frames `[B, T, C]` say of their clips.
    func video(ofClassTokens tokens: Tensor, training: Bool = false) -> VideoFeatures {
        let (b, t, c) = (tokens.shape[0], tokens.shape[1], tokens.shape[2])
        let frames = visual.projected(tokens.reshaped(b * t, c)).reshaped(b, t, -1)  // [B, T, E]
        let mean = visual.outputNorm(tokens.mean(1))  // [B, C], the mean before the norm
        return VideoFeatures(
            frames: temporalAdapter?(frames) ?? frames,
            classLogits: classHead(mean.dropout(training ? configuration.classDropout : 0)))
    }

    /// Encodes texts.
    ///
    /// - Parameter tokens: integer ids `[B, N]`, N at most the context length.
    /// - Returns: the last block's tokens and the features.
    public func encodeText(_ tokens: Tensor) -> TextFeatures {
        let states = textEncoder.transformer(textEncoder.embed(tokens), isCausal: true)  // [B, N, W]
        return TextFeatures(states: states, pooled: textEncoder.pooled(states, tokens))
    }

    /// Lets texts look at the frames of their clips, without any mask.
    ///
    /// - Parameters:
    ///   - states: the text encoder's tokens, not normalised, `[B, N, W]`.
    ///   - frames: frame features, not normalised, `[B, T, E]` with E = W.
    /// - Returns: tokens normalised by the text encoder's last norm, `[B, N, W]`.
    public func crossModalStates(_ states: Tensor, over frames: Tensor) -> Tensor {
        textEncoder.finalNorm(crossModalBlock(states, over: frames))
    }
}

extension M2CLIP: ActionModel {
    /// The number of frames of a clip.
    public var frames: Int? { configuration.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { configuration.clip.vision }
    /// The text encoder with its adapters.
    public var text: TextTower? { textEncoder }
    /// Cosines times 100, whatever `logit_scale` says, and the mean over templates of probabilities.
    public var textScoring: TextScoring? {
        TextScoring(scale: Self.similarityScale, ensemble: .probabilities, templates: configuration.templates)
    }
    /// The number of classes of the class head.
    public var classes: Int? { configuration.classes }

    /// What similarities are multiplied by when scores of classes are wanted.
    static let similarityScale = 100.0

    /// Encodes clips without dropout.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the mean of frame features, and the class head's logits.
    public func features(of clips: Tensor) -> ClipFeatures {
        let video = encodeVideo(clips)
        return ClipFeatures(embedding: video.pooled, classLogits: video.classLogits)
    }
}
