public import CLIP
public import Torch

/// The released checkpoints of ST-Adapter: CLIP's names without `visual.`, the adapters within the blocks, `fc`.
///
/// They hold the trained tensors only. Source: `models_adapter.py`; `main.py`, saving and loading.
public enum STAdapterLayout {
    /// The number of frames that all released scripts use; checkpoints do not tell it.
    public static let releasedFrames = 8

    private static let blocks = "transformer.resblocks."

    /// Whether a checkpoint is one of ST-Adapter.
    ///
    /// - Parameter names: its names without container and `module.`.
    /// - Returns: true where a block has an adapter before its attention or its feed-forward part.
    public static func recognizes(_ names: Set<String>) -> Bool {
        names.contains { place(of: $0)?.part == "conv.weight" }
    }

    /// The tensors by the names that ``STAdapter`` declares, which are the reference's.
    ///
    /// - Parameters:
    ///   - tensors: by name, without container and `module.`.
    ///   - path: for errors.
    /// - Returns: the same tensors.
    /// - Throws: `ActionModelError.unknownLayout` for other checkpoints.
    public static func canonical(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> [String: Tensor] {
        guard recognizes(Set(tensors.keys)) else {
            throw .unknownLayout(
                path: path, detail: "no \(blocks)N.adapter_pre_attn or adapter_pre_mlp; this is no ST-Adapter")
        }
        return tensors
    }

    /// What the reference saves of a model: the trained tensors.
    ///
    /// - Parameters:
    ///   - tensors: all tensors of a model.
    ///   - configuration: its sizes.
    /// - Returns: the adapters and the class head.
    public static func released(
        _ tensors: [String: Tensor], _ configuration: STAdapterConfiguration
    ) -> [String: Tensor] {
        tensors.filter { STAdapterConfiguration.isTrained($0.key) }
    }

    /// The frozen part of a model.
    ///
    /// - Parameters:
    ///   - clip: a CLIP model's tensors by canonical name.
    ///   - configuration: the model's sizes.
    /// - Returns: the image tower without its last projection, by the names that ``STAdapter`` declares.
    public static func backbone(
        _ clip: [String: Tensor], _ configuration: STAdapterConfiguration
    ) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in clip where name.hasPrefix("visual.") && name != "visual.proj" {
            tensors[String(name.dropFirst("visual.".count))] = tensor
        }
        return tensors
    }

    /// Reads the sizes off the shapes.
    ///
    /// - Parameters:
    ///   - tensors: from ``canonical(_:path:)``.
    ///   - clip: the CLIP model that the adapters are put on; nil if the file holds the tower too, whose heads are then
    ///     64 wide and whose activation is OpenAI's.
    ///   - frames: the number of frames of a clip; nil means ``releasedFrames``.
    ///   - path: for errors.
    /// - Returns: validated sizes.
    /// - Throws: `ActionModelError.inconsistentWeights` for shapes that no ST-Adapter has, `.needsBackbone` where the
    ///   tower is missing.
    public static func configuration(
        inferredFrom tensors: [String: Tensor], clip: CLIPConfiguration?, frames: Int?, path: String
    ) throws(ActionModelError) -> STAdapterConfiguration {
        func inconsistent(_ detail: String) -> ActionModelError { .inconsistentWeights(path: path, detail: detail) }
        guard let head = tensors["fc.weight"]?.shape, head.count == 2 else {
            throw inconsistent("fc.weight, the class head, is missing or not a matrix")
        }
        let vision = if let clip { clip.vision } else { try tower(tensors, path: path) }
        let adapters = try adapters(tensors, layers: vision.blocks.layers, path: path)
        var configuration = STAdapterConfiguration(
            vision: vision, frames: frames ?? releasedFrames, classes: head[0], placement: adapters.placement)
        if let clip { (configuration.activation, configuration.layerNormEps) = (clip.activation, clip.layerNormEps) }
        configuration.adapterLayers = adapters.layers
        configuration.adapterWidth = adapters.convolution[0]
        configuration.kernel = .init(
            frames: adapters.convolution[2], rows: adapters.convolution[3], columns: adapters.convolution[4])
        do throws(ActionModelError) { try configuration.validate() } catch { throw inconsistent("\(error)") }
        return configuration
    }

    private static func tower(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> VisionConfiguration {
        guard tensors["conv1.weight"] != nil else {
            throw .needsBackbone(path: path, detail: "the file holds the adapters and the class head only")
        }
        let names = tensors.map { ("visual." + $0.key, $0.value) }
        do throws(CLIPError) {
            return try VisionConfiguration(inferredFrom: Dictionary(uniqueKeysWithValues: names), path: path)
        } catch { throw .clip(error) }
    }

    /// Where the adapters are and how large their convolution is, the same in all of them.
    private static func adapters(
        _ tensors: [String: Tensor], layers: Int, path: String
    ) throws(ActionModelError) -> (layers: Int, placement: AdapterPlacement, convolution: [Int]) {
        func inconsistent(_ detail: String) -> ActionModelError { .inconsistentWeights(path: path, detail: detail) }
        var found: [Bool: Set<Int>] = [:], shapes: Set<[Int]> = []
        for (name, tensor) in tensors {
            guard let place = place(of: name), place.part == "conv.weight" else { continue }
            found[place.isBeforeAttention, default: []].insert(place.block)
            shapes.insert(tensor.shape)
        }
        guard let shape = shapes.first, shapes.count == 1, shape.count == 5, shape[1] == 1 else {
            let list = shapes.map { "\($0)" }.sorted().joined(separator: ", ")
            throw inconsistent("the adapters' conv.weight have the shapes \(list); one [A, 1, kt, kh, kw] is needed")
        }
        let (attention, mlp) = (found[true] ?? [], found[false] ?? [])
        guard attention.isEmpty || mlp.isEmpty || attention == mlp else {
            throw inconsistent(
                "blocks \(attention.sorted()) have an adapter before the attention, \(mlp.sorted()) before the "
                    + "feed-forward part; the same blocks are needed")
        }
        let numbers = attention.union(mlp)
        guard numbers.count <= layers, numbers == Set(layers - numbers.count..<layers) else {
            throw inconsistent("blocks \(numbers.sorted()) have adapters; the last ones of \(layers) are needed")
        }
        return (numbers.count, attention.isEmpty ? .beforeMLP : mlp.isEmpty ? .beforeAttention : .both, shape)
    }

    /// What the name of an adapter's tensor says.
    private static func place(of name: String) -> (block: Int, isBeforeAttention: Bool, part: String)? {
        guard name.hasPrefix(blocks) else { return nil }
        let parts = name.dropFirst(blocks.count).split(separator: ".", maxSplits: 2).map(String.init)
        guard parts.count == 3, let block = Int(parts[0]), block >= 0 else { return nil }
        switch parts[1] {
        case "adapter_pre_attn": return (block, true, parts[2])
        case "adapter_pre_mlp": return (block, false, parts[2])
        default: return nil
        }
    }
}
