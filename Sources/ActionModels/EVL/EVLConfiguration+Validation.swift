internal import CLIP

extension EVLConfiguration {
    /// The largest side of a patch grid with cross-attention, whose tables grow with its fourth power.
    static let largestGrid = 48

    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `ActionModelError.badConfiguration` or `.clip` for the first number that cannot be.
    public func validate() throws(ActionModelError) {
        do throws(CLIPError) {
            try vision.validate(.rectangles)
            try CLIPConfiguration.validate(layerNormEps: layerNormEps)
        } catch { throw .clip(error) }
        try check("frames", frames, 1...1024)
        try check("classes", classes, 1...1_000_000)
        try check("blocks of the tower", vision.blocks.layers, 1...1024)
        try check("decoderLayers", decoderLayers, 1...vision.blocks.layers)
        try check("decoderWidth", decoderWidth, 1...32_768)
        try check("decoderHeads", decoderHeads, 1...decoderWidth)
        guard decoderWidth % decoderHeads == 0 else {
            throw .badConfiguration("decoderHeads \(decoderHeads) does not divide decoderWidth \(decoderWidth)")
        }
        guard mlpFactor > 0, mlpFactor <= 64 else {
            throw .badConfiguration("mlpFactor is \(mlpFactor); it must be above 0 and at most 64")
        }
        try check("the inner width of the decoder's feed-forward parts", mlpWidth, 1...262_144)
        try validateCrossAttention()
        try validateWork()
        try check("mlpDropout", dropping: mlpDropout)
        try check("headDropout", dropping: headDropout)
    }

    private func validateCrossAttention() throws(ActionModelError) {
        guard hasTemporalCrossAttention else { return }
        for side in [vision.gridRows, vision.gridColumns] {
            try check("patches along a side with cross-attention", side, 1...Self.largestGrid)
        }
        guard !vision.blocks.heads.suffix(decoderLayers).contains(0) else {
            throw .badConfiguration(
                "the tower's last \(decoderLayers) blocks must have attention; its queries and keys are read")
        }
    }

    /// Bounds the decoder's work in floating point, so that no count of it overflows.
    private func validateWork() throws(ActionModelError) {
        let tokens = Double(frames) * Double(vision.tokens)
        let displacements = Double(2 * vision.gridRows - 1) * Double(2 * vision.gridColumns - 1)
        let widths = 2 * Double(decoderWidth) + (hasTemporalCrossAttention ? 2 * displacements : 0) + 3
        let work = Double(decoderLayers) * tokens * Double(vision.blocks.width) * widths
        guard work <= 1e15 else {
            throw .badConfiguration("a clip would take \(work) multiply-accumulate operations in the decoder alone")
        }
    }
}
