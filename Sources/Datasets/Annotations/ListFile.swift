internal import Foundation

/// One line of a list that is not blank, numbered from 1 as an editor does.
struct ListLine: Equatable {
    let number: Int
    /// The line without the blanks around it.
    let text: String
}

/// The bytes of a list or of another annotation file.
struct ListFile {
    /// The largest file that is read: a few million lines.
    static let limit = 256 << 20

    let path: String
    let bytes: Data

    /// Reads a regular file of at most ``limit`` bytes.
    ///
    /// - Parameters:
    ///   - path: the file; links are followed.
    ///   - remedy: what is added to the error when there is no such file.
    /// - Throws: `DatasetError.unreadable`.
    init(_ path: String, remedy: String = "") throws(DatasetError) {
        self.path = path
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw .unreadable(path: path, detail: "no such file\(remedy)")
        }
        let isRegular = (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
        guard isRegular, let handle = try? FileHandle(forReadingFrom: file),
            let bytes = try? handle.read(upToCount: Self.limit + 1) ?? Data()
        else { throw .unreadable(path: path, detail: "it cannot be read") }
        try? handle.close()
        guard bytes.count <= Self.limit else {
            throw .unreadable(path: path, detail: "it is larger than \(Self.limit >> 20) MiB; split the list")
        }
        self.bytes = bytes
    }

    /// The lines that are not blank.
    ///
    /// A byte order mark and every kind of line end are accepted. Other separators of Unicode, which JSON and file names
    /// allow, do not end a line. Blanks are those of ASCII.
    ///
    /// - Throws: `DatasetError.unreadable` for what is not UTF-8, `badLine` for a zero byte.
    func lines() throws(DatasetError) -> [ListLine] {
        let bytes = Array(self.bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .unreadable(path: path, detail: "not UTF-8 text")
        }
        var lines: [ListLine] = []
        for (number, range) in Self.lineRanges(of: bytes) {
            var line = bytes[range]
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            while line.last == 0x0A || line.last == 0x0D { line.removeLast() }
            line = ASCIIBlank.trimmed(line)
            guard !line.contains(0) else {
                throw .badLine(path: path, line: number, detail: "there is a zero byte in it; this is no text")
            }
            if !line.isEmpty { lines.append(ListLine(number: number, text: String(decoding: line, as: UTF8.self))) }
        }
        return lines
    }

    /// All lines with their line ends, numbered from 1.
    static func lineRanges(of bytes: [UInt8]) -> [(number: Int, range: Range<Int>)] {
        var ranges: [(number: Int, range: Range<Int>)] = []
        var (start, place) = (0, 0)
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            if byte == 0x0D, place < bytes.count, bytes[place] == 0x0A { place += 1 }
            ranges.append((ranges.count + 1, start..<place))
            start = place
        }
        if start < bytes.count { ranges.append((ranges.count + 1, start..<bytes.count)) }
        return ranges
    }

    /// A path as a list writes it, relative to a folder unless it is absolute.
    static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }
}

/// Blanks that separate what stands in a line; other blanks of Unicode belong to names.
enum ASCIIBlank {
    static func contains(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let last = bytes.last, contains(last) { bytes.removeLast() }
        return bytes.drop(while: contains)
    }

    static func trimmed(_ text: String) -> String { String(decoding: trimmed(Array(text.utf8)[...]), as: UTF8.self) }
}

extension Sequence<String> {
    /// In the order of their bytes, which does not depend on a language.
    func sortedByBytes() -> [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
