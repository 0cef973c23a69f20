/// The container of `torch.save` before torch 1.6: five pickles (magic number, protocol, machine, object, storage
/// keys), then for each key, in that order, an i64 element count and the raw elements.
struct LegacyArchive {
    private let file: MappedFile

    init(_ file: MappedFile) {
        self.file = file
    }

    /// Reads the object.
    ///
    /// The object's pickle comes before the places of its storages are known. It is therefore read twice: first to
    /// learn where it ends and how many elements each storage has, then with the real places.
    func read() throws(StateFileError) -> StateValue {
        let objectStart = try header()
        var claims: [String: (dtype: DType, count: Int)] = [:]
        var survey = machine(from: objectStart, place: "object") { identifier throws(StateFileError) in
            if let claim = claims[identifier.key], claim != (identifier.dtype, identifier.count) {
                throw damaged("storage \(identifier.key)", "it is described in two ways")
            }
            claims[identifier.key] = (identifier.dtype, identifier.count)
            return try part(of: virtualStorage(identifier), identifier)
        }
        _ = try survey.run()
        let storages = try locateStorages(after: survey.reader.position, claims)
        var machine = machine(from: objectStart, place: "object") { identifier throws(StateFileError) in
            guard let storage = storages[identifier.key] else {
                throw damaged("storage \(identifier.key)", "a tensor needs it, but the file does not list it")
            }
            return try part(of: storage, identifier)
        }
        let root = try machine.run()
        return StateValue(machine.values, root: root)
    }

    /// Checks the first three pickles and returns where the object begins.
    private func header() throws(StateFileError) -> Int {
        var magic = machine(from: 0, place: "magic number")
        _ = try magic.run()  // its bytes were compared when the container was recognised
        var version = machine(from: magic.reader.position, place: "protocol version")
        let versionValue = try version.run()
        guard version.values.int(versionValue) == 1001 else {
            throw StateFileError(.unsupported, path: file.path, place: "protocol version", "it is not 1001")
        }
        var system = machine(from: version.reader.position, place: "machine")
        let root = try system.run()
        guard StateValue(system.values, root: root)["little_endian"]?.bool != false else {
            throw StateFileError(
                .unsupported, path: file.path, place: "machine", "the numbers are not stored little-endian",
                remedy: "Load and save the file again on a little-endian machine (x86, ARM)")
        }
        return system.reader.position
    }

    private func locateStorages(
        after position: Int, _ claims: [String: (dtype: DType, count: Int)]
    ) throws(StateFileError) -> [String: StoredBytes] {
        var list = machine(from: position, place: "storage keys")
        let root = try list.run()
        guard let keys = StateValue(list.values, root: root).elements else {
            throw damaged("storage keys", "they are not a list")
        }
        var storages: [String: StoredBytes] = [:]
        var reader = ByteReader(file, list.reader.position..<file.size, place: "storages")
        for key in keys {
            guard let key = key.string, let claim = claims[key], storages[key] == nil else {
                throw damaged("storage keys", "\(key) is listed twice or belongs to no tensor")
            }
            guard try reader.integer(Int64.self) == Int64(claim.count) else {
                throw damaged("storage \(key)", "its element count differs from the one its tensors state")
            }
            let range = try reader.skip(UInt64(claim.count * claim.dtype.byteCount))
            storages[key] = StoredBytes(file, range, name: "storage \(key)")
        }
        return storages
    }

    /// A storage of the right size whose place is not known yet; never read from.
    private func virtualStorage(_ identifier: StorageIdentifier) -> StoredBytes {
        StoredBytes(file, 0..<(identifier.count * identifier.dtype.byteCount), name: "storage \(identifier.key)")
    }

    private func part(of storage: StoredBytes, _ identifier: StorageIdentifier) throws(StateFileError) -> StoredBytes {
        guard let view = identifier.view else { return storage }
        let size = identifier.dtype.byteCount
        let start = storage.range.lowerBound
        return StoredBytes(
            file, (start + view.lowerBound * size)..<(start + view.upperBound * size), name: storage.name)
    }

    private func machine(
        from position: Int, place: String, storage: PickleMachine.StorageLookup? = nil
    ) -> PickleMachine {
        let end = min(file.size, position + TorchArchive.largestPickle)
        let refuse: PickleMachine.StorageLookup = { _ throws(StateFileError) in
            throw damaged(place, "it refers to a storage")
        }
        return PickleMachine(ByteReader(file, position..<end, place: place), storage: storage ?? refuse)
    }

    private func damaged(_ place: String, _ what: String) -> StateFileError {
        StateFileError(.damaged, path: file.path, place: place, what)
    }
}
