extension StoredTensor {
    /// Tensors below this size are copied: a mapping of their own would cost more than it saves.
    private static let smallestMapping = 128 << 10

    /// Makes a tensor of the stored elements, on the CPU.
    ///
    /// Each call gives storage of its own: two models made from one file never share weights, and writing to a tensor
    /// changes neither the file nor what later calls give. Large tensors are private mappings of the file, fetched when
    /// they are first used.
    ///
    /// - Returns: a tensor with the stored shape, strides and element type.
    /// - Throws: ``StateFileError`` if the stored checksum does not match or the file has become shorter.
    public func loaded() throws(StateFileError) -> Tensor {
        try storage.verify()
        let span = span
        let isAligned = span.lowerBound.isMultiple(of: dtype.byteCount)
        if dtype == .bool {
            return Tensor(try bytes().map { $0 != 0 }, shape: shape)  // other values than 0 and 1 mislead LibTorch
        }
        let region: MemoryRegion =
            if isAligned && span.count >= StoredTensor.smallestMapping {
                try storage.file.privateRegion(span)
            } else {
                storage.file.withBytes(span) { MemoryRegion(copying: $0) }
            }
        return Tensor(
            viewing: region, address: region.address, byteCount: region.byteCount, shape: shape, strides: strides,
            dtype: dtype)
    }
}

extension StateValue {
    /// Makes tensors of all tensors of a dictionary, each with storage of its own; see ``StoredTensor/loaded()``.
    ///
    /// - Returns: the tensors by name; entries of other kinds are left out.
    /// - Throws: ``StateFileError`` if the data of a tensor is damaged.
    public func loadedTensors() throws(StateFileError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, tensor) in tensors { result[name] = try tensor.loaded() }
        return result
    }
}

extension StateFile {
    /// Makes a tensor of the root dictionary; see ``StoredTensor/loaded()``.
    ///
    /// - Parameter name: the tensor's name.
    /// - Returns: a tensor with storage of its own.
    /// - Throws: ``StateFileError`` if there is no such tensor or its data is damaged.
    public func tensor(_ name: String) throws(StateFileError) -> Tensor {
        guard let stored = root[name]?.tensor else {
            throw StateFileError(.missing, path: path, place: name, "the file has no tensor of this name")
        }
        return try stored.loaded()
    }

    /// Makes tensors of the whole root dictionary; see ``StoredTensor/loaded()``.
    ///
    /// - Returns: the tensors by name.
    /// - Throws: ``StateFileError`` if the data of a tensor is damaged.
    public func loadedTensors() throws(StateFileError) -> [String: Tensor] {
        try root.loadedTensors()
    }

    /// Writes tensors as a safetensors file: under a temporary name, which is renamed when all is on disk.
    ///
    /// The same tensors and metadata give the same bytes. Tensors on other devices are fetched one at a time; shared
    /// storages are written once for each name.
    ///
    /// - Parameters:
    ///   - tensors: the tensors by name.
    ///   - metadata: free texts for the header.
    ///   - path: the file's path; an existing file is replaced.
    /// - Throws: ``StateFileError`` if a name is reserved or the file cannot be written.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
    ) throws(StateFileError) {
        let items = tensors.map { name, tensor in
            SafetensorsWriter.Item(name: name, dtype: tensor.dtype, shape: tensor.shape) {
                sink throws(StateFileError) in
                try tensor.withBytes(sink)
            }
        }
        try SafetensorsWriter(path: path).save(items, metadata: metadata)
    }
}
