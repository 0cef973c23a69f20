extension CLIPConfiguration {
    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `CLIPError.badConfiguration` for the first number that cannot be.
    public func validate() throws(CLIPError) {
        try check("embed_dim", embedDim, 1...65_536)
        try vision.validate()
        try check("context_length", text.contextLength, 1...65_536)
        try check("vocab_size", text.vocabularySize, 2...10_000_000)
        try text.blocks.validate("text", tokens: text.contextLength)
        if case .firstToken(let id) = text.pooling { try check("eos_token_id", id, 0...(text.vocabularySize - 1)) }
        try Self.validate(layerNormEps: layerNormEps)
    }

    /// Checks what the norms add to the variance.
    ///
    /// - Parameter layerNormEps: the number.
    /// - Throws: `CLIPError.badConfiguration` if it cannot be.
    package static func validate(layerNormEps: Double) throws(CLIPError) {
        guard layerNormEps > 0, layerNormEps < 1 else { throw .badConfiguration("layer_norm_eps \(layerNormEps)") }
    }
}

extension VisionConfiguration {
    /// The shapes of picture that a model takes.
    public enum PictureShapes: Sendable {
        /// Squares: whatever reads pictures by a ``Preprocessing``, which makes squares.
        case squares
        /// Rectangles too.
        case rectangles
    }

    /// Checks every number before anything is allocated by it.
    ///
    /// - Parameter shapes: the shapes of picture that the model takes.
    /// - Throws: `CLIPError.badConfiguration` for the first number that cannot be.
    public func validate(_ shapes: PictureShapes = .squares) throws(CLIPError) {
        let height = imageHeight ?? imageSize
        try check("image_size", imageSize, 1...8192)
        try check("the image height", height, 1...8192)
        try check("patch_size", patchSize, 1...min(imageSize, height))
        guard imageSize % patchSize == 0, height % patchSize == 0 else {
            throw .badConfiguration(
                "patch_size \(patchSize) does not divide image_size \(imageSize)"
                    + (isSquare ? "" : " or the image height \(height)"))
        }
        guard isSquare || shapes == .rectangles else {
            throw .badConfiguration(
                "pictures \(imageSize) wide and \(height) high; square ones are needed here, "
                    + "so leave the image height out")
        }
        try check("image tokens", tokens, 2...262_145)
        try blocks.validate("vision", tokens: tokens)
    }
}

extension TransformerConfiguration {
    fileprivate func validate(_ tower: String, tokens: Int) throws(CLIPError) {
        try check("\(tower) width", width, 1...32_768)
        try check("\(tower) layers", layers, 0...1024)
        guard mlpWidths.count == layers else {
            throw .badConfiguration(
                "\(tower): \(layers) blocks have heads, \(mlpWidths.count) have a feed-forward width")
        }
        if heads.contains(where: { $0 > 0 }) { try check("\(tower) head width", headWidth, 1...65_536) }
        var work = 0
        for (heads, inner) in zip(heads, mlpWidths) {
            try check("\(tower) heads", heads, 0...4096)
            try check("\(tower) heads times head width", heads * headWidth, 0...32_768)
            try check("\(tower) feed-forward width", inner, 0...262_144)
            let block = Self(width: width, headWidth: headWidth, heads: [heads], mlpWidths: [inner])
            work += ModelCost.macs(block, tokens: tokens)
            try check("\(tower) multiply-accumulate operations", work, 0...1_000_000_000_000_000)
        }
    }
}

private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(CLIPError) {
    guard range.contains(value) else {
        throw .badConfiguration("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
    }
}
