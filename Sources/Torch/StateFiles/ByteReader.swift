/// Reads numbers and ranges from a part of a mapped file, front to back; each read is checked against the part's end.
struct ByteReader {
    let file: MappedFile
    let end: Int
    private(set) var position: Int
    /// The name of the part, for errors.
    let place: String

    init(_ file: MappedFile, _ range: Range<Int>, place: String) {
        self.file = file
        self.position = range.lowerBound
        self.end = range.upperBound
        self.place = place
    }

    var remaining: Int { end - position }

    mutating func byte() throws(StateFileError) -> UInt8 {
        guard position < end else { throw endedEarly() }
        defer { position += 1 }
        return file.bytes[position]
    }

    /// Reads a little-endian integer.
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(StateFileError) -> T {
        let start = try skip(UInt64(MemoryLayout<T>.size))
        return T(littleEndian: file.bytes.loadUnaligned(fromByteOffset: start.lowerBound, as: T.self))
    }

    /// Steps over `count` bytes and returns where they lie.
    mutating func skip(_ count: UInt64) throws(StateFileError) -> Range<Int> {
        guard count <= UInt64(remaining) else { throw endedEarly() }
        defer { position += Int(count) }
        return position..<(position + Int(count))
    }

    /// Reads `count` bytes of UTF-8.
    mutating func text(_ count: UInt64) throws(StateFileError) -> String {
        let range = try skip(count)
        guard let text = String(validating: file.bytes[range], as: UTF8.self) else {
            throw damaged("the text at byte \(range.lowerBound) is not UTF-8")
        }
        return text
    }

    /// Reads up to a newline, which is consumed and not returned.
    mutating func line(atMost limit: Int) throws(StateFileError) -> String {
        let window = position..<min(end, position + limit + 1)
        guard let newline = file.bytes[window].firstIndex(of: 0x0A) else {
            throw damaged("a line at byte \(position) has no end")
        }
        let line = try text(UInt64(newline - position))
        position += 1
        return line
    }

    func damaged(_ what: String) -> StateFileError {
        StateFileError(.damaged, path: file.path, place: place, what)
    }

    private func endedEarly() -> StateFileError {
        damaged("it ends in the middle of a value, at byte \(position)")
    }
}
