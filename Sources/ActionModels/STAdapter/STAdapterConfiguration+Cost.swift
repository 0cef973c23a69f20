internal import CLIP

extension STAdapterConfiguration {
    /// The parameters of one adapter.
    private var adapterParameters: Int {
        let (d, a) = (vision.blocks.width, adapterWidth)
        return a * (d + 1) + a * (kernel.count + 1) + d * (a + 1)
    }

    /// The multiply-accumulate operations of all adapters for one frame.
    var adapterMACs: Int {
        adapterCount * vision.grid * vision.grid * (2 * vision.blocks.width + kernel.count) * adapterWidth
    }

    /// The size of the model's parts and the work of one clip.
    ///
    /// The dead adapter before the last block's feed-forward part counts, and so do all tokens of the last block: the
    /// pass computes them.
    public var cost: ActionModelCost {
        let (d, n) = (vision.blocks.width, vision.tokens), patch = 3 * vision.patchSize * vision.patchSize
        let tower = d * patch + d + n * d + 4 * d + ModelCost.parameters(vision.blocks)
        let picture = (n - 1) * d * patch + ModelCost.macs(vision.blocks, tokens: n)
        let adapters = adapterCount * adapterParameters
        let head = classes * (d + 1)
        return ActionModelCost([
            CostPart("image tower", parameters: tower, clipMACs: frames * picture),
            CostPart(
                "spatio-temporal adapters", parameters: adapters, trained: adapters, clipMACs: frames * adapterMACs),
            CostPart("class head", parameters: head, trained: head, clipMACs: classes * d),
        ])
    }
}
