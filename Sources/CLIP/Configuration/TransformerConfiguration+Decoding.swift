extension TransformerConfiguration {
    /// The keys of a stack of equal blocks.
    private enum UniformKeys: String, CodingKey { case width, layers, heads, mlpWidth }

    /// Decodes sizes: a list for each block as they are encoded, or one number for all blocks and `layers`.
    ///
    /// The short form is `width`, `layers`, `heads` and `mlpWidth`; heads then share the width.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` for missing or impossible numbers.
    public init(from decoder: any Decoder) throws {
        let uniform = try decoder.container(keyedBy: UniformKeys.self)
        guard uniform.contains(.layers) else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                width: try container.decode(Int.self, forKey: .width),
                headWidth: try container.decode(Int.self, forKey: .headWidth),
                heads: try container.decode([Int].self, forKey: .heads),
                mlpWidths: try container.decode([Int].self, forKey: .mlpWidths))
            return
        }
        let width = try uniform.decode(Int.self, forKey: .width)
        let layers = try uniform.decode(Int.self, forKey: .layers)
        let heads = try uniform.decode(Int.self, forKey: .heads)
        guard (0...1024).contains(layers) else {
            throw DecodingError.dataCorruptedError(
                forKey: .layers, in: uniform, debugDescription: "\(layers) blocks; 0 to 1024 are possible")
        }
        guard heads > 0, width > 0, width % heads == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .heads, in: uniform, debugDescription: "\(heads) heads do not divide the width \(width)")
        }
        self.init(
            width: width, layers: layers, heads: heads, mlpWidth: try uniform.decode(Int.self, forKey: .mlpWidth))
    }
}
