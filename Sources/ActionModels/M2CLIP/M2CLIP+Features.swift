public import Torch

extension M2CLIP {
    /// What M2-CLIP knows of clips.
    public struct VideoFeatures: Sendable {
        /// Frame features behind the temporal adapter, not normalised, `[B, T, E]`.
        public let frames: Tensor
        /// Logits of the class head, `[B, K]`.
        public let classLogits: Tensor
        /// The clips' features in the common space: the mean of frames, not normalised, `[B, E]`.
        public var pooled: Tensor { frames.mean(1) }
    }

    /// What M2-CLIP knows of texts.
    public struct TextFeatures: Sendable {
        /// Tokens behind the last block of the encoder, not normalised, `[B, N, W]`.
        public let states: Tensor
        /// The texts' features in the common space, not normalised, `[B, E]`.
        public let pooled: Tensor
    }
}
