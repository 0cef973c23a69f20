/// Writes safetensors files: whole or not at all, and byte for byte the same for the same tensors.
struct SafetensorsWriter {
    /// A tensor to write; `body` hands its row-major, little-endian bytes to its argument, in as many pieces as it likes.
    struct Item {
        let name: String
        let dtype: DType
        let shape: [Int]
        let body: (DraftFile.Sink) throws(StateFileError) -> Void

        var byteCount: Int { shape.reduce(dtype.byteCount, *) }
    }

    let path: String

    /// Writes under a temporary name in the same folder, then renames.
    func save(_ items: [Item], metadata: [String: String]) throws(StateFileError) {
        var names: Set<String> = []
        for item in items where !names.insert(item.name).inserted || item.name == "__metadata__" {
            throw StateFileError(
                .unwritable, path: path, place: item.name, "the name is used twice or reserved",
                remedy: "Give each tensor a name of its own")
        }
        let items = items.sorted { ($1.dtype.byteCount, $0.name) < ($0.dtype.byteCount, $1.name) }
        try DraftFile(path: path).write { sink throws(StateFileError) in try writeContent(items, metadata, to: sink) }
    }

    private func writeContent(
        _ items: [Item], _ metadata: [String: String], to sink: DraftFile.Sink
    ) throws(StateFileError) {
        let header = Array(SafetensorsWriter.header(items, metadata).utf8)
        try (littleEndian(header.count, 8) + header).write(to: sink)
        for item in items {
            var written = 0
            try item.body { bytes throws(StateFileError) in
                written += bytes.count
                try sink(bytes)
            }
            precondition(written == item.byteCount, "\(item.name): \(written) bytes given, \(item.byteCount) expected")
        }
    }
}

extension SafetensorsWriter {
    /// The JSON header, padded with spaces so that the data begins at a multiple of 8.
    ///
    /// Wide element types come first, so every tensor lies at a multiple of its element size.
    private static func header(_ items: [Item], _ metadata: [String: String]) -> String {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var position = 0
        for item in items {
            let end = position + item.byteCount
            let shape = item.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(jsonString(item.name)):{\"dtype\":\"\(item.dtype.safetensorsCode)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(position),\(end)]}")
            position = end
        }
        let text = "{\(members.joined(separator: ","))}"
        return text + String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
    }
}
