/// Writes values in Python's pickle protocol 2, tensors as torch rebuilds them.
struct PickleWriter {
    private var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]
    /// The tensors in the order of their storages' keys.
    private(set) var storages: [Tensor] = []

    /// The whole pickle.
    consuming func finished() -> [UInt8] { bytes + [PickleOpcode.stop.rawValue] }

    mutating func write(_ value: SavedValue) {
        switch value {
        case .none: put(.none)
        case .bool(let value): put(value ? .newTrue : .newFalse)
        case .int(let value): write(value)
        case .double(let value):
            put(.binFloat, (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (56 - 8 * $0)) })
        case .string(let text): write(text)
        case .list(let elements):
            put(.emptyList)
            put(.mark)
            for element in elements { write(element) }
            put(.appends)
        case .dictionary(let entries):
            put(.emptyDictionary)
            put(.mark)
            for (key, value) in entries {
                switch key {
                case .string(let text): write(text)
                case .int(let number): write(number)
                }
                write(value)
            }
            put(.setItems)
        case .tensor(let tensor): write(tensor)
        }
    }

    private mutating func put(_ opcode: PickleOpcode, _ argument: [UInt8] = []) {
        bytes.append(opcode.rawValue)
        bytes += argument
    }

    private mutating func write(_ value: Int) {
        if let small = Int32(exactly: value) {
            put(.binInt, littleEndian(Int(small), 4))
        } else {
            put(.long1, [8] + littleEndian(value, 8))
        }
    }

    private mutating func write(_ text: String) { put(.binUnicode, littleEndian(text.utf8.count, 4) + text.utf8) }

    private mutating func name(_ module: String, _ name: String) {
        put(.global, Array("\(module)\n\(name)\n".utf8))
    }

    private mutating func tuple(_ numbers: [Int]) {
        put(.mark)
        for number in numbers { write(number) }
        put(.tuple)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)`.
    private mutating func write(_ tensor: Tensor) {
        let shape = tensor.shape
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1) }
        name("torch._utils", "_rebuild_tensor_v2")
        put(.mark)
        put(.mark)
        write("storage")
        name("torch", PickleSymbol.storageName(tensor.dtype))
        write(String(storages.count))
        write("cpu")
        write(tensor.count)
        put(.tuple)
        put(.binPersistentID)
        write(0)
        tuple(shape)
        tuple(strides)
        put(.newFalse)
        name("collections", "OrderedDict")
        put(.emptyTuple)
        put(.reduce)
        put(.tuple)
        put(.reduce)
        storages.append(tensor)
    }
}

/// The lowest bytes of a number, the lowest first.
func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
