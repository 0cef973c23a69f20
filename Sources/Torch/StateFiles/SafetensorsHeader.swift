/// The JSON header of a safetensors file, read strictly.
///
/// Foundation's JSON reader keeps one of two equal keys in silence; here a key that comes twice is an error, as is
/// every number that is not a plain non-negative integer.
struct SafetensorsHeader {
    struct Entry {
        var dtype: String?
        var shape: [Int]?
        var offsets: [Int]?
    }

    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var entries: [(name: String, entry: Entry)] = []

    private var scanner: JSONScanner

    init(_ reader: ByteReader) throws(StateFileError) {
        scanner = JSONScanner(reader)
        var names: Set<String> = []
        try scanner.object { scanner, name throws(StateFileError) in
            guard names.insert(name).inserted else { throw scanner.malformed("the name \"\(name)\" comes twice") }
            if name == "__metadata__" {
                metadata = try SafetensorsHeader.metadata(&scanner)
            } else {
                entries.append((name, try SafetensorsHeader.entry(&scanner)))
            }
        }
        try scanner.end()
    }

    private static func metadata(
        _ scanner: inout JSONScanner
    ) throws(StateFileError) -> [(key: String, value: String)] {
        var result: [(key: String, value: String)] = []
        var keys: Set<String> = []
        try scanner.object { scanner, key throws(StateFileError) in
            guard keys.insert(key).inserted else { throw scanner.malformed("the metadata key \"\(key)\" comes twice") }
            result.append((key, try scanner.string()))
        }
        return result
    }

    private static func entry(_ scanner: inout JSONScanner) throws(StateFileError) -> Entry {
        var entry = Entry()
        try scanner.object { scanner, key throws(StateFileError) in
            switch key {
            case "dtype" where entry.dtype == nil: entry.dtype = try scanner.string()
            case "shape" where entry.shape == nil: entry.shape = try scanner.integers()
            case "data_offsets" where entry.offsets == nil: entry.offsets = try scanner.integers()
            default: throw scanner.malformed("the field \"\(key)\" is unknown or comes twice")
            }
        }
        return entry
    }
}

/// Reads the part of JSON that safetensors headers use: objects, strings, arrays of non-negative integers.
struct JSONScanner {
    private var reader: ByteReader

    init(_ reader: ByteReader) {
        self.reader = reader
    }

    /// Reads an object; `member` reads the value of each key.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(StateFileError) -> Void
    ) throws(StateFileError) {
        try expect("{")
        if try take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while try take(",")
        try expect("}")
    }

    /// Reads an array of non-negative integers.
    mutating func integers() throws(StateFileError) -> [Int] {
        try expect("[")
        var result: [Int] = []
        if try take("]") { return result }
        repeat {
            guard result.count < StoredTensor.mostDimensions else { throw malformed("a list of numbers is too long") }
            result.append(try integer())
        } while try take(",")
        try expect("]")
        return result
    }

    /// Reads a string with its escapes.
    mutating func string() throws(StateFileError) -> String {
        try expect("\"")
        var bytes: [UInt8] = []
        while true {
            let byte = try reader.byte()
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw malformed("a string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            case 0..<0x20: throw malformed("a string holds a control character")
            default: bytes.append(byte)
            }
        }
    }

    /// Checks that nothing but white space is left.
    mutating func end() throws(StateFileError) {
        skipSpace()
        guard reader.remaining == 0 else { throw malformed("there is something after the last value") }
    }

    func malformed(_ what: String) -> StateFileError {
        reader.damaged("\(what) (byte \(reader.position))")
    }

    private mutating func integer() throws(StateFileError) -> Int {
        skipSpace()
        var digits = 0
        var value = 0
        while let byte = next, (0x30...0x39).contains(byte) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowSum) = product.addingReportingOverflow(Int(byte) - 0x30)
            guard !overflow, !overflowSum, digits == 0 || value != 0 else {
                throw malformed("a number is out of range")
            }
            value = sum
            digits += 1
            _ = try reader.byte()
        }
        guard digits > 0, ![0x2E, 0x45, 0x65].contains(next) else {
            throw malformed("a size or offset is not a non-negative integer")
        }
        return value
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(StateFileError) {
        switch try reader.byte() {
        case UInt8(ascii: "\""): bytes.append(0x22)
        case UInt8(ascii: "\\"): bytes.append(0x5C)
        case UInt8(ascii: "/"): bytes.append(0x2F)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw malformed("a string holds an unknown escape")
        }
    }

    private mutating func escapedScalar() throws(StateFileError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), try reader.byte() == 0x5C, try reader.byte() == UInt8(ascii: "u")
        else {
            throw malformed("a string holds half a surrogate pair")
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else {
            throw malformed("a string holds half a surrogate pair")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(StateFileError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try reader.byte())).hexDigitValue else {
                throw malformed("a string holds an unknown escape")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private var next: UInt8? { reader.remaining > 0 ? reader.file.bytes[reader.position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { _ = try? reader.byte() }
    }

    private mutating func take(_ character: Unicode.Scalar) throws(StateFileError) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        _ = try reader.byte()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(StateFileError) {
        guard try take(character) else { throw malformed("the header is not valid: \(character) is missing") }
    }
}
