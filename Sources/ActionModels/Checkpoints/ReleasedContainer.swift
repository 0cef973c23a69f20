internal import Torch

/// The dictionaries in which the references save their models.
struct ReleasedContainer {
    /// What a data-parallel wrapper puts before every name.
    static let wrapper = "module."

    /// The tensors by plain name, not loaded; ActionCLIP's begin with `model.` or `fusion.`.
    let stored: [String: StoredTensor]
    /// Whose checkpoint it is; nil for none of the methods'.
    let layout: ReleasedLayout?
    /// What else the file holds, for people.
    let notes: [String]

    /// Takes a checkpoint out of its dictionaries and tells by names alone whose it is.
    init(_ file: StateFile) {
        let root = file.root
        if let parts = ActionCLIPLayout.stored(in: root) {
            stored = parts
            layout = .actionCLIP
        } else {
            let inner = ["model", "state_dict"].compactMap { root[$0] }.first { !$0.tensors.isEmpty }
            stored = Self.unwrapped((inner ?? root).tensors.map { ($0.name, $0.tensor) })
            layout = ReleasedLayout(of: Set(stored.keys))
        }
        notes = (root.entries ?? []).compactMap { entry in
            guard case .string(let key) = entry.key else { return nil }
            switch entry.value.kind {
            case .int, .double, .string: return "\(key) \(entry.value)"
            case .dictionary where key.contains("optim") || key.contains("lr_") || key.contains("scaler"): return key
            default: return nil
            }
        }
    }

    /// The tensors, loaded.
    ///
    /// - Throws: `StateFileError` if the data of a tensor is damaged.
    func tensors() throws(StateFileError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in stored { tensors[name] = try tensor.loaded() }
        return tensors
    }

    private static func unwrapped(_ tensors: [(String, StoredTensor)]) -> [String: StoredTensor] {
        guard !tensors.isEmpty, tensors.allSatisfy({ $0.0.hasPrefix(wrapper) }) else {
            return Dictionary(tensors, uniquingKeysWith: { _, later in later })
        }
        return unwrapped(tensors.map { (String($0.0.dropFirst(wrapper.count)), $0.1) })
    }

    private static func renamed(_ tensors: [String: Tensor], _ rename: (String) -> String) -> [String: Tensor] {
        Dictionary(tensors.map { (rename($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// ActionCLIP's dictionary, without the state of an optimiser.
    static func actionCLIP(_ tensors: [String: Tensor]) -> SavedValue {
        func part(_ section: String, _ prefix: String) -> SavedValue {
            let own = tensors.filter { $0.key.hasPrefix(section) }
            return .tensors(renamed(own) { prefix + $0.dropFirst(section.count) })
        }
        return .dictionary([
            (.string("model_state_dict"), part("model.", "")),
            (.string("fusion_model_state_dict"), part("fusion.", wrapper)),
        ])
    }

    /// The dictionary of the other three, without the state of an optimiser.
    static func model(_ tensors: [String: Tensor], prefix: String = "") -> SavedValue {
        .dictionary([(.string("model"), .tensors(renamed(tensors) { prefix + $0 }))])
    }
}
