internal import CLIP

extension ActionCLIPConfiguration {
    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `ActionModelError.badConfiguration` for the first number or choice that cannot be, `.clip` for those
    ///   of the CLIP model.
    public func validate() throws(ActionModelError) {
        do { try clip.validate() } catch { throw .clip(error) }
        try check("frames", frames, 1...1024)
        try check("dropout", dropping: dropout)
        try check("embeddingDropout", dropping: embeddingDropout)
        guard dropout == 0 || clip.text.blocks.layers <= clip.vision.blocks.layers else {
            throw .badConfiguration(
                "dropout \(dropout): its rates are made for the \(clip.vision.blocks.layers) image blocks, but there are "
                    + "\(clip.text.blocks.layers) text blocks; set dropout to 0")
        }
        try validateAggregator()
        guard temporal != .shift || clip.vision.blocks.width >= TemporalShift.defaultDivisor else {
            throw .badConfiguration(
                "temporal modelling shift moves one channel of \(TemporalShift.defaultDivisor) each way, but the image "
                    + "tower is \(clip.vision.blocks.width) wide: nothing would move")
        }
        guard temporal == .joint else { return }
        guard aggregator == .mean else {
            throw .badConfiguration(
                "temporal modelling joint gives one feature a clip, with nothing to aggregate: set the aggregator to "
                    + "meanP, not \(aggregator.kind.rawValue)")
        }
        let tokens = 1 + frames * clip.vision.patches
        try check("tokens of a clip", tokens, 2...1 << 20)
        try checkJointWork(tokens: Double(tokens))
    }

    /// Bounds the work of a clip's one sequence in floating point, so that no count of it overflows.
    private func checkJointWork(tokens: Double) throws(ActionModelError) {
        let (blocks, width) = (clip.vision.blocks, Double(clip.vision.blocks.width))
        let work = zip(blocks.heads, blocks.mlpWidths).reduce(0.0) { sum, sizes in
            let inner = Double(sizes.0 * blocks.headWidth)
            return sum + tokens * (4 * width * inner + 2 * tokens * inner + 2 * width * Double(sizes.1))
        }
        guard work < 1e17 else {
            throw .badConfiguration("temporal modelling joint would take \(work) multiply-accumulate operations a clip")
        }
    }

    private func validateAggregator() throws(ActionModelError) {
        let name = aggregator.kind.rawValue
        if aggregator != .mean { try check("\(name) positions", aggregator.positions, 1...65_536) }
        switch aggregator {
        case .mean, .convolution, .lstm: break
        case .transformer(let sizes):
            try check("\(name) layers", sizes.layers, 0...1024)
            try checkHeads(name, sizes.heads)
            guard sizes.layerNormEps > 0, sizes.layerNormEps < 1 else {
                throw .badConfiguration("\(name) layerNormEps \(sizes.layerNormEps)")
            }
            if let deviation = sizes.positionStd, !(deviation > 0 && deviation < 1000) {
                throw .badConfiguration("\(name) positionStd \(deviation): it must lie above 0 and below 1000")
            }
            guard frames <= sizes.positions else {
                throw .badConfiguration("\(name): \(frames) frames, but positions for \(sizes.positions) only")
            }
            try sizes.token?.validate(temporal)
        case .classToken(let sizes):
            try check("\(name) layers", sizes.layers, 1...1024)
            try checkHeads(name, sizes.heads)
            try check("\(name) feedForward", sizes.feedForward, 1...262_144)
            try check("\(name) dropout", dropping: sizes.dropout)
        }
    }

    private func checkHeads(_ name: String, _ heads: Int) throws(ActionModelError) {
        try check("\(name) heads", heads, 1...4096)
        guard clip.embedDim % heads == 0 else {
            throw .badConfiguration("\(name): \(heads) heads do not divide the features' width \(clip.embedDim)")
        }
    }
}
