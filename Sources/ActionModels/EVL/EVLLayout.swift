internal import CLIP
public import Torch

/// The released checkpoints of EVL: `decoder` and `proj`, and `backbone` where the tower was trained too.
///
/// Source: EVL `model.py`, `checkpoint.py`, `weight_loaders.py`.
public enum EVLLayout {
    static let backbone = "backbone."

    /// Whether a checkpoint is one of EVL.
    ///
    /// - Parameter names: its names without container and `module.`.
    /// - Returns: true where there are a decoder's query token and layers.
    public static func recognizes(_ names: Set<String>) -> Bool {
        names.contains("decoder.cls_token") && names.contains { $0.hasPrefix("decoder.decoder_layers.") }
    }

    /// The tensors by the names that ``EVL`` declares: the tower's become CLIP's.
    ///
    /// - Parameters:
    ///   - tensors: by released name, without container and `module.`; names that are canonical already stay.
    ///   - path: for errors.
    /// - Returns: the tensors by canonical name; a tower without patch bias gets one of zeros.
    /// - Throws: `ActionModelError.unknownLayout` for other checkpoints, `.inconsistentWeights` for a tower whose parts
    ///   do not belong together.
    public static func canonical(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> [String: Tensor] {
        guard recognizes(Set(tensors.keys)) else {
            throw .unknownLayout(
                path: path, detail: "no decoder.cls_token with decoder.decoder_layers.N; this is no EVL model")
        }
        var canonical = try tower(tensors, path: path)
        addPatchBias(to: &canonical)
        return canonical
    }

    /// A whole tower without a patch bias gets one of zeros.
    private static func addPatchBias(to tensors: inout [String: Tensor]) {
        let bias = backbone + "conv1.bias"
        guard let kernel = tensors[backbone + "conv1.weight"], kernel.rank > 0, tensors[bias] == nil else { return }
        tensors[bias] = .zeros([kernel.shape[0]], dtype: kernel.dtype, device: kernel.device)
    }

    /// The same for the tower's names alone, whatever else there is.
    package static func tower(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> [String: Tensor] {
        try renamed(tensors) { tower throws(ActionModelError) in try EVLBackboneNames.canonical(tower, path: path) }
    }

    /// What the reference saves of a model, by its names: the trained tensors.
    ///
    /// - Parameters:
    ///   - tensors: all tensors of a model.
    ///   - configuration: its sizes.
    /// - Returns: decoder and class head, and the tower if it is trained.
    public static func released(_ tensors: [String: Tensor], _ configuration: EVLConfiguration) -> [String: Tensor] {
        renamed(tensors.filter { configuration.isTrained($0.key) }) { EVLBackboneNames.released($0) }
    }

    /// The tower of a model, with the patch bias that CLIP does not have: zeros.
    ///
    /// - Parameters:
    ///   - clip: a CLIP model's tensors by canonical name.
    ///   - configuration: the model's sizes.
    /// - Returns: the image tower without its last norm and projection, by the names that ``EVL`` declares.
    public static func backbone(_ clip: [String: Tensor], _ configuration: EVLConfiguration) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in clip where name.hasPrefix("visual.") && name != "visual.proj" {
            let own = name.dropFirst("visual.".count)
            if !own.hasPrefix("ln_post.") { tensors[backbone + own] = tensor }
        }
        addPatchBias(to: &tensors)
        return tensors
    }

    /// The same model for clips of another number of frames: temporal positions are interpolated linearly.
    ///
    /// The other temporal modules fit any number. Train on, or expect to lose accuracy.
    ///
    /// - Parameters:
    ///   - tensors: from ``canonical(_:path:)``.
    ///   - frames: the new number of frames, at least 1.
    /// - Returns: the tensors with other `temporal_pos_embed`.
    public static func resized(_ tensors: [String: Tensor], frames: Int) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: tensors.map { name, table in
                let isTable =
                    name.hasPrefix("decoder.temporal_pos_embed.") && table.rank == 2 && !table.shape.contains(0)
                guard isTable, table.dtype.isFloatingPoint, table.shape[0] != frames else { return (name, table) }
                let resized = table.to(dtype: .float32).transposed().unsqueezed(0)  // [1, C, T]
                    .interpolated(to: [frames], .linear).squeezed(0).transposed()
                return (name, resized.contiguous().to(dtype: table.dtype))
            })
    }

    /// Changes the names of the tower and leaves the others.
    private static func renamed<E: Error>(
        _ tensors: [String: Tensor], _ change: ([String: Tensor]) throws(E) -> [String: Tensor]
    ) throws(E) -> [String: Tensor] {
        var (result, tower): ([String: Tensor], [String: Tensor]) = ([:], [:])
        for (name, tensor) in tensors {
            if name.hasPrefix(backbone) {
                tower[String(name.dropFirst(backbone.count))] = tensor
            } else {
                result[name] = tensor
            }
        }
        for (name, tensor) in try change(tower) { result[backbone + name] = tensor }
        return result
    }
}
