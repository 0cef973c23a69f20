/// The directory of a zip archive, with ZIP64 (archives and entries over 4 GB).
///
/// Everything comes from the central directory: archives written as a stream have no sizes in their local headers.
/// Entries are only looked up, never unpacked or written anywhere, so their names are plain labels.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3.
struct ZipArchive {
    struct Entry {
        let name: String
        let flags: UInt16
        let method: UInt16
        let checksum: UInt32
        let compressedSize: UInt64
        let size: UInt64
        let headerOffset: UInt64
    }

    let file: MappedFile
    /// The entries by name.
    let entries: [String: Entry]
    private let directory: Range<Int>

    init(_ file: MappedFile) throws(StateFileError) {
        self.file = file
        let (directory, count) = try ZipArchive.locateDirectory(file)
        var reader = ByteReader(file, directory, place: "zip directory")
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            let entry = try ZipArchive.entry(&reader)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw reader.damaged("there are two entries named \(entry.name)")
            }
        }
        self.entries = entries
        self.directory = directory
    }

    /// Where the content of an entry lies.
    ///
    /// Compressed and encrypted entries are refused.
    func range(of entry: Entry) throws(StateFileError) -> Range<Int> {
        guard entry.flags & 1 == 0 else { throw unsupported(entry, "the entry is encrypted") }
        guard entry.method == 0 else { throw unsupported(entry, "the entry is compressed; torch stores it as it is") }
        guard entry.compressedSize == entry.size else { throw damaged(entry, "the two sizes of the entry differ") }
        guard entry.headerOffset < UInt64(directory.lowerBound) else {
            throw damaged(entry, "the entry lies outside the archive")
        }
        var reader = ByteReader(file, Int(entry.headerOffset)..<directory.lowerBound, place: entry.name)
        guard try reader.integer(UInt32.self) == 0x0403_4B50 else { throw damaged(entry, "the entry has no header") }
        _ = try reader.skip(22)
        let nameLength = try reader.integer(UInt16.self)
        let extraLength = try reader.integer(UInt16.self)
        guard try reader.text(UInt64(nameLength)) == entry.name else {
            throw damaged(entry, "the entry has another name in its own header")
        }
        _ = try reader.skip(UInt64(extraLength))
        return try reader.skip(entry.size)
    }

    private func damaged(_ entry: Entry, _ what: String) -> StateFileError {
        StateFileError(.damaged, path: file.path, place: entry.name, what)
    }

    private func unsupported(_ entry: Entry, _ what: String) -> StateFileError {
        StateFileError(
            .unsupported, path: file.path, place: entry.name, what, remedy: "Save the file again with torch.save")
    }
}

extension ZipArchive {
    private static let endRecordSize = 22
    private static let locatorSize = 20
    private static let entryHeaderSize = 46

    private static func locateDirectory(_ file: MappedFile) throws(StateFileError) -> (Range<Int>, count: UInt64) {
        guard let end = endRecord(file) else {
            throw StateFileError(.damaged, path: file.path, "the zip archive has no directory; it was cut short")
        }
        var reader = ByteReader(file, (end + 10)..<file.size, place: "zip directory")
        var count = UInt64(try reader.integer(UInt16.self))
        var size = UInt64(try reader.integer(UInt32.self))
        var offset = UInt64(try reader.integer(UInt32.self))
        if let wide = try wideEndRecord(file, before: end) { (count, size, offset) = wide }
        let (upper, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, upper <= UInt64(end), count <= size / UInt64(entryHeaderSize) else {
            throw reader.damaged("its position or size is impossible")
        }
        return (Int(offset)..<Int(upper), count)
    }

    /// The position of the end record: the last one whose comment reaches exactly to the end of the file.
    private static func endRecord(_ file: MappedFile) -> Int? {
        let last = file.size - endRecordSize
        guard last >= 0 else { return nil }
        for position in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
        where file.bytes[position] == 0x50
            && file.bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian == 0x0605_4B50
        {
            let comment = file.bytes.loadUnaligned(fromByteOffset: position + 20, as: UInt16.self).littleEndian
            if position + endRecordSize + Int(comment) == file.size { return position }
        }
        return nil
    }

    private static func wideEndRecord(
        _ file: MappedFile, before end: Int
    ) throws(StateFileError) -> (count: UInt64, size: UInt64, offset: UInt64)? {
        guard end >= locatorSize else { return nil }
        var locator = ByteReader(file, (end - locatorSize)..<end, place: "zip directory")
        guard try locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
        _ = try locator.skip(4)
        let offset = try locator.integer(UInt64.self)
        guard offset < UInt64(end - locatorSize) else {
            throw locator.damaged("its ZIP64 record lies outside the file")
        }
        var record = ByteReader(file, Int(offset)..<(end - locatorSize), place: "zip directory")
        guard try record.integer(UInt32.self) == 0x0606_4B50 else { throw record.damaged("it has no ZIP64 record") }
        _ = try record.skip(28)
        return (try record.integer(), try record.integer(), try record.integer())
    }

    private static func entry(_ reader: inout ByteReader) throws(StateFileError) -> Entry {
        guard try reader.integer(UInt32.self) == 0x0201_4B50 else { throw reader.damaged("an entry is malformed") }
        _ = try reader.skip(4)
        let flags = try reader.integer(UInt16.self)
        let method = try reader.integer(UInt16.self)
        _ = try reader.skip(4)
        let checksum = try reader.integer(UInt32.self)
        let compressed = try reader.integer(UInt32.self)
        let size = try reader.integer(UInt32.self)
        let nameLength = try reader.integer(UInt16.self)
        let extraLength = try reader.integer(UInt16.self)
        let commentLength = try reader.integer(UInt16.self)
        _ = try reader.skip(8)
        let offset = try reader.integer(UInt32.self)
        let name = try reader.text(UInt64(nameLength))
        let extra = try reader.skip(UInt64(extraLength))
        _ = try reader.skip(UInt64(commentLength))
        let wide = try wideFields(reader, extra, size, compressed, offset)
        return Entry(
            name: name, flags: flags, method: method, checksum: checksum, compressedSize: wide.compressed,
            size: wide.size, headerOffset: wide.offset)
    }

    /// Replaces the 32-bit fields that say "see ZIP64" by those of the extra field, which come in this order.
    private static func wideFields(
        _ reader: ByteReader, _ extra: Range<Int>, _ size: UInt32, _ compressed: UInt32, _ offset: UInt32
    ) throws(StateFileError) -> (size: UInt64, compressed: UInt64, offset: UInt64) {
        var result = (size: UInt64(size), compressed: UInt64(compressed), offset: UInt64(offset))
        guard size == .max || compressed == .max || offset == .max else { return result }
        var fields = ByteReader(reader.file, extra, place: reader.place)
        while fields.remaining >= 4 {
            let tag = try fields.integer(UInt16.self)
            let content = try fields.skip(UInt64(try fields.integer(UInt16.self)))
            guard tag == 1 else { continue }
            var values = ByteReader(reader.file, content, place: reader.place)
            if size == .max { result.size = try values.integer() }
            if compressed == .max { result.compressed = try values.integer() }
            if offset == .max { result.offset = try values.integer() }
            return result
        }
        throw reader.damaged("an entry lacks its ZIP64 sizes")
    }
}
