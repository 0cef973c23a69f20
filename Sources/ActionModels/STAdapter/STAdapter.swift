public import CLIP
public import Torch

/// A frozen CLIP image tower with spatio-temporal adapters, and a class head.
///
///     x = tower with adapters(frames),   logits = W · dropout(ln_post(mean over t of class token(x_t))) + b
///
/// The mean comes before the norm. The head reads class tokens only and adapters change patches only, so the adapter
/// before the last block's feed-forward part has no effect and a gradient of zero, as in the released models.
/// Source: ST-Adapter (NeurIPS 2022); `models_adapter.py`, `VisionTransformer`.
public struct STAdapter: ActionModel {
    /// The model's sizes and options.
    public let configuration: STAdapterConfiguration
    /// The image tower with the adapters on its blocks.
    public let tower: VisionTransformer
    let norm: LayerNorm
    let head: Linear

    /// Declares CLIP's image tower at the root, the adapters within its blocks, `ln_post` and `fc`.
    ///
    /// - Parameters:
    ///   - scope: the model's place; the root in the released checkpoints.
    ///   - configuration: the sizes, validated.
    public init(_ scope: Scope, _ configuration: STAdapterConfiguration) {
        self.configuration = configuration
        let eps = configuration.layerNormEps, width = configuration.vision.blocks.width
        tower = VisionTransformer(
            scope, configuration.vision, style: BlockStyle(activation: configuration.activation, layerNormEps: eps),
            additions: TowerAdditions { Self.adapters($0, $1, configuration) })
        norm = LayerNorm(scope / "ln_post", width, eps: eps)
        head = Linear(scope / "fc", width, configuration.classes, initial: .normal(0.02))
    }

    /// Classifies clips.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - training: whether to drop before the head.
    /// - Returns: logits `[B, K]`.
    public func callAsFunction(_ clips: Tensor, training: Bool = false) -> Tensor {
        logits(of: tower(merged(clips)), training: training)
    }

    /// Encodes clips and keeps what happens inside every block.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the blocks' inner values, rows as in ``StreamAdapter``, and the logits `[B, K]`.
    public func trace(_ clips: Tensor) -> (blocks: [BlockTrace], logits: Tensor) {
        let blocks = tower.trace(merged(clips), last: tower.sizes.blocks.layers)
        return (blocks, logits(of: blocks.last?.output ?? tower(merged(clips))))
    }

    private func merged(_ clips: Tensor) -> Tensor {
        checkClips(clips, frames: configuration.frames, "STAdapter")
        return clips.reshaped([-1] + clips.shape[2...])  // [B T, 3, H, W]
    }

    private func logits(of tokens: Tensor, training: Bool = false) -> Tensor {
        let frames = tokens.select(1, 0).reshaped(-1, configuration.frames, tokens.shape[2])  // [B, T, D]
        return logits(ofClassTokens: frames, training: training)
    }

    /// Classifies clips by the class tokens of their frames, `[B, T, D]`.
    func logits(ofClassTokens frames: Tensor, training: Bool = false) -> Tensor {
        head(norm(frames.mean(1)).dropout(training ? configuration.dropout : 0))  // [B, K]
    }

    private static func adapters(
        _ scope: Scope, _ block: Int, _ configuration: STAdapterConfiguration
    ) -> BlockAdapters {
        guard configuration.adaptedBlocks.contains(block) else { return BlockAdapters() }
        let placement = configuration.placement
        return BlockAdapters(
            beforeAttention: placement.isBeforeAttention
                ? SpatioTemporalAdapter(scope / "adapter_pre_attn", configuration) : nil,
            beforeMLP: placement.isBeforeMLP
                ? SpatioTemporalAdapter(scope / "adapter_pre_mlp", configuration) : nil)
    }
}

extension STAdapter {
    /// The number of frames of a clip.
    public var frames: Int? { configuration.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { configuration.vision }
    /// There is no text tower.
    public var text: TextTower? { nil }
    /// There are no texts to score.
    public var textScoring: TextScoring? { nil }
    /// The number of trained classes.
    public var classes: Int? { configuration.classes }

    /// Encodes clips without dropout.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the logits of the trained classes.
    public func features(of clips: Tensor) -> ClipFeatures { ClipFeatures(classLogits: self(clips)) }
}
