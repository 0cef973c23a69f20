/// What a pickle says about a storage: `("storage", class, key, location, element count[, view])`.
struct StorageIdentifier {
    let dtype: DType
    /// Digits.
    let key: String
    let count: Int
    /// The part of the storage that is meant, in elements; only in legacy files.
    let view: Range<Int>?

    init(
        _ tuple: StateValues.Reference, in values: StateValues, of machine: PickleMachine
    ) throws(StateFileError) {
        guard let fields = values.tuple(tuple), (5...6).contains(fields.count), values.string(fields[0]) == "storage",
            let symbol = values.symbol(fields[1]), case .storage(let dtype) = symbol,
            let key = values.string(fields[2]), let count = values.int(fields[4])
        else { throw machine.damaged("a reference to a storage is malformed") }
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw machine.damaged("a storage has the key \"\(key)\", which is not a number")
        }
        guard count >= 0, !count.multipliedReportingOverflow(by: dtype.byteCount).overflow else {
            throw machine.damaged("storage \(key) has \(count) elements")
        }
        (self.dtype, self.key, self.count) = (dtype, key, count)
        view = try StorageIdentifier.view(fields.count == 6 ? fields[5] : StateValues.none, count, values, machine)
    }

    private static func view(
        _ reference: StateValues.Reference, _ count: Int, _ values: StateValues, _ machine: PickleMachine
    ) throws(StateFileError) -> Range<Int>? {
        if case .none = values.nodes[reference] { return nil }
        guard let fields = values.tuple(reference), fields.count == 3, let offset = values.int(fields[1]),
            let size = values.int(fields[2]), offset >= 0, size >= 0, offset <= count, size <= count - offset
        else { throw machine.damaged("a view of a storage is malformed or lies outside of it") }
        return offset..<(offset + size)
    }
}

extension PickleMachine {
    /// Carries out the few calls that weights are written with; each is a rule for building data.
    mutating func call(
        _ function: StateValues.Reference, _ arguments: StateValues.Reference
    ) throws(StateFileError) -> StateValues.Reference {
        guard let symbol = values.symbol(function), let arguments = values.tuple(arguments) else {
            throw damaged("it calls what is not a function")
        }
        switch symbol {
        case .orderedDictionary: return try orderedDictionary(arguments)
        case .rebuildTensorV2:
            guard (6...7).contains(arguments.count) else { throw damaged("a tensor is malformed") }
            return try tensor(arguments)
        case .rebuildTensor:
            guard arguments.count == 4 else { throw damaged("a tensor is malformed") }
            return try tensor(arguments)
        case .rebuildParameter:
            guard arguments.count == 3, case .tensor = values.nodes[arguments[0]] else {
                throw damaged("a parameter is malformed")
            }
            return arguments[0]
        case .size:
            guard arguments.count == 1, values.integers(arguments[0]) != nil else {
                throw damaged("a size is malformed")
            }
            return arguments[0]
        case .scriptList:
            guard arguments.count == 1, values.elements(arguments[0]) != nil else {
                throw damaged("a list is malformed")
            }
            return arguments[0]
        case .scriptTypeTag:
            guard arguments.count == 2 else { throw damaged("a type tag is malformed") }
            return arguments[0]
        case .storage, .scriptClass: throw unsupported("it calls a class that is not called in weight files")
        }
    }

    private mutating func orderedDictionary(
        _ arguments: [StateValues.Reference]
    ) throws(StateFileError) -> StateValues.Reference {
        let result = values.addDictionary()
        guard let first = arguments.first else { return result }
        guard arguments.count == 1, let pairs = values.elements(first),
            case .dictionary(let place) = values.nodes[result]
        else { throw damaged("an ordered dictionary is malformed") }
        for pair in pairs {
            guard let pair = values.elements(pair), pair.count == 2, let key = values.key(pair[0]) else {
                throw damaged("an ordered dictionary has a malformed entry")
            }
            values.set(key, pair[1], inDictionary: place)
            guard values.items <= StateValues.mostNodes else { throw unsupported("it holds too many values") }
        }
        return result
    }

    /// `(storage, offset, sizes, strides, …)`; whether it needs gradients, and its hooks, are not part of the data.
    private mutating func tensor(_ arguments: [StateValues.Reference]) throws(StateFileError) -> StateValues.Reference {
        guard case .storage(let place) = values.nodes[arguments[0]], let offset = values.int(arguments[1]),
            let shape = values.integers(arguments[2]), let strides = values.integers(arguments[3])
        else { throw damaged("a tensor is malformed") }
        let storage = values.storages[place]
        if let problem = StoredTensor.problem(
            shape: shape, strides: strides, offset: offset, dtype: storage.dtype, storageCount: storage.count)
        {
            throw damaged("a tensor of storage \(storage.bytes.name) has \(problem)")
        }
        guard values.tensors.count < StateValues.mostTensors else { throw unsupported("it holds too many tensors") }
        return values.addTensor(
            StoredTensor(dtype: storage.dtype, shape: shape, strides: strides, offset: offset, storage: storage.bytes))
    }

    /// Makes an object of a TorchScript class, without attributes yet.
    mutating func instantiate(
        _ type: StateValues.Reference, _ arguments: StateValues.Reference
    ) throws(StateFileError) -> StateValues.Reference {
        guard values.symbol(type) == .scriptClass, values.tuple(arguments)?.isEmpty == true else {
            throw unsupported("it makes an object of a class that is not a TorchScript class")
        }
        return values.addObject()
    }

    /// Sets the attributes of a TorchScript object; those of an ordered dictionary (`_metadata`) are dropped.
    mutating func setState(
        of target: StateValues.Reference, to state: StateValues.Reference
    ) throws(StateFileError) {
        guard case .dictionary(let attributes) = values.nodes[state] else {
            throw unsupported("the state of an object is not a dictionary")
        }
        switch values.nodes[target] {
        case .object: values.setAttributes(of: target, toDictionary: attributes)
        case .dictionary: break
        default: throw unsupported("it sets the state of what is neither a dictionary nor a TorchScript object")
        }
    }
}
