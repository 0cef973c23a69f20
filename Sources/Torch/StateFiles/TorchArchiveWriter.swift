/// Writes torch's zip archives: `archive/data.pkl`, one `archive/data/<key>` a storage, nothing compressed.
struct TorchArchiveWriter {
    /// Where torch lets the data of entries begin: at multiples of this.
    private static let alignment = 64
    /// What a zip archive without 64-bit fields can hold.
    private static let limit = Int(UInt32.max)

    let path: String

    private struct Entry {
        let name: String
        let position: Int
        let count: Int
        let checksum: UInt32
    }

    func save(_ pickle: [UInt8], storages: [Tensor]) throws(StateFileError) {
        let size = storages.reduce(pickle.count) { $0 + $1.count * $1.dtype.byteCount + 512 }
        guard size < Self.limit, storages.count < 65_000 else {
            throw StateFileError(
                .unwritable, path: path, "the archive would be larger than 4 GB or hold more than 65,000 tensors",
                remedy: "Write half precision or a safetensors file")
        }
        try DraftFile(path: path).write { sink throws(StateFileError) in
            var (position, entries) = (0, [Entry]())
            try add("data.pkl", pickle, &position, &entries, sink)
            try add("byteorder", Array("little".utf8), &position, &entries, sink)
            for (key, tensor) in storages.enumerated() {
                try tensor.withBytes { bytes throws(StateFileError) in
                    try add("data/\(key)", bytes, &position, &entries, sink)
                }
            }
            try add("version", Array("3\n".utf8), &position, &entries, sink)
            try Self.directory(entries, at: position).write(to: sink)
        }
    }

    private func add(
        _ name: String, _ content: [UInt8], _ position: inout Int, _ entries: inout [Entry], _ sink: DraftFile.Sink
    ) throws(StateFileError) {
        try content.withUnsafeBufferPointer { bytes throws(StateFileError) in
            try add(name, UnsafeRawBufferPointer(bytes), &position, &entries, sink)
        }
    }

    private func add(
        _ name: String, _ content: UnsafeRawBufferPointer, _ position: inout Int, _ entries: inout [Entry],
        _ sink: DraftFile.Sink
    ) throws(StateFileError) {
        let entry = Entry(
            name: "archive/\(name)", position: position, count: content.count,
            checksum: CRC32.checksum(of: content))
        let header = Self.localHeader(entry)
        try header.write(to: sink)
        try sink(content)
        position += header.count + content.count
        entries.append(entry)
    }

    /// The fields that both kinds of header share: version to extra length.
    private static func fields(_ entry: Entry, extra: Int) -> [UInt8] {
        let version = littleEndian(20, 2), flags = littleEndian(0x0800, 2), stored = littleEndian(0, 2)
        // The first of January 1980, so that bytes do not depend on the day.
        let time = littleEndian(0, 2) + littleEndian(0x21, 2)
        return version + flags + stored + time + littleEndian(Int(entry.checksum), 4) + littleEndian(entry.count, 4)
            + littleEndian(entry.count, 4) + littleEndian(entry.name.utf8.count, 2) + littleEndian(extra, 2)
    }

    /// Padded by an extra field so that the data is aligned.
    private static func localHeader(_ entry: Entry) -> [UInt8] {
        let bare = 30 + entry.name.utf8.count
        var extra = (alignment - (entry.position + bare) % alignment) % alignment
        if (1..<4).contains(extra) { extra += alignment }  // an extra field begins with four bytes
        let padding =
            extra == 0
            ? [] : Array("FB".utf8) + littleEndian(extra - 4, 2) + Array(repeating: UInt8(ascii: "Z"), count: extra - 4)
        return littleEndian(0x0403_4B50, 4) + fields(entry, extra: extra) + entry.name.utf8 + padding
    }

    private static func directory(_ entries: [Entry], at position: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            // Comment, disk, attributes inside and outside: none.
            bytes += littleEndian(0x0201_4B50, 4) + littleEndian(20, 2) + fields(entry, extra: 0)
            bytes += [UInt8](repeating: 0, count: 10) + littleEndian(entry.position, 4) + entry.name.utf8
        }
        let count = bytes.count
        bytes += littleEndian(0x0605_4B50, 4) + littleEndian(0, 4) + littleEndian(entries.count, 2)
        bytes += littleEndian(entries.count, 2) + littleEndian(count, 4) + littleEndian(position, 4)
        return bytes + littleEndian(0, 2)
    }
}
