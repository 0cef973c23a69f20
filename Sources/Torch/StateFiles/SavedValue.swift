/// A value to write with ``StateFile/writeTorch(_:to:)``: what `torch.save` takes.
public indirect enum SavedValue: Sendable {
    /// Python's `None`.
    case none
    /// A truth value.
    case bool(Bool)
    /// An integer.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// A text.
    case string(String)
    /// A list.
    case list([SavedValue])
    /// A dictionary, in its order.
    case dictionary([(key: StateKey, value: SavedValue)])
    /// A tensor; each gets a storage of its own.
    case tensor(Tensor)

    /// A dictionary of tensors, sorted by name: a state dict.
    ///
    /// - Parameter tensors: by name.
    /// - Returns: the dictionary.
    public static func tensors(_ tensors: [String: Tensor]) -> SavedValue {
        .dictionary(tensors.sorted { $0.key < $1.key }.map { (.string($0.key), .tensor($0.value)) })
    }
}

extension StateFile {
    /// Writes a value as `torch.save` does: a zip archive that torch 1.6 and later load, also with `weights_only`.
    ///
    /// The file appears whole or not at all, and the same value gives the same bytes.
    ///
    /// - Parameters:
    ///   - value: usually a dictionary.
    ///   - path: the file's path; an existing file is replaced.
    /// - Throws: ``StateFileError`` if the file cannot be written, or would be larger than 4 GB.
    public static func writeTorch(_ value: SavedValue, to path: String) throws(StateFileError) {
        var pickle = PickleWriter()
        pickle.write(value)
        try TorchArchiveWriter(path: path).save(pickle.finished(), storages: pickle.storages)
    }
}
