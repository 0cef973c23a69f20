/// How deep a parameter lies in a transformer, for learning rates that fall towards the input.
///
///     distance = layers + 1 - depth        depth 0: embeddings; i + 1: block i; layers + 1: what comes after
///
/// Source: BEiT `optim_factory.py`, `get_num_layer_for_vit`.
public struct LayerDepth: Codable, Sendable, Equatable {
    /// The place of the blocks: a parameter of block i is named `blocks`, `.i.` and more.
    public var blocks: String
    /// The number of blocks.
    public var layers: Int
    /// The beginnings of the names of what comes before the blocks.
    public var embeddings: [String]

    /// Describes a transformer.
    ///
    /// - Parameters:
    ///   - blocks: the place of the blocks, for example `visual.transformer.resblocks`.
    ///   - layers: the number of blocks.
    ///   - embeddings: what comes before the blocks, whole components of names, for example `visual.conv1`.
    public init(blocks: String, layers: Int, embeddings: [String]) {
        self.blocks = blocks
        self.layers = layers
        self.embeddings = embeddings
    }

    /// CLIP's image tower.
    ///
    /// - Parameters:
    ///   - layers: the number of blocks.
    ///   - prefix: the tower's place with its last dot, `visual.` in CLIP's own checkpoints.
    /// - Returns: its depths.
    public static func imageTower(layers: Int, prefix: String = "visual.") -> LayerDepth {
        LayerDepth(
            blocks: prefix + "transformer.resblocks", layers: layers,
            embeddings: ["conv1", "class_embedding", "positional_embedding", "ln_pre"].map { prefix + $0 })
    }

    /// CLIP's text tower.
    ///
    /// - Parameters:
    ///   - layers: the number of blocks.
    ///   - prefix: the tower's place with its last dot, nothing in CLIP's own checkpoints.
    /// - Returns: its depths.
    public static func textTower(layers: Int, prefix: String = "") -> LayerDepth {
        LayerDepth(
            blocks: prefix + "transformer.resblocks", layers: layers,
            embeddings: ["token_embedding", "positional_embedding"].map { prefix + $0 })
    }

    /// How many layers lie between a parameter and the output.
    ///
    /// - Parameter name: the parameter's name.
    /// - Returns: 0 for all that comes after the blocks or belongs elsewhere, `layers + 1` for embeddings.
    public func distance(of name: String) -> Int {
        if embeddings.contains(where: { name == $0 || name.hasPrefix($0 + ".") }) { return layers + 1 }
        guard name.hasPrefix(blocks + "."), let block = Int(name.dropFirst(blocks.count + 1).prefix { $0 != "." }),
            (0..<layers).contains(block)
        else { return 0 }
        return layers - block
    }
}
