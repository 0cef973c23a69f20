public import CLIP

/// How the frames of a clip see each other inside the image tower.
public enum TemporalModelling: String, Codable, Sendable, CaseIterable {
    /// Not at all: every frame is encoded on its own, so that overlapping windows of a stream can share frames.
    case none
    /// Some channels of the patches come from the neighbouring frames: ActionCLIP's `tsm`, ``TemporalShift``.
    case shift
    /// All patches of a clip are one sequence: ActionCLIP's `joint`, ``JointSpaceTime``.
    case joint
}

/// The sizes and choices of an ActionCLIP model.
///
/// Source: ActionCLIP `configs/k400/k400_train.yaml`, `clip/model.py`, `modules/Visual_Prompt.py`.
public struct ActionCLIPConfiguration: Codable, Sendable, Equatable {
    /// The CLIP model that is adapted.
    public var clip: CLIPConfiguration
    /// The number of frames T of a clip; ActionCLIP's `num_segments`.
    public var frames: Int
    /// What makes one video feature of the frames' features; ActionCLIP's `sim_header`.
    public var aggregator: AggregatorConfiguration
    /// How frames see each other inside the image tower.
    public var temporal: TemporalModelling
    /// The rate of the last block's dropping while training, growing linearly from 0; ActionCLIP's `drop_out`.
    ///
    /// Block i of both towers gets the i-th of evenly spaced rates, one for each image block, for its attention weights
    /// and for its branches.
    public var dropout: Double
    /// The rate of dropping embedded patches and tokens while training; ActionCLIP's `emb_dropout`.
    public var embeddingDropout: Double
    /// How two views become one answer, where the aggregator has a ``TokenView``; nil means the mean of probabilities.
    public var fusion: ViewFusion?

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - clip: the CLIP model that is adapted.
    ///   - frames: the number of frames of a clip.
    ///   - aggregator: what makes one feature of many; nil means the reference's `Transf` for this CLIP.
    ///   - temporal: how frames see each other inside the image tower.
    public init(
        clip: CLIPConfiguration, frames: Int = 8, aggregator: AggregatorConfiguration? = nil,
        temporal: TemporalModelling = .none
    ) {
        self.clip = clip
        self.frames = frames
        self.aggregator = aggregator ?? AggregatorConfiguration(.transformer, clip: clip)
        self.temporal = temporal
        dropout = 0
        embeddingDropout = 0
    }

    /// The second head; nil for one.
    public var token: TokenView? {
        guard case .transformer(let sizes) = aggregator else { return nil }
        return sizes.token
    }

    /// Whether a frame's feature depends on that frame alone.
    public var isFrameWise: Bool { temporal == .none }

    /// Whether training changes a parameter: ActionCLIP trains everything.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: true.
    public static func isTrained(_ name: String) -> Bool { true }

    /// How pictures become the model's input in tests: the shorter side is 8/7 of the crop.
    ///
    /// Source: ActionCLIP `datasets/transforms_ss.py` and `test.py`, `scale_size = input_size * 256 // 224`.
    public var preprocessing: Preprocessing {
        var preprocessing = Preprocessing(imageSize: clip.vision.imageSize)
        preprocessing.shortSide = clip.vision.imageSize * 256 / 224
        return preprocessing
    }

    /// The rates of dropping in the blocks of a tower of this depth; empty where nothing is dropped.
    func dropRates(layers: Int) -> [Double] {
        let steps = max(clip.vision.blocks.layers - 1, 1)
        return dropout == 0 ? [] : (0..<layers).map { dropout * Double($0) / Double(steps) }
    }
}
