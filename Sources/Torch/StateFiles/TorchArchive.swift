/// A zip archive of torch: `<folder>/data.pkl` describes the object, `<folder>/data/<key>` holds the raw storages.
struct TorchArchive {
    /// The most bytes of a pickle that are read; the pickles of models hold names and shapes and stay far below.
    static let largestPickle = 64 << 20

    let zip: ZipArchive
    let checksums: ChecksumPolicy
    private let folder: String
    private let pickle: ZipArchive.Entry

    init(_ file: MappedFile, checksums: ChecksumPolicy) throws(StateFileError) {
        zip = try ZipArchive(file)
        self.checksums = checksums
        let pickles = zip.entries.keys.filter { $0.hasSuffix("/data.pkl") && $0.count(where: { $0 == "/" }) == 1 }
        guard let name = pickles.first, let entry = zip.entries[name], pickles.count == 1 else {
            let what = pickles.isEmpty ? "the zip archive has no data.pkl" : "the zip archive has several data.pkl"
            throw StateFileError(.notAStateFile, path: file.path, what)
        }
        pickle = entry
        folder = String(name.dropLast("data.pkl".count))
    }

    var format: StateFileFormat { zip.entries["\(folder)constants.pkl"] == nil ? .torchArchive : .torchScript }

    /// Reads the object: the saved value, or the state dictionary of a TorchScript module.
    func read() throws(StateFileError) -> StateValue {
        try checkByteOrder()
        let range = try verifiedRange(pickle)
        guard range.count <= TorchArchive.largestPickle else {
            throw StateFileError(
                .unsupported, path: zip.file.path, place: pickle.name, "the description has \(range.count) bytes")
        }
        let isScript = format == .torchScript
        var records: [String: StoredBytes] = [:]
        var machine = PickleMachine(ByteReader(zip.file, range, place: pickle.name), inScript: isScript) {
            identifier throws(StateFileError) in
            if let record = records[identifier.key] { return try checked(record, identifier) }
            let record = try storage(identifier.key)
            records[identifier.key] = record
            return try checked(record, identifier)
        }
        let root = try machine.run()
        guard isScript else { return StateValue(machine.values, root: root) }
        return try ScriptState(machine.values, path: zip.file.path).flattened(root)
    }

    private func storage(_ key: String) throws(StateFileError) -> StoredBytes {
        let name = "\(folder)data/\(key)"
        guard let entry = zip.entries[name] else {
            throw StateFileError(
                .damaged, path: zip.file.path, place: name, "a tensor needs this entry, which is absent")
        }
        let checksum = checksums == .ignored ? nil : entry.checksum
        return StoredBytes(zip.file, try zip.range(of: entry), name: name, checksum: checksum)
    }

    private func checked(
        _ record: StoredBytes, _ identifier: StorageIdentifier
    ) throws(StateFileError) -> StoredBytes {
        guard identifier.view == nil, record.range.count == identifier.count * identifier.dtype.byteCount else {
            throw StateFileError(
                .damaged, path: zip.file.path, place: record.name,
                "it has \(record.range.count) bytes instead of \(identifier.count) elements of \(identifier.dtype)")
        }
        return record
    }

    private func checkByteOrder() throws(StateFileError) {
        guard let entry = zip.entries["\(folder)byteorder"] else { return }  // absent in older files: little
        let order = zip.file.bytes[try verifiedRange(entry)]
        guard order.elementsEqual("little".utf8) else {
            throw StateFileError(
                .unsupported, path: zip.file.path, place: entry.name, "the numbers are not stored little-endian",
                remedy: "Load and save the file again on a little-endian machine (x86, ARM)")
        }
    }

    private func verifiedRange(_ entry: ZipArchive.Entry) throws(StateFileError) -> Range<Int> {
        let range = try zip.range(of: entry)
        let checksum = checksums == .ignored ? nil : entry.checksum
        try StoredBytes(zip.file, range, name: entry.name, checksum: checksum).verify()
        return range
    }
}
