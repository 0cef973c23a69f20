public import Torch

/// The features of clips as each head of a model reads them.
public struct VideoViews: Sendable {
    /// The frame view v_F, ActionCLIP's own feature, not normalised, `[B, E]`.
    public let frame: Tensor
    /// The token view v_Q, not normalised, `[B, E]`; nil for models with one head.
    public let token: Tensor?

    /// Makes views.
    ///
    /// - Parameters:
    ///   - frame: the frame view `[B, E]`.
    ///   - token: the token view `[B, E]`.
    public init(frame: Tensor, token: Tensor? = nil) {
        self.frame = frame
        self.token = token
    }

    /// What is kept of clips before labels matter.
    public var features: ClipFeatures { ClipFeatures(embedding: frame, token: token) }

    func to(dtype: DType) -> VideoViews { VideoViews(frame: frame.to(dtype: dtype), token: token?.to(dtype: dtype)) }
}

/// The features of the frames of clips before the aggregator gathers them.
public struct FrameEncoding: Sendable {
    /// Of the frames' class tokens, not normalised, `[B, T, E]`.
    public let frames: Tensor
    /// Of the tokens beside them, not normalised, `[B, T, E]`; nil without a ``TokenView`` of level spatial.
    public let tokens: Tensor?

    /// Makes an encoding.
    ///
    /// - Parameters:
    ///   - frames: features of class tokens `[B, T, E]`.
    ///   - tokens: features of the tokens beside them `[B, T, E]`.
    public init(frames: Tensor, tokens: Tensor? = nil) {
        self.frames = frames
        self.tokens = tokens
    }

    /// The mean of the frames `[B, E]`: what CLIP itself says of the clips, before any temporal module.
    public var mean: Tensor { frames.mean(1) }
}
