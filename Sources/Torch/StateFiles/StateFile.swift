/// Whether the checksums that zip archives hold for their entries are compared.
public enum ChecksumPolicy: Sendable {
    /// The description of the tensors is checked when the file is read, each tensor's data when it is first asked for.
    case checked
    /// They are not compared; for files that torch wrote with `set_crc32_options(False)`.
    case ignored
}

/// The content of a checkpoint: tensors and plain values.
///
/// Reads safetensors and all files of `torch.save` and `torch.jit.save` since torch 0.1.10. The file is mapped into
/// memory: reading costs the same whether it holds one megabyte or a hundred gigabytes, and a tensor's elements are
/// fetched when they are first used. Nothing in a file is ever executed or unpacked to disk.
/// ```swift
/// let file = try StateFile.read("ViT-B-32.pt")
/// for (name, tensor) in file.tensors { print(name, tensor.dtype, tensor.shape) }
/// ```
public struct StateFile: Sendable {
    /// The path that the file was read from.
    public let path: String
    /// The container.
    public let format: StateFileFormat
    /// The free texts in the header of a safetensors file; empty for other containers.
    public let metadata: [String: String]
    /// The saved value: a dictionary of tensors for safetensors and TorchScript, anything for `torch.save`.
    public let root: StateValue

    /// The tensors of the root dictionary under their names, in the order of the file.
    public var tensors: [(name: String, tensor: StoredTensor)] { root.tensors }

    /// Reads a file of any of the known containers, recognised by its content.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - checksums: whether damaged data of zip archives is looked for.
    /// - Returns: the file's content.
    /// - Throws: ``StateFileError`` if the file cannot be opened, is something else, is damaged, asks for code to be
    ///   run, or uses what is not read.
    public static func read(
        _ path: String, checksums: ChecksumPolicy = .checked
    ) throws(StateFileError) -> StateFile {
        let file = try MappedFile(path)
        switch try StateFileFormat.container(of: file) {
        case .safetensors:
            let content = try SafetensorsFile(file)
            let metadata = Dictionary(uniqueKeysWithValues: content.metadata.map { ($0.key, $0.value) })
            return StateFile(path: path, format: .safetensors, metadata: metadata, root: content.root)
        case .zip:
            let archive = try TorchArchive(file, checksums: checksums)
            return StateFile(path: path, format: archive.format, metadata: [:], root: try archive.read())
        case .legacy:
            return StateFile(path: path, format: .torchLegacy, metadata: [:], root: try LegacyArchive(file).read())
        }
    }

    /// Recognises the container of a file by its content, without reading its values.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: the container.
    /// - Throws: ``StateFileError`` if the file cannot be opened or is something else; the error names what it looks
    ///   like (a Git LFS pointer, a web page).
    public static func format(of path: String) throws(StateFileError) -> StateFileFormat {
        let file = try MappedFile(path)
        switch try StateFileFormat.container(of: file) {
        case .safetensors: return .safetensors
        case .zip: return try TorchArchive(file, checksums: .checked).format
        case .legacy: return .torchLegacy
        }
    }

    /// Compares the stored checksums of all tensors of the root dictionary with their data, which reads all of it.
    ///
    /// - Throws: ``StateFileError`` for the first entry whose data is damaged.
    public func verify() throws(StateFileError) {
        for (_, tensor) in tensors { try tensor.storage.verify() }
    }
}
