internal import CLIP

extension M2CLIPConfiguration {
    /// The size of each part and its work for one clip; call it on validated sizes only.
    ///
    ///     enhancement: C A + A + k A + A + A C + C parameters, N (2 C A + k A) multiplications a frame
    ///     difference:  C A + A + 9 A + A + A C + C parameters, G² (2 C A + 9 A) multiplications a frame
    ///
    /// The cross-modal block and the word head work in training only.
    public var cost: ActionModelCost {
        let clipCost = ModelCost(clip)
        let textTower = clipCost.textParameters + clipCost.tokenEmbedding + 1
        let encoderAdapters = (clip.text.blocks.layers - firstAdaptedTextBlock) * textAdapters.placement.count
        let parts = [
            CostPart(
                "image tower", parameters: clipCost.visionParameters, clipMACs: frames * clipCost.imageMACs),
            CostPart("text tower", parameters: textTower), tedAdapters, temporalAdapter,
            trained(
                "class head", classes * (clip.vision.blocks.width + 1), clipMACs: classes * clip.vision.blocks.width),
            trained("text adapters", encoderAdapters * textAdapterParameters), crossModalBlock,
            trained("word head", wordHeadParameters),
        ].filter { $0.parameters > 0 }
        let adapterMACs = 2 * encoderAdapters * clip.text.contextLength * clip.text.blocks.width * textAdapters.width
        return ActionModelCost(parts, textMACs: clipCost.textMACs + adapterMACs)
    }

    private func trained(_ name: String, _ parameters: Int, clipMACs: Int = 0) -> CostPart {
        CostPart(name, parameters: parameters, trained: parameters, clipMACs: clipMACs)
    }

    private var tedAdapters: CostPart {
        let (c, a, vision) = (clip.vision.blocks.width, visionAdapters.width, clip.vision)
        let count = visionAdapters.layers * visionAdapters.placement.count
        let linear = 2 * c * a, biases = 2 * a + c
        let hasDifference = difference != .none
        let parameters = linear + biases + enhancementKernel * a + (hasDifference ? linear + biases + 9 * a : 0)
        let macs =
            vision.tokens * (linear + enhancementKernel * a)
            + (hasDifference ? vision.patches * (linear + 9 * a) : 0)
        return trained("TED adapters", count * parameters, clipMACs: count * frames * macs)
    }

    private var temporalAdapter: CostPart {
        let (e, a) = (clip.embedDim, TemporalAdapter.bottleneck(of: clip.embedDim))
        guard hasTemporalAdapter else { return trained("temporal adapter", 0) }
        return trained("temporal adapter", 2 * e * a + 5 * a + e, clipMACs: frames * (2 * e * a + 3 * a))
    }

    private var textAdapterParameters: Int {
        2 * clip.text.blocks.width * textAdapters.width + textAdapters.width + clip.text.blocks.width
    }

    private var crossModalBlock: CostPart {
        let block = ModelCost.parameters(textBlocks) - ModelCost.parameters(clip.text.blocks)
        let adapters = min(1, textAdapters.layers) * textAdapters.placement.count * textAdapterParameters
        return CostPart("cross-modal block", parameters: block + adapters, trained: adapters)
    }

    private var wordHeadParameters: Int {
        let width = clip.text.blocks.width
        return width * (width + 1) + 2 * width + labelWords * (width + 1)
    }
}
