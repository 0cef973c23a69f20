/// The feed-forward part's activation.
public enum Activation: String, Codable, Sendable, CaseIterable {
    /// `x * sigmoid(1.702 x)`: OpenAI's weights, and those of open_clip whose name ends in `-quickgelu`.
    case quickGELU = "quick_gelu"
    /// The exact GELU: TinyCLIP and most of open_clip's weights.
    case gelu
}

/// The sizes of a stack of transformer blocks, which may differ from block to block in pruned models.
public struct TransformerConfiguration: Codable, Sendable, Equatable {
    /// The width D of the residual stream.
    public var width: Int
    /// The width of one attention head.
    public var headWidth: Int
    /// The number of heads of each block; a block with 0 has no attention and no `ln_1`.
    public var heads: [Int]
    /// The inner width of each block's feed-forward part; may be 0.
    public var mlpWidths: [Int]

    enum CodingKeys: String, CodingKey { case width, headWidth, heads, mlpWidths }

    /// The number of blocks.
    public var layers: Int { heads.count }

    /// Makes sizes that may differ from block to block.
    ///
    /// - Parameters:
    ///   - width: the width D of the residual stream.
    ///   - headWidth: the width of one attention head.
    ///   - heads: the number of heads of each block.
    ///   - mlpWidths: the inner width of each block's feed-forward part.
    public init(width: Int, headWidth: Int, heads: [Int], mlpWidths: [Int]) {
        self.width = width
        self.headWidth = headWidth
        self.heads = heads
        self.mlpWidths = mlpWidths
    }

    /// Makes equal blocks, as all CLIP models have that are not pruned.
    ///
    /// - Parameters:
    ///   - width: the width D.
    ///   - layers: the number of blocks.
    ///   - heads: the number of heads, a divisor of the width.
    ///   - mlpWidth: the inner width of the feed-forward part; nil means four times the width.
    public init(width: Int, layers: Int, heads: Int, mlpWidth: Int? = nil) {
        self.init(
            width: width, headWidth: heads > 0 ? width / heads : 0, heads: Array(repeating: heads, count: layers),
            mlpWidths: Array(repeating: mlpWidth ?? 4 * width, count: layers))
    }
}

/// Which position of the text gives its feature.
public enum TextPooling: Codable, Sendable, Equatable {
    /// The first position of the largest id, which is the end token in CLIP's vocabulary.
    case largestToken
    /// The first position of this id.
    case firstToken(Int)
}

/// The image tower's sizes.
public struct VisionConfiguration: Codable, Sendable, Equatable {
    /// The side of the square input picture in pixels, or its width where there is an ``imageHeight``.
    public var imageSize: Int
    /// The height of the input picture in pixels; nil means a square.
    public var imageHeight: Int?
    /// The side of a patch in pixels.
    public var patchSize: Int
    /// The blocks.
    public var blocks: TransformerConfiguration

    /// The number of patches along a side of a square picture.
    public var grid: Int { imageSize / patchSize }
    /// The number of rows of patches.
    public var gridRows: Int { (imageHeight ?? imageSize) / patchSize }
    /// The number of columns of patches.
    public var gridColumns: Int { imageSize / patchSize }
    /// The number of patches.
    public var patches: Int { gridRows * gridColumns }
    /// The number of tokens: the class token and one a patch.
    public var tokens: Int { patches + 1 }
    /// Whether the input picture is a square.
    public var isSquare: Bool { imageSize == imageHeight ?? imageSize }

    /// Makes the image tower's sizes.
    ///
    /// - Parameters:
    ///   - imageSize: the side of the input picture in pixels; its width where a height is given.
    ///   - imageHeight: the height of the input picture in pixels; nil means a square.
    ///   - patchSize: the side of a patch in pixels.
    ///   - blocks: the blocks.
    public init(imageSize: Int, imageHeight: Int? = nil, patchSize: Int, blocks: TransformerConfiguration) {
        self.imageSize = imageSize
        self.imageHeight = imageHeight
        self.patchSize = patchSize
        self.blocks = blocks
    }
}

/// The text tower's sizes.
public struct TextConfiguration: Codable, Sendable, Equatable {
    /// The number of token positions.
    public var contextLength: Int
    /// The number of token ids.
    public var vocabularySize: Int
    /// The blocks.
    public var blocks: TransformerConfiguration
    /// Which position gives the feature.
    public var pooling: TextPooling

    /// Makes the text tower's sizes.
    ///
    /// - Parameters:
    ///   - contextLength: the number of token positions.
    ///   - vocabularySize: the number of token ids.
    ///   - blocks: the blocks.
    ///   - pooling: which position gives the feature.
    public init(
        contextLength: Int, vocabularySize: Int, blocks: TransformerConfiguration, pooling: TextPooling = .largestToken
    ) {
        self.contextLength = contextLength
        self.vocabularySize = vocabularySize
        self.blocks = blocks
        self.pooling = pooling
    }
}

/// The architecture of a CLIP model of the ViT family.
public struct CLIPConfiguration: Codable, Sendable, Equatable {
    /// The width E of the common space of pictures and texts.
    public var embedDim: Int
    /// The image tower.
    public var vision: VisionConfiguration
    /// The text tower.
    public var text: TextConfiguration
    /// The activation of both towers; weights do not tell it.
    public var activation: Activation
    /// Added to the variance in every layer norm.
    public var layerNormEps: Double

    /// Makes an architecture.
    ///
    /// - Parameters:
    ///   - embedDim: the width E of the common space.
    ///   - vision: the image tower.
    ///   - text: the text tower.
    ///   - activation: the activation of both towers.
    ///   - layerNormEps: added to the variance in every layer norm.
    public init(
        embedDim: Int, vision: VisionConfiguration, text: TextConfiguration, activation: Activation,
        layerNormEps: Double = 1e-5
    ) {
        self.embedDim = embedDim
        self.vision = vision
        self.text = text
        self.activation = activation
        self.layerNormEps = layerNormEps
    }

    /// OpenAI's ViT-B/32: 224 pixels, patches of 32, 12 blocks of width 768.
    public static let vitB32 = openAI(patch: 32, width: 768, layers: 12, embedDim: 512, textWidth: 512)
    /// OpenAI's ViT-B/16: 224 pixels, patches of 16, 12 blocks of width 768.
    public static let vitB16 = openAI(patch: 16, width: 768, layers: 12, embedDim: 512, textWidth: 512)
    /// OpenAI's ViT-L/14: 224 pixels, patches of 14, 24 blocks of width 1024.
    public static let vitL14 = openAI(patch: 14, width: 1024, layers: 24, embedDim: 768, textWidth: 768)
    /// OpenAI's ViT-L/14@336px: 336 pixels, patches of 14, 24 blocks of width 1024.
    public static let vitL14At336 = openAI(
        image: 336, patch: 14, width: 1024, layers: 24, embedDim: 768, textWidth: 768)

    private static func openAI(
        image: Int = 224, patch: Int, width: Int, layers: Int, embedDim: Int, textWidth: Int
    ) -> CLIPConfiguration {
        CLIPConfiguration(
            embedDim: embedDim,
            vision: VisionConfiguration(
                imageSize: image, patchSize: patch,
                blocks: TransformerConfiguration(width: width, layers: layers, heads: width / 64)),
            text: TextConfiguration(
                contextLength: 77, vocabularySize: 49408,
                blocks: TransformerConfiguration(width: textWidth, layers: 12, heads: textWidth / 64)),
            activation: .quickGELU)
    }
}
