public import CLIP

/// The sizes and options of an EVL model.
///
/// Source: "Frozen CLIP Models are Efficient Video Learners" (ECCV 2022); `main.py` and `scripts` of
/// OpenGVLab/efficient-video-recognition.
public struct EVLConfiguration: Codable, Sendable, Equatable {
    /// What becomes of CLIP's image tower in training.
    public enum Backbone: String, Codable, Sendable, CaseIterable {
        /// It stays as it is and no gradient enters it: the paper's models.
        case frozen
        /// It is trained as well; the reference offers this but fails in it.
        case fineTuned = "fine_tuned"
    }

    /// The query token's first value.
    public enum QueryInitial: String, Codable, Sendable, CaseIterable {
        /// Zeros: the released code.
        case zeros
        /// Normal with deviation 0.02, which the released code defines and never calls.
        case normal
    }

    /// The image tower's sizes.
    public var vision: VisionConfiguration
    /// The tower's activation; the decoder's is always QuickGELU.
    public var activation = Activation.quickGELU
    /// Added to the variance in every layer norm.
    public var layerNormEps = 1e-5
    /// What becomes of the tower in training.
    public var backbone = Backbone.frozen
    /// The number T of frames of a clip.
    public var frames: Int
    /// The number K of classes.
    public var classes: Int
    /// The number M of decoder layers; they read the tower's last M blocks.
    public var decoderLayers: Int
    /// The width D of the decoder's queries, keys and values, all heads together.
    public var decoderWidth: Int
    /// The number of heads of the decoder.
    public var decoderHeads: Int
    /// The inner width of the decoder's feed-forward parts as a multiple of the tower's width.
    public var mlpFactor = 4.0
    /// Whether a convolution over time is added to the tower's tokens.
    public var hasTemporalConvolution = true
    /// Whether a vector for each frame is added to the tower's tokens.
    public var hasTemporalPositions = true
    /// Whether the attention between neighbouring frames is added to the tower's tokens.
    public var hasTemporalCrossAttention = true
    /// The query token's first value.
    public var queryInitial = QueryInitial.zeros
    /// The rate of dropping inside the decoder's feed-forward parts while training.
    public var mlpDropout = 0.5
    /// The rate of dropping before the class head while training.
    public var headDropout = 0.5

    /// Makes the released settings for a tower: four decoder layers of the tower's width, heads of 64.
    ///
    /// - Parameters:
    ///   - vision: the image tower's sizes.
    ///   - frames: the number of frames of a clip.
    ///   - classes: the number of classes.
    public init(vision: VisionConfiguration, frames: Int = 8, classes: Int = 400) {
        self.vision = vision
        self.frames = frames
        self.classes = classes
        decoderLayers = min(4, vision.blocks.layers)
        decoderWidth = vision.blocks.width
        decoderHeads = max(1, vision.blocks.width / 64)
    }

    /// The inner width of the decoder's feed-forward parts.
    public var mlpWidth: Int { Int((mlpFactor * Double(vision.blocks.width)).rounded(.toNearestOrEven)) }

    /// Whether training changes a parameter: all but the tower's, which only fine-tuning changes.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: false for the tensors of a frozen tower.
    public func isTrained(_ name: String) -> Bool { backbone == .fineTuned || !name.hasPrefix("backbone.") }
}
