public import CLIP
public import Torch

/// What a model knows of clips before labels matter; it can be kept and scored against any labels later.
public struct ClipFeatures: Sendable {
    /// Features in the common space with texts, not normalised, `[B, E]`; nil for models without such a space.
    public let embedding: Tensor?
    /// The second view of models with two heads, in the same space, not normalised, `[B, E]`; nil for all others.
    public let token: Tensor?
    /// Logits of the classes that the model was trained on, `[B, K]`; nil for models without such a head.
    public let classLogits: Tensor?

    /// Makes the features of clips.
    ///
    /// - Parameters:
    ///   - embedding: features in the common space, not normalised, `[B, E]`.
    ///   - token: the second view of models with two heads `[B, E]`.
    ///   - classLogits: logits of the trained classes `[B, K]`.
    public init(embedding: Tensor? = nil, token: Tensor? = nil, classLogits: Tensor? = nil) {
        self.embedding = embedding
        self.token = token
        self.classLogits = classLogits
    }
}

/// A model that recognises actions in clips: what all methods have in common when they are used.
///
/// Training goes through the concrete types, which know more. All work belongs on the LibTorch thread.
public protocol ActionModel: Sendable {
    /// The number of frames T that a clip must have; nil where any number does.
    var frames: Int? { get }
    /// The image tower's sizes.
    var vision: VisionConfiguration { get }
    /// The text tower; nil for models that know nothing but their trained classes.
    var text: TextTower? { get }
    /// How features become probabilities of label texts; nil for models without a text tower.
    var textScoring: TextScoring? { get }
    /// The number of trained classes K; nil for models without such a head.
    var classes: Int? { get }
    /// The model as one that encodes frames one by one; nil where the frames of a clip see each other in the tower.
    var frameWise: (any FrameWiseModel)? { get }
    /// The model at work on a stream; exact, and sharing what windows have in common as far as the method allows.
    var streaming: any StreamingModel { get }
    /// The model on a stream by a bounded memory of the past, not exact; nil where that is no use or no way.
    var causalStreaming: (any StreamingModel)? { get }

    /// Encodes clips without dropout.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the clips' features.
    func features(of clips: Tensor) -> ClipFeatures
}

/// A model that encodes frames one by one, so that overlapping windows of a stream can share them, exactly.
public protocol FrameWiseModel: ActionModel {
    /// The tower whose features are all that ``encode(frames:)`` gives; nil where it gives more.
    var imageTower: ImageTower? { get }

    /// Encodes pictures.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: features `[N, E]`, not normalised.
    func encode(frames: Tensor) -> Tensor

    /// Gathers the features of frames.
    ///
    /// - Parameter frames: `[B, T, E]` in the order of time.
    /// - Returns: the clips' features.
    func features(ofFrames frames: Tensor) -> ClipFeatures
}

extension ActionModel {
    /// Frames see each other, unless a type says otherwise.
    public var frameWise: (any FrameWiseModel)? { nil }
    /// There is none, unless a type says otherwise.
    public var causalStreaming: (any StreamingModel)? { nil }
}

extension FrameWiseModel {
    /// The model itself.
    public var frameWise: (any FrameWiseModel)? { self }

    /// Encodes clips: frame by frame, then gathered.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the clips' features.
    public func features(of clips: Tensor) -> ClipFeatures {
        let (b, t) = (clips.shape[0], clips.shape[1])
        let encoded = encode(frames: clips.reshaped([b * t] + clips.shape[2...]))  // [B T, E]
        return features(ofFrames: encoded.reshaped(b, t, -1))
    }
}
