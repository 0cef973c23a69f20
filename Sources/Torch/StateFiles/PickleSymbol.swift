/// What the names in a pickle stand for.
///
/// A symbol is only ever compared; no name is looked up, imported or called.
enum PickleSymbol: Equatable, Sendable {
    case orderedDictionary
    case storage(DType)
    case rebuildTensor
    case rebuildTensorV2
    case rebuildParameter
    case size
    /// A class of a TorchScript archive.
    case scriptClass
    /// `build_intlist` and its kind: mark a list as one of a single type.
    case scriptList
    /// `restore_type_tag`: names the type of a container.
    case scriptTypeTag

    /// The symbol of a name; nil if the name is not allowed.
    init?(module: String, name: String, inScript: Bool) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensorV2
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", "Size"): self = .size
        case ("torch", _):
            guard let dtype = PickleSymbol.storages[name] else { return nil }
            self = .storage(dtype)
        case ("torch.jit._pickle", "build_intlist"), ("torch.jit._pickle", "build_doublelist"),
            ("torch.jit._pickle", "build_boollist"), ("torch.jit._pickle", "build_tensorlist"):
            guard inScript else { return nil }
            self = .scriptList
        case ("torch.jit._pickle", "restore_type_tag"):
            guard inScript else { return nil }
            self = .scriptTypeTag
        default:
            guard inScript, module == "__torch__" || module.hasPrefix("__torch__.") else { return nil }
            self = .scriptClass
        }
    }

    private static let storages: [String: DType] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
    ]

    /// What torch calls the storage of an element type.
    static func storageName(_ dtype: DType) -> String {
        guard let name = storages.first(where: { $0.value == dtype })?.key else { fatalError("no storage of \(dtype)") }
        return name
    }

    /// The error for a name that is not allowed: modules that only carry data are unsupported, all others forbidden.
    static func refusal(module: String, name: String, path: String, place: String) -> StateFileError {
        let what = "it names \(module).\(name), which is not data"
        let harmless = ["torch", "numpy", "argparse", "pathlib", "_codecs", "omegaconf", "easydict", "yacs"]
        let isHarmless = harmless.contains { module == $0 || module.hasPrefix("\($0).") }
        return StateFileError(isHarmless ? .unsupported : .forbidden, path: path, place: place, what)
    }
}
