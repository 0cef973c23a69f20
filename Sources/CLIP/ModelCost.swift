/// The size of a model's parts and the work of one pass, computed from its configuration alone.
public struct ModelCost: Sendable, Equatable, Codable {
    /// Parameters of the image tower.
    public let visionParameters: Int
    /// Parameters of the text tower without the token embedding.
    public let textParameters: Int
    /// Parameters of the token embedding.
    public let tokenEmbedding: Int
    /// Multiply-accumulate operations of one picture.
    public let imageMACs: Int
    /// Multiply-accumulate operations of one text, all positions counted.
    public let textMACs: Int

    /// All parameters, the logit scale included.
    public var parameters: Int { visionParameters + textParameters + tokenEmbedding + 1 }

    /// Counts the parts of a model.
    ///
    ///     MAC = (N - 1) W 3P² + Σ over blocks (4 N W h d + 2 N² h d + 2 N W M) + W E
    ///
    /// for N tokens of width W, h heads of width d and an inner width M; 12 N W² + 2 N² W for blocks that are not
    /// pruned. Source: the TinyCLIP table, which the formula reproduces.
    ///
    /// - Parameter configuration: the sizes, validated.
    public init(_ configuration: CLIPConfiguration) {
        let (vision, text, e) = (configuration.vision, configuration.text, configuration.embedDim)
        let w = vision.blocks.width, patch = 3 * vision.patchSize * vision.patchSize
        visionParameters =
            w * patch + w + vision.tokens * w + 4 * w + w * e + Self.parameters(vision.blocks)
        imageMACs = vision.patches * w * patch + Self.macs(vision.blocks, tokens: vision.tokens) + w * e
        let t = text.blocks.width
        tokenEmbedding = text.vocabularySize * t
        textParameters = text.contextLength * t + 2 * t + t * e + Self.parameters(text.blocks)
        textMACs = Self.macs(text.blocks, tokens: text.contextLength) + t * e
    }

    /// The parameters of a stack of blocks.
    package static func parameters(_ blocks: TransformerConfiguration) -> Int {
        zip(blocks.heads, blocks.mlpWidths).reduce(0) { sum, sizes in
            let (w, inner, m) = (blocks.width, sizes.0 * blocks.headWidth, sizes.1)
            let attention = inner == 0 ? 0 : 2 * w + 3 * inner * (w + 1) + w * (inner + 1)
            return sum + attention + 2 * w + m * (w + 1) + w * (m + 1)
        }
    }

    /// The multiply-accumulate operations of a stack of blocks for one sequence.
    package static func macs(_ blocks: TransformerConfiguration, tokens n: Int) -> Int {
        zip(blocks.heads, blocks.mlpWidths).reduce(0) { sum, sizes in
            let (w, inner, m) = (blocks.width, sizes.0 * blocks.headWidth, sizes.1)
            return sum + 4 * n * w * inner + 2 * n * n * inner + 2 * n * w * m
        }
    }
}
