extension CLIPConfiguration {
    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `CLIPError.badConfiguration` for the first number that cannot be.
    public func validate() throws(CLIPError) {
        try check("embed_dim", embedDim, 1...65_536)
        try check("image_size", vision.imageSize, 1...8192)
        try check("patch_size", vision.patchSize, 1...vision.imageSize)
        guard vision.imageSize % vision.patchSize == 0 else {
            throw .badConfiguration(
                "patch_size \(vision.patchSize) does not divide image_size \(vision.imageSize)")
        }
        try check("image tokens", vision.tokens, 2...262_145)
        try check("context_length", text.contextLength, 1...65_536)
        try check("vocab_size", text.vocabularySize, 2...10_000_000)
        try validate("vision", vision.blocks)
        try validate("text", text.blocks)
        if case .firstToken(let id) = text.pooling { try check("eos_token_id", id, 0...(text.vocabularySize - 1)) }
        guard layerNormEps > 0, layerNormEps < 1 else { throw .badConfiguration("layer_norm_eps \(layerNormEps)") }
    }

    private func validate(_ tower: String, _ blocks: TransformerConfiguration) throws(CLIPError) {
        try check("\(tower) width", blocks.width, 1...32_768)
        try check("\(tower) layers", blocks.layers, 0...1024)
        guard blocks.mlpWidths.count == blocks.layers else {
            throw .badConfiguration(
                "\(tower): \(blocks.layers) blocks have heads, \(blocks.mlpWidths.count) have a feed-forward width")
        }
        if blocks.heads.contains(where: { $0 > 0 }) { try check("\(tower) head width", blocks.headWidth, 1...65_536) }
        for (heads, width) in zip(blocks.heads, blocks.mlpWidths) {
            try check("\(tower) heads", heads, 0...4096)
            try check("\(tower) heads times head width", heads * blocks.headWidth, 0...32_768)
            try check("\(tower) feed-forward width", width, 0...262_144)
        }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(CLIPError) {
        guard range.contains(value) else {
            throw .badConfiguration("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
