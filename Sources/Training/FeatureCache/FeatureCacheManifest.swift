public import ActionModels
public import CLIP
public import Torch

/// What the kept features of a folder have in common: the file `manifest.json`.
///
/// Features are used only if every field is what the model at hand needs.
public struct FeatureCacheManifest: Codable, Sendable, Equatable {
    /// How numbers are kept.
    public enum Storage: String, Codable, Sendable, CaseIterable {
        /// As they are.
        case float32
        /// Half the size; relative error up to 2⁻¹¹.
        case float16
        /// A quarter of the size: `round(127 x / s)` and the largest magnitude s of each last axis as float32; error up
        /// to s / 254.
        case int8
    }

    /// The name of the format.
    public static let formatName = "verb-features"

    /// The name of the format, ``formatName``.
    public private(set) var format = formatName
    /// The version of the format.
    public private(set) var version = 1
    /// The tower's weights, from ``WeightDigest``.
    public let backbone: String
    /// The element type that the tower computed in, whatever its features are kept as.
    public var computation = DType.float32
    /// The tower's activation.
    public let activation: Activation
    /// Added to the variance in the tower's norms.
    public let layerNormEps: Double
    /// How pictures become input.
    public let preprocessing: Preprocessing
    /// How numbers are kept.
    public let storage: Storage
    /// What is kept of the tower's attention.
    public let form: EVLFeatures.Form
    /// The number of tokens of a frame.
    public let tokens: Int
    /// The number of columns of a frame's patches.
    public let gridColumns: Int
    /// The tower's width.
    public let width: Int
    /// The width of one of the tower's heads.
    public let headWidth: Int
    /// The heads of the tower's last blocks, one number for each that is kept.
    public let heads: [Int]

    /// Describes the features that a model's decoder reads; the tower computes in float32 until told otherwise.
    ///
    /// - Parameters:
    ///   - configuration: the model's sizes.
    ///   - backbone: the digest of the tower's weights.
    ///   - preprocessing: how pictures become input.
    ///   - form: what is kept of the tower's attention.
    ///   - storage: how numbers are kept.
    public init(
        _ configuration: EVLConfiguration, backbone: String, preprocessing: Preprocessing, form: EVLFeatures.Form,
        storage: Storage = .float16
    ) {
        self.backbone = backbone
        self.preprocessing = preprocessing
        self.form = form
        self.storage = storage
        (activation, layerNormEps) = (configuration.activation, configuration.layerNormEps)
        tokens = configuration.vision.tokens
        gridColumns = configuration.vision.gridColumns
        width = configuration.vision.blocks.width
        headWidth = configuration.vision.blocks.headWidth
        heads = Array(configuration.vision.blocks.heads.suffix(configuration.decoderLayers))
    }

    /// The names of the fields in which another manifest differs.
    func differences(from other: FeatureCacheManifest) -> [String] {
        [
            ("backbone", backbone == other.backbone), ("computation", computation == other.computation),
            ("activation", activation == other.activation), ("layerNormEps", layerNormEps == other.layerNormEps),
            ("preprocessing", preprocessing == other.preprocessing),
            ("storage", storage == other.storage), ("form", form == other.form), ("tokens", tokens == other.tokens),
            ("gridColumns", gridColumns == other.gridColumns), ("width", width == other.width),
            ("headWidth", headWidth == other.headWidth),
            ("heads", heads == other.heads),
        ].filter { !$0.1 }.map(\.0)
    }

    /// The shapes of one layer's tensors for a view of some frames, by name.
    func shapes(layer: Int, frames t: Int) -> [String: [Int]] {
        let patches = tokens - 1
        var shapes = ["stream": [t, tokens, width]]
        switch form {
        case .streams: break
        case .projections:
            for name in ["queries", "keys"] { shapes[name] = [t, tokens, heads[layer], headWidth] }
        case .maps:
            for name in ["previous", "next"] { shapes[name] = [t - 1, patches, patches] }
        }
        return shapes
    }
}
