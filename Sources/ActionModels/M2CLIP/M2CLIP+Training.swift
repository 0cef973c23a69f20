public import Torch

extension M2CLIP {
    /// What one training step of M2-CLIP reads.
    ///
    /// Source: M2-CLIP `main.py`, training step.
    public struct Batch: Sendable {
        /// Normalised RGB `[B, T, 3, H, W]`.
        public let clips: Tensor
        /// The sentence of each clip's own class, masked or not, `[B, N]`.
        public let texts: Tensor
        /// The same sentences for the contrastive task, where it shall not read masked words; nil means `texts`, as in the
        /// released code.
        public let contrastiveTexts: Tensor?
        /// Features of every class's sentence, not normalised, `[K, E]`: from a ``ClassPromptCache``, or from
        /// ``M2CLIP/encodeText(_:)``.
        public let classTexts: Tensor

        /// Makes a batch.
        ///
        /// - Parameters:
        ///   - clips: normalised RGB `[B, T, 3, H, W]`.
        ///   - texts: the sentence of each clip's own class, masked or not, `[B, N]`.
        ///   - contrastiveTexts: the same sentences for the contrastive task; nil means `texts`.
        ///   - classTexts: features of every class's sentence `[K, E]`.
        public init(clips: Tensor, texts: Tensor, contrastiveTexts: Tensor? = nil, classTexts: Tensor) {
            self.clips = clips
            self.texts = texts
            self.contrastiveTexts = contrastiveTexts
            self.classTexts = classTexts
        }
    }

    /// What the losses of M2-CLIP are computed from.
    ///
    /// Source: M2-CLIP `main.py`, training step; `models_adapter.py`.
    public struct Outputs: Sendable {
        /// What is known of the clips.
        public let video: VideoFeatures
        /// What is known of the texts of the contrastive task.
        public let texts: TextFeatures
        /// Contrastive: `exp(logitScale)` times the cosines of clips (rows) and their texts, `[B, B]`.
        public let pairLogits: Tensor
        /// Cross-modal classification: 100 times the cosines of clips and classes, `[B, K]`.
        public let similarities: Tensor
        /// Cross-modal masked language modelling: logits of the label words at every position, `[B, N, Q]`.
        public let wordLogits: Tensor

        /// Visual classification: logits of the class head, `[B, K]`.
        public var classLogits: Tensor { video.classLogits }
    }

    /// Computes what the losses of one step need.
    ///
    /// - Parameters:
    ///   - batch: clips and texts.
    ///   - training: whether to drop before the class head.
    /// - Returns: the logits of all four tasks.
    public func outputs(of batch: Batch, training: Bool = true) -> Outputs {
        let video = encodeVideo(batch.clips, training: training)
        let words = encodeText(batch.texts)
        let texts = batch.contrastiveTexts.map(encodeText) ?? words
        let unit = video.pooled.normalized()  // [B, E]
        return Outputs(
            video: video, texts: texts, pairLogits: pairLogits(videos: video.pooled, texts: texts.pooled),
            similarities: unit.matmul(batch.classTexts.normalized().transposed()) * Self.similarityScale,
            wordLogits: wordHead(crossModalStates(words.states, over: video.frames)))
    }

    /// The logits of the contrastive task.
    ///
    ///     exp(logitScale) cos(v, t)
    ///
    /// - Parameters:
    ///   - videos: features `[B, E]`, not normalised.
    ///   - texts: features of texts `[B, E]`, not normalised.
    /// - Returns: clips in rows, `[B, B]`.
    public func pairLogits(videos: Tensor, texts: Tensor) -> Tensor {
        videos.normalized().matmul(texts.normalized().transposed()) * logitScale.exp
    }
}
