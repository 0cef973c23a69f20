internal import CLIP

extension EVLConfiguration {
    /// The sizes and the work of one clip, part by part, as the method's equations count.
    ///
    /// Keys and values of every token are projected, and displacements are looked up: the paper's numbers.
    public var cost: ActionModelCost { counted(.equations) }

    /// The same with the work that the exact rewrites do instead.
    ///
    /// No keys and values are formed, and displacements are one dense product.
    public var rewrittenCost: ActionModelCost { counted(.rewritten) }

    private enum Form { case equations, rewritten }

    private func counted(_ form: Form) -> ActionModelCost {
        let c = vision.blocks.width, patch = 3 * vision.patchSize * vision.patchSize
        let tower = c * patch + 2 * c + vision.tokens * c + 2 * c + ModelCost.parameters(vision.blocks)
        let image = vision.patches * c * patch + ModelCost.macs(vision.blocks, tokens: vision.tokens)
        var parts = [
            CostPart(
                "backbone", parameters: tower, trained: backbone == .fineTuned ? tower : 0, clipMACs: frames * image),
            part("decoder layers", decoderParameters, decoderMACs(form)),
        ]
        let tokens = frames * vision.tokens
        if hasTemporalConvolution {
            parts.append(part("temporal convolution", decoderLayers * 4 * c, decoderLayers * 3 * tokens * c))
        }
        if hasTemporalPositions { parts.append(part("temporal positions", decoderLayers * frames * c, 0)) }
        if hasTemporalCrossAttention {
            parts.append(
                part("temporal cross-attention", decoderLayers * 2 * displacements * c, crossAttentionMACs(form)))
        }
        return ActionModelCost(parts + [part("class head and query token", 3 * c + classes * (c + 1), classes * c)])
    }

    private func part(_ name: String, _ parameters: Int, _ macs: Int) -> CostPart {
        CostPart(name, parameters: parameters, trained: parameters, clipMACs: macs)
    }

    private var displacements: Int { (2 * vision.gridRows - 1) * (2 * vision.gridColumns - 1) }

    private var decoderParameters: Int {
        let (c, d, m) = (vision.blocks.width, decoderWidth, mlpWidth)
        return decoderLayers * (3 * d * (c + 1) + c * (d + 1) + m * (c + 1) + c * (m + 1) + 6 * c)
    }

    private func decoderMACs(_ form: Form) -> Int {
        let (c, d, tokens) = (vision.blocks.width, decoderWidth, frames * vision.tokens)
        let query = 2 * c * d + 2 * c * mlpWidth
        return switch form {
        case .equations: decoderLayers * (query + 2 * tokens * c * d + 2 * tokens * d)
        case .rewritten: decoderLayers * (query + 2 * c * d + 2 * tokens * c * decoderHeads)
        }
    }

    /// Queries times keys of the towers' heads, then maps times displacement vectors, for both neighbours.
    private func crossAttentionMACs(_ form: Form) -> Int {
        let c = vision.blocks.width, patches = vision.patches, pairs = 2 * (frames - 1)
        let inner = vision.blocks.heads.suffix(decoderLayers).reduce(0, +) * vision.blocks.headWidth
        let maps = pairs * patches * patches * inner
        return switch form {
        case .equations: maps + decoderLayers * pairs * patches * patches * c
        case .rewritten: maps + decoderLayers * 2 * frames * vision.tokens * displacements * c
        }
    }
}
