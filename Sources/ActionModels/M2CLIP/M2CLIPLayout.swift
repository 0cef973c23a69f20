internal import CLIP
public import Torch

/// The reference's checkpoints: trained parameters under the names that ``M2CLIP`` declares, CLIP's own names unchanged.
///
/// Source: sallymmx/m2clip `main.py` and `models_adapter.py`.
public enum M2CLIPLayout {
    /// Whether names are those of an M2-CLIP model, whole or trained parameters only.
    ///
    /// - Parameter names: without container and `module.`.
    /// - Returns: whether a name is one that only this method has.
    public static func recognizes(_ names: Set<String>) -> Bool {
        names.contains { name in
            name.hasPrefix("mlm_adapter.") || name.hasPrefix("visual.adapter_fc.") || name.contains(".textad_fc1.")
        }
    }

    /// Gives the tensors of a file the names that ``M2CLIP`` declares, which are the reference's.
    ///
    /// - Parameters:
    ///   - tensors: by the file's names.
    ///   - path: for errors.
    /// - Returns: the same tensors.
    /// - Throws: `ActionModelError.unknownLayout` where no name tells M2-CLIP.
    public static func canonical(
        _ tensors: [String: Tensor], path: String
    ) throws(ActionModelError) -> [String: Tensor] {
        guard recognizes(Set(tensors.keys)) else {
            throw .unknownLayout(
                path: path, detail: "not an M2-CLIP checkpoint: it has neither mlm_adapter nor visual.adapter_fc")
        }
        return tensors
    }

    /// What the reference saves: the trained parameters only.
    ///
    /// - Parameters:
    ///   - tensors: by the model's names.
    ///   - configuration: the model's sizes; the names do not depend on them.
    /// - Returns: a part of the tensors.
    public static func released(
        _ tensors: [String: Tensor], _ configuration: M2CLIPConfiguration
    ) -> [String: Tensor] {
        tensors.filter { M2CLIPConfiguration.isTrained($0.key) }
    }

    /// What an M2-CLIP model takes from CLIP: everything, and the last text block once more as the cross-modal block.
    ///
    /// - Parameters:
    ///   - clip: CLIP's tensors by canonical name.
    ///   - configuration: the model's sizes.
    /// - Returns: the frozen parameters; the copied block has tensors of its own.
    public static func backbone(
        _ clip: [String: Tensor], _ configuration: M2CLIPConfiguration
    ) -> [String: Tensor] {
        let last = configuration.clip.text.blocks.layers
        let (source, target) = (textBlock(last - 1), textBlock(last))
        let copies = clip.filter { $0.key.hasPrefix(source) }.map { name, tensor in
            (target + name.dropFirst(source.count), tensor.cloned())
        }
        return clip.merging(copies) { own, _ in own }
    }

    /// A checkpoint for a data set with other classes and words: without the tensors that belong to the old ones.
    ///
    /// Tensors of another shape never load, so heads of another data set must be dropped before.
    ///
    /// - Parameter tensors: by the model's names.
    /// - Returns: all but the class head, the word decoder and its bias.
    public static func withoutHeads(_ tensors: [String: Tensor]) -> [String: Tensor] {
        tensors.filter { name, _ in
            !name.hasPrefix("visual.adapter_fc.") && !name.hasPrefix("mlm_adapter.decoder.")
                && name != "mlm_adapter.bias"
        }
    }

    static func textBlock(_ number: Int) -> String { "transformer.resblocks.\(number)." }
}
