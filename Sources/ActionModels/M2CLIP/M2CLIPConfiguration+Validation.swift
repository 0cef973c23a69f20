internal import CLIP

extension M2CLIPConfiguration {
    /// Checks every number before anything is allocated by it.
    ///
    /// - Throws: `ActionModelError.badConfiguration` for the first choice that cannot be, `.clip` for one of CLIP's.
    public func validate() throws(ActionModelError) {
        do { try clip.validate() } catch { throw .clip(error) }
        let (vision, text) = (clip.vision.blocks, clip.text.blocks)
        guard clip.embedDim == text.width else {
            throw .badConfiguration(
                "the cross-modal block needs a common space as wide as the text tower; they are \(clip.embedDim) and "
                    + "\(text.width)")
        }
        if hasTemporalAdapter { try check("common space with a temporal adapter", clip.embedDim, 2...65_536) }
        guard let heads = text.heads.last, heads > 0 else {
            throw .badConfiguration("the last text block, whose weights the cross-modal block takes, has no attention")
        }
        try check("frames", frames, 1...1024)
        try check("classes", classes, 1...1_000_000)
        try check("label words", labelWords, 1...1_000_000)
        try check("vision adapter layers", visionAdapters.layers, 0...vision.layers)
        try check("text adapter layers", textAdapters.layers, 0...(text.layers + 1))
        for (tower, adapters) in [("vision", visionAdapters), ("text", textAdapters)] {  // 0 where there are none
            try check("\(tower) adapter width", adapters.width, (adapters.layers > 0 ? 1 : 0)...32_768)
        }
        try check("enhancement kernel", enhancementKernel, 1...255)
        guard enhancementKernel % 2 == 1 else { throw .badConfiguration("enhancement kernel is even") }
        try check("class dropout", dropping: classDropout)
        guard !templates.isEmpty else { throw .badConfiguration("there is no prompt template") }
        try checkWork()
    }

    /// Refuses sizes that are possible one by one, but whose product no machine could ever compute.
    private func checkWork() throws(ActionModelError) {
        let (tokens, width) = (Double(clip.vision.tokens), Double(clip.vision.blocks.width))
        let blocks = zip(clip.vision.blocks.heads, clip.vision.blocks.mlpWidths).reduce(0.0) { sum, sizes in
            let inner = Double(sizes.0 * clip.vision.blocks.headWidth)
            return sum + inner * (4 * width + 2 * tokens) + 2 * width * Double(sizes.1)
        }
        let patchEmbedding = 3 * Double(clip.vision.patchSize) * Double(clip.vision.patchSize) * width
        let adapter = Double(visionAdapters.width) * (4 * width + Double(enhancementKernel + 9))  // both branches
        let adapters = Double(visionAdapters.layers * visionAdapters.placement.count) * adapter
        guard Double(frames) * tokens * (patchEmbedding + blocks + adapters) < 1e17 else {
            throw .badConfiguration(
                "a clip would take more than 10^17 multiplications; frames, tokens or widths are wrong")
        }
    }
}
