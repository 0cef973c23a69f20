public import CLIP
public import Torch

extension ActionCLIPLayout {
    /// Reads a model's sizes and choices off its tensors.
    ///
    /// Heads are 64 wide unless the CLIP model is named; `Transf` has one for each 64 channels of the text tower,
    /// `Transf_cls` eight. A `Conv_1D` is taken for a released one, in which the memory is read across. A table of
    /// positions that is not as long as the text context is mmaction2's: it has one row a frame, and its norms add 1e-5.
    ///
    /// - Parameters:
    ///   - tensors: by the model's names, or by a file's names: only those tell a temporal shift.
    ///   - clip: the CLIP model that the checkpoint is put on; nil if the file holds it, which it always does.
    ///   - frames: the number of frames of a clip; nil means what the tables say, else 8.
    ///   - path: for errors.
    /// - Returns: a configuration, validated.
    /// - Throws: `ActionModelError.inconsistentWeights` for shapes that no ActionCLIP has or that contradict `frames`, or
    ///   for a second head, which no released file has, `.badConfiguration` or `.clip` for sizes that cannot be.
    public static func configuration(
        inferredFrom tensors: [String: Tensor], clip: CLIPConfiguration?, frames: Int?, path: String
    ) throws(ActionModelError) -> ActionCLIPConfiguration {
        let own = try canonical(tensors, path: path)
        let clip = if let clip { clip } else { try Self.clip(in: own, path) }
        let reader = AggregatorReader(tensors: own, clip: clip, path: path)
        let aggregator = try reader.aggregator(), temporal = temporalModelling(tensors.keys)
        let told = try reader.frames()
        if let frames, let told, frames != told {
            throw .inconsistentWeights(
                path: path, detail: "its tables are made for \(told) frames a clip, not for \(frames)")
        }
        let configuration = ActionCLIPConfiguration(
            clip: clip, frames: frames ?? told ?? (aggregator.positions == 0 ? 8 : min(8, aggregator.positions)),
            aggregator: aggregator, temporal: temporal)
        try configuration.validate()
        return configuration
    }

    private static func clip(
        in tensors: [String: Tensor], _ path: String
    ) throws(ActionModelError) -> CLIPConfiguration {
        let part = "model."
        let own = tensors.filter { $0.key.hasPrefix(part) && $0.key != AggregatorReader.times }
            .map { (String($0.key.dropFirst(part.count)), $0.value) }
        guard !own.isEmpty else { throw .needsBackbone(path: path, detail: "it holds no CLIP model") }
        do {
            return try CLIPConfiguration(
                inferredFrom: Dictionary(uniqueKeysWithValues: own), activation: .quickGELU, isPruned: false, path: path
            )
        } catch { throw .clip(error) }
    }
}

private struct AggregatorReader {
    let tensors: [String: Tensor]
    let clip: CLIPConfiguration
    let path: String

    static let times = "model.visual.time_embedding"
    private static let positions = "fusion.frame_position_embeddings.weight"
    private static let classPositions = "fusion.transformer.pos_embed"
    private static let layers = "fusion.transformer.transformer_enc.layers."

    func aggregator() throws(ActionModelError) -> AggregatorConfiguration {
        guard tensors.keys.contains(where: { $0.hasPrefix("fusion.") }) else { return .mean }
        if let name = ["fusion.token", "fusion.head.weight"].first(where: { tensors[$0] != nil }) {
            throw .inconsistentWeights(
                path: path,
                detail: "\(name) belongs to a second head, whose settings weights do not tell; "
                    + "read the model from Verb's directory")
        }
        let rows = try shape(Self.positions, rank: 2)[0]
        if tensors["fusion.shift.weight"] != nil { return .convolution(positions: rows, order: .released) }
        if tensors["fusion.lstm_visual.weight_ih_l0"] != nil { return .lstm(positions: rows) }
        guard tensors["fusion.transformer.cls_token"] != nil else {
            guard case .transformer(var sizes) = AggregatorConfiguration(.transformer, clip: clip) else { return .mean }
            sizes.positions = rows
            sizes.layers = try count("fusion.transformer.resblocks.")
            sizes.layerNormEps = isPort ? 1e-5 : sizes.layerNormEps
            return .transformer(sizes)
        }
        let inner = try shape(Self.layers + "0.linear1.weight", rank: 2)[0]
        return .classToken(
            ClassTokenConfiguration(positions: rows, layers: try count(Self.layers), feedForward: inner))
    }

    /// The number of frames that a table fixes; nil where none does.
    func frames() throws(ActionModelError) -> Int? {
        if tensors[Self.times] != nil { return try shape(Self.times, rank: 2)[0] }
        if tensors[Self.classPositions] != nil { return try shape(Self.classPositions, rank: 3)[1] - 1 }
        return isPort ? try shape(Self.positions, rank: 2)[0] : nil
    }

    private var isPort: Bool {
        guard tensors["fusion.transformer.resblocks.0.ln_1.weight"] != nil else { return false }
        return tensors[Self.positions]?.shape.first != clip.text.contextLength
    }

    private func count(_ prefix: String) throws(ActionModelError) -> Int {
        let found = BlockNumbers.count(after: prefix, in: tensors.keys)
        if let gap = found.gap {
            throw .inconsistentWeights(
                path: path, detail: "\(prefix)\(gap) is missing, although there are \(found.count) blocks")
        }
        return found.count
    }

    func shape(_ name: String, rank: Int) throws(ActionModelError) -> [Int] {
        guard let tensor = tensors[name] else {
            throw .inconsistentWeights(path: path, detail: "\(name) is missing")
        }
        guard tensor.rank == rank, tensor.shape.allSatisfy({ $0 <= 1 << 24 }) else {
            throw .inconsistentWeights(
                path: path, detail: "\(name) has the shape \(tensor.shape), which no ActionCLIP has")
        }
        return tensor.shape
    }
}
