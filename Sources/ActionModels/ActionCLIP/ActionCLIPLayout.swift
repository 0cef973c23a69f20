public import Torch

/// How checkpoints name ActionCLIP's parameters.
///
/// The names here stand in one table: CLIP's under `model.`, the aggregator's under `fusion.`.
public enum ActionCLIPLayout {
    /// The parts of mmaction2's port and what they are called here.
    private static let port = [("clip.", "model."), ("adapter.", "fusion.")]
    private static let positions = "frame_position_embeddings.weight"
    private static let imageBlocks = "model.visual.transformer.resblocks."

    /// The parts of a CLIP model that a new ActionCLIP begins with.
    public enum BackbonePart: Sendable, CaseIterable {
        /// Both towers and the scale: the reference's `init: True`, which all its configurations have.
        case wholeModel
        /// The image tower: the reference's `init: False`. Text tower and scale begin anew.
        case imageTower
    }

    /// Takes the two dictionaries of a checkpoint of the reference apart from what else it holds.
    ///
    /// A `module.x` beside an `x` keeps its name, so that it is reported as unknown when the model is built.
    ///
    /// - Parameter root: a file's value.
    /// - Returns: CLIP's tensors under `model.`, the aggregator's under `fusion.` without their `module.`; nil for
    ///   another container.
    public static func stored(in root: StateValue) -> [String: StoredTensor]? {
        guard let model = root["model_state_dict"], let fusion = root["fusion_model_state_dict"] else { return nil }
        var result: [String: StoredTensor] = [:]
        for (part, value) in [("model.", model), ("fusion.", fusion)] {
            let tensors = value.tensors, names = Set(tensors.map(\.0))
            for (name, tensor) in tensors {
                let own = name.hasPrefix("module.") ? String(name.dropFirst(7)) : name
                result[part + (own != name && names.contains(own) ? name : own)] = tensor
            }
        }
        return result
    }

    /// Whether names are ActionCLIP's: those of an aggregator's table of positions.
    ///
    /// A mean has none: such a model looks like a wrapped CLIP, and is only known by its two dictionaries.
    ///
    /// - Parameter names: a file's, without its container and `module.`.
    /// - Returns: whether the method is recognised.
    public static func recognizes(_ names: Set<String>) -> Bool {
        names.contains("fusion." + positions) || names.contains("adapter." + positions)
    }

    /// How the frames see each other in the image tower, by a file's own names; canonical ones do not tell a shift.
    ///
    /// - Parameter names: a file's, without its container and `module.`.
    /// - Returns: shift where blocks are wrapped (`.net.`), joint where there is a `time_embedding`.
    public static func temporalModelling(_ names: some Collection<String>) -> TemporalModelling {
        if names.contains(where: { $0.hasSuffix("visual.time_embedding") }) { return .joint }
        return names.contains { canonicalName($0) != renamed($0) } ? .shift : .none
    }

    /// Brings names to those that ``ActionCLIP`` declares: the blocks' wrapper of the temporal shift (`.net`) and the
    /// parts of mmaction2's port go.
    ///
    /// - Parameters:
    ///   - tensors: by a file's names, without its container and `module.`.
    ///   - path: for errors.
    /// - Returns: the same tensors by the model's names; unknown names stay as they are.
    /// - Throws: `ActionModelError.inconsistentWeights` if two names become one.
    public static func canonical(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> [String: Tensor] {
        var result: [String: Tensor] = [:], origins: [String: String] = [:]
        for name in tensors.keys.sorted() {
            let own = canonicalName(name)
            if let other = origins[own] {
                throw .inconsistentWeights(path: path, detail: "\(other) and \(name) are the same parameter")
            }
            origins[own] = name
            result[own] = tensors[name]
        }
        return result
    }

    /// The name that ``ActionCLIP`` declares for a file's name; an unknown one stays as it is.
    package static func canonicalName(_ name: String) -> String { unwrapped(renamed(name)) }

    /// Brings the model's names to those of the reference's checkpoints: with the temporal shift the image blocks are
    /// wrapped (`.net`).
    ///
    /// - Parameters:
    ///   - tensors: by the model's names.
    ///   - configuration: the model's.
    /// - Returns: the same tensors; the reference saves all of them, those under `fusion.` as `module.…` in a dictionary
    ///   of their own.
    public static func released(
        _ tensors: [String: Tensor], _ configuration: ActionCLIPConfiguration
    ) -> [String: Tensor] {
        guard configuration.temporal == .shift else { return tensors }
        return Dictionary(uniqueKeysWithValues: tensors.map { (wrapped($0.key), $0.value) })
    }

    /// The part of a model that begins with CLIP's weights; aggregator and time embedding begin anew.
    ///
    /// - Parameters:
    ///   - clip: by CLIP's canonical names.
    ///   - configuration: the model's.
    ///   - part: what is taken of the CLIP model.
    /// - Returns: these tensors by the model's names.
    public static func backbone(
        _ clip: [String: Tensor], _ configuration: ActionCLIPConfiguration, part: BackbonePart = .wholeModel
    ) -> [String: Tensor] {
        let taken = part == .wholeModel ? clip : clip.filter { $0.key.hasPrefix("visual.") }
        return Dictionary(uniqueKeysWithValues: taken.map { ("model." + $0.key, $0.value) })
    }

    private static func renamed(_ name: String) -> String {
        for (part, own) in port where name.hasPrefix(part) { return own + name.dropFirst(part.count) }
        return name
    }

    private static func unwrapped(_ name: String) -> String { replaced(name, ".net.", by: ".") }

    private static func wrapped(_ name: String) -> String { replaced(name, ".", by: ".net.") }

    /// Replaces what stands behind the number of an image block.
    private static func replaced(_ name: String, _ separator: String, by other: String) -> String {
        guard name.hasPrefix(imageBlocks) else { return name }
        let rest = name.dropFirst(imageBlocks.count)
        let number = rest.prefix { $0.isASCII && $0.isNumber }, tail = rest.dropFirst(number.count)
        guard !number.isEmpty, tail.hasPrefix(separator) else { return name }
        return imageBlocks + number + other + tail.dropFirst(separator.count)
    }
}
