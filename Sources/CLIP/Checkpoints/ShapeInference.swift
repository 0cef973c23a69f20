package import Torch

extension CLIPConfiguration {
    /// Reads the architecture off the shapes of canonical tensors.
    ///
    /// Heads are 64 wide unless a configuration says otherwise. In TinyCLIP's pruned models they are counted layer by
    /// layer, and a layer without `attn` and `ln_1` has none. A tower that the file lacks gets no blocks.
    ///
    /// - Parameters:
    ///   - tensors: by canonical name.
    ///   - activation: what the weights do not tell.
    ///   - isPruned: whether layers may differ and lack their attention.
    ///   - path: for errors.
    /// - Throws: `CLIPError.inconsistentWeights` for shapes that no model has.
    package init(
        inferredFrom tensors: [String: Tensor], activation: Activation, isPruned: Bool, path: String
    ) throws(CLIPError) {
        let reader = ShapeReader(tensors: tensors, isPruned: isPruned, path: path)
        let vision = try reader.vision(), text = try reader.text()
        let widths = [tensors["visual.proj"], tensors["text_projection"]].compactMap { $0?.shape.last }
        guard let embedDim = widths.first else {
            throw .inconsistentWeights(path: path, detail: "neither visual.proj nor text_projection is there")
        }
        guard Set(widths).count == 1 else {
            throw .inconsistentWeights(
                path: path, detail: "visual.proj ends in \(widths[0]) columns, text_projection in \(widths[1])")
        }
        self.init(embedDim: embedDim, vision: vision, text: text, activation: activation)
        try validate()
    }
}

extension VisionConfiguration {
    /// Reads the image tower's sizes off the shapes of canonical tensors, heads 64 wide.
    ///
    /// - Parameters:
    ///   - tensors: by canonical name, `visual.…`; the last norm and projection may be missing.
    ///   - path: for errors.
    /// - Throws: `CLIPError.inconsistentWeights` for shapes that no model has.
    package init(inferredFrom tensors: [String: Tensor], path: String) throws(CLIPError) {
        self = try ShapeReader(tensors: tensors, isPruned: false, path: path).vision()
        try validate()
    }
}

private struct ShapeReader {
    let tensors: [String: Tensor]
    let isPruned: Bool
    let path: String

    func vision() throws(CLIPError) -> VisionConfiguration {
        guard tensors["visual.conv1.weight"] != nil else {
            return VisionConfiguration(
                imageSize: 1, patchSize: 1, blocks: TransformerConfiguration(width: 1, layers: 0, heads: 1))
        }
        let patches = try shape("visual.conv1.weight", rank: 4)
        guard patches[1] == 3, patches[2] == patches[3] else { throw wrong("visual.conv1.weight", patches) }
        let rows = try shape("visual.positional_embedding", rank: 2)[0]
        let grid = Int(Double(max(rows - 1, 0)).squareRoot().rounded())
        guard grid > 0, grid * grid + 1 == rows else { throw wrong("visual.positional_embedding", [rows]) }
        return VisionConfiguration(
            imageSize: grid * patches[3], patchSize: patches[3],
            blocks: try blocks("visual.transformer.resblocks.", width: patches[0]))
    }

    func text() throws(CLIPError) -> TextConfiguration {
        guard tensors["token_embedding.weight"] != nil else {
            return TextConfiguration(
                contextLength: 1, vocabularySize: 2, blocks: TransformerConfiguration(width: 1, layers: 0, heads: 1))
        }
        let table = try shape("token_embedding.weight", rank: 2)
        return TextConfiguration(
            contextLength: try shape("positional_embedding", rank: 2)[0], vocabularySize: table[0],
            blocks: try blocks("transformer.resblocks.", width: table[1]))
    }

    private func blocks(_ prefix: String, width: Int) throws(CLIPError) -> TransformerConfiguration {
        let layers = try layerCount(prefix)
        var heads: [Int] = [], inner: [Int] = []
        for layer in 0..<layers {
            let place = "\(prefix)\(layer)."
            inner.append(try shape(place + "mlp.c_fc.weight", rank: 2)[0])
            if isPruned, tensors[place + "attn.in_proj_weight"] == nil, tensors[place + "ln_1.weight"] == nil {
                heads.append(0)
                continue
            }
            let rows = try shape(place + "attn.in_proj_weight", rank: 2)[0]
            guard rows > 0, rows % (3 * 64) == 0 else { throw wrong(place + "attn.in_proj_weight", [rows]) }
            heads.append(rows / (3 * 64))
        }
        return TransformerConfiguration(width: width, headWidth: 64, heads: heads, mlpWidths: inner)
    }

    private func layerCount(_ prefix: String) throws(CLIPError) -> Int {
        let found = BlockNumbers.count(after: prefix, in: tensors.keys)
        if let gap = found.gap {
            throw .inconsistentWeights(
                path: path, detail: "\(prefix)\(gap) is missing, although there are \(found.count) blocks")
        }
        return found.count
    }

    private func shape(_ name: String, rank: Int) throws(CLIPError) -> [Int] {
        guard let tensor = tensors[name] else {
            throw .inconsistentWeights(path: path, detail: "\(name) is missing; the file is not a whole CLIP model")
        }
        guard tensor.rank == rank, tensor.shape.allSatisfy({ $0 <= 1 << 24 }) else { throw wrong(name, tensor.shape) }
        return tensor.shape
    }

    private func wrong(_ name: String, _ shape: [Int]) -> CLIPError {
        .inconsistentWeights(
            path: path,
            detail: "\(name) has the shape \(shape), which no CLIP of the ViT family has"
                + (name.hasSuffix("in_proj_weight") ? " with heads of 64; name its configuration file" : ""))
    }
}
