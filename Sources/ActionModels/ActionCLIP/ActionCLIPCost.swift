internal import CLIP

extension ActionCLIPConfiguration {
    /// The size of the model and the work of one clip; everything is trained.
    ///
    /// The text tower works once for each label and template.
    public var cost: ActionModelCost {
        let sizes = ModelCost(clip)
        let tables = temporal == .joint ? frames * clip.vision.blocks.width : 0
        let text = sizes.textParameters + sizes.tokenEmbedding
        return ActionModelCost(
            [
                part("image tower", sizes.visionParameters + tables, imageMACs(frame: sizes.imageMACs)),
                part("frame aggregator", aggregatorParameters, aggregatorMACs),
                part("text tower", text), part("logit scale", 1),
            ], textMACs: sizes.textMACs)
    }

    private func part(_ name: String, _ parameters: Int, _ macs: Int = 0) -> CostPart {
        CostPart(name, parameters: parameters, trained: parameters, clipMACs: macs)
    }

    private var aggregatorParameters: Int {
        aggregator.parameters(width: clip.embedDim, frames: frames)
            + (token?.parameters(width: clip.embedDim, imageWidth: clip.vision.blocks.width) ?? 0)
    }

    private func imageMACs(frame: Int) -> Int {
        guard temporal == .joint else { return frames * (frame + imageTokenMACs) }
        let (vision, patches) = (clip.vision, clip.vision.patches)
        return ModelCost.macs(vision.blocks, tokens: 1 + frames * patches)
            + frames * patches * vision.blocks.width * 3 * vision.patchSize * vision.patchSize
            + vision.blocks.width * clip.embedDim
    }

    /// What one more token in the image tower, and its way into the common space, add to a frame.
    private var imageTokenMACs: Int {
        guard token?.level == .spatial else { return 0 }
        let (blocks, tokens) = (clip.vision.blocks, clip.vision.tokens)
        return ModelCost.macs(blocks, tokens: tokens + 1) - ModelCost.macs(blocks, tokens: tokens)
            + blocks.width * clip.embedDim
    }

    private var aggregatorMACs: Int { temporal == .joint ? 0 : aggregator.macs(width: clip.embedDim, frames: frames) }
}

extension AggregatorConfiguration {
    func parameters(width e: Int, frames: Int) -> Int {
        positions * e
            + {
                switch self {
                case .mean: 0
                case .convolution: 3 * e
                case .lstm: 8 * e * e + 8 * e
                case .transformer(let sizes): ModelCost.parameters(sizes.blocks(width: e))
                case .classToken(let sizes): ModelCost.parameters(sizes.blocks(width: e)) + (frames + 4) * e
                }
            }()
    }

    /// Additions of the mean count as one operation each; the last layer of `Transf_cls` works for its class token only.
    func macs(width e: Int, frames t: Int) -> Int {
        switch self {
        case .mean: return t * e
        case .convolution: return 3 * t * e
        case .lstm: return 8 * t * e * e
        case .transformer(let sizes):
            let blocks = ModelCost.macs(sizes.blocks(width: e), tokens: t + (sizes.token?.frameTokens ?? 0))
            return blocks + (sizes.token?.projectionMACs(width: e) ?? 0)
        case .classToken(let sizes):
            var others = sizes
            others.layers -= 1
            let n = t + 1
            let last = 2 * n * e * e + 2 * e * e + 2 * n * e + 2 * e * sizes.feedForward
            return ModelCost.macs(others.blocks(width: e), tokens: n) + last
        }
    }
}
