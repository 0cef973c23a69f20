public import CLIP
public import Torch

extension M2CLIPLayout {
    /// Reads sizes and placements off a checkpoint.
    ///
    /// What tensors do not tell gets the released values: the number of frames, if none is named, and that biases act
    /// on the first frame's difference.
    ///
    /// - Parameters:
    ///   - tensors: by canonical name.
    ///   - clip: the CLIP model below; nil if the file holds it whole, with heads 64 wide and OpenAI's activation.
    ///   - frames: the number of frames of a clip; nil means 8.
    ///   - path: for errors.
    /// - Returns: a valid configuration.
    /// - Throws: `ActionModelError.inconsistentWeights` for names or shapes that no model has, `.needsBackbone` when CLIP
    ///   is neither named nor in the file.
    public static func configuration(
        inferredFrom tensors: [String: Tensor], clip: CLIPConfiguration?, frames: Int?, path: String
    ) throws(ActionModelError) -> M2CLIPConfiguration {
        let reader = M2CLIPShapeReader(tensors: tensors, path: path)
        let below = if let clip { clip } else { try reader.clip() }
        let classes = try reader.shape("visual.adapter_fc.weight", rank: 2)[0]
        let words = try reader.shape("mlm_adapter.decoder.weight", rank: 2)[0]
        var configuration = M2CLIPConfiguration(
            clip: below, frames: frames ?? 8, classes: classes, labelWords: words)
        let vision = try reader.adapters("visual.transformer.", depth: below.vision.blocks.layers, key: "fc1")
        let text = try reader.adapters("transformer.", depth: configuration.textBlocks.layers, key: "textad_fc1")
        configuration.visionAdapters = vision.adapters ?? configuration.visionAdapters.removed
        configuration.textAdapters = text.adapters ?? configuration.textAdapters.removed
        if let place = vision.place {
            configuration.enhancementKernel = try reader.shape(place + "conv.weight", rank: 3)[2]
            let hasDifference = tensors[place + "offset_adapter.fc1.weight"] != nil
            configuration.difference = hasDifference ? .released : .none
        }
        configuration.hasTemporalAdapter = tensors["visual.t_adapter.fc1.weight"] != nil
        do { try configuration.validate() } catch {
            throw .inconsistentWeights(path: path, detail: "\(error)")
        }
        return configuration
    }
}

extension M2CLIPConfiguration.Adapters {
    /// The same without any block that has them.
    fileprivate var removed: Self { Self(placement, layers: 0, width: width) }
}

/// Reads shapes that a file claims, trusting none.
private struct M2CLIPShapeReader {
    let tensors: [String: Tensor]
    let path: String

    /// The CLIP model that a whole file holds; the last text block is the cross-modal one.
    func clip() throws(ActionModelError) -> CLIPConfiguration {
        guard tensors["visual.conv1.weight"] != nil, tensors["token_embedding.weight"] != nil else {
            throw .needsBackbone(path: path, detail: "the checkpoint holds the trained parameters of M2-CLIP only")
        }
        let numbers = Set(tensors.keys.compactMap { BlockNumbers.number(after: "transformer.resblocks.", in: $0) })
        guard let last = numbers.max() else { throw wrong("there are no text blocks") }
        let own = tensors.filter { name, _ in
            !M2CLIPConfiguration.isTrained(name) && !name.hasPrefix(M2CLIPLayout.textBlock(last))
        }
        do {
            return try CLIPConfiguration(
                inferredFrom: own, activation: .quickGELU, isPruned: false, path: path)
        } catch { throw .clip(error) }
    }

    /// The adapters of a tower, and the place of the first one.
    func adapters(
        _ tower: String, depth: Int, key: String
    ) throws(ActionModelError) -> (adapters: M2CLIPConfiguration.Adapters?, place: String?) {
        let prefix = tower + "resblocks."
        let names = tensors.keys.filter { $0.hasPrefix(prefix) }
        let before = Set(
            names.filter { $0.contains(".adapter_pre_attn.") }.map { BlockNumbers.number(after: prefix, in: $0) ?? -1 })
        let inside = Set(
            names.filter { $0.contains(".adapter_pre_mlp.") }.map { BlockNumbers.number(after: prefix, in: $0) ?? -1 })
        let adapted = before.union(inside)
        guard let first = adapted.min() else { return (nil, nil) }
        guard adapted == Set(max(0, depth - adapted.count)..<depth),
            before.isEmpty || inside.isEmpty || before == inside
        else {
            throw wrong(
                "\(prefix)*: adapters before attention in blocks \(before.sorted().prefix(16)), before the feed-forward part "
                    + "in \(inside.sorted().prefix(16)); they must stand in the last of \(depth) blocks, in each alike")
        }
        let placement: AdapterPlacement =
            before.isEmpty ? .beforeMLP : inside.isEmpty ? .beforeAttention : .both
        let place = "\(prefix)\(first)." + (before.isEmpty ? "adapter_pre_mlp." : "adapter_pre_attn.")
        let width = try shape("\(place)\(key).weight", rank: 2)[0]
        return (.init(placement, layers: adapted.count, width: width), place)
    }

    func shape(_ name: String, rank: Int) throws(ActionModelError) -> [Int] {
        guard let tensor = tensors[name] else { throw wrong("\(name) is missing") }
        guard tensor.rank == rank, tensor.shape.allSatisfy({ (1...1 << 24).contains($0) }) else {
            throw wrong("\(name) has the shape \(tensor.shape)")
        }
        return tensor.shape
    }

    private func wrong(_ detail: String) -> ActionModelError { .inconsistentWeights(path: path, detail: detail) }
}
