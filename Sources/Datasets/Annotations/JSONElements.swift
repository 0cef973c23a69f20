internal import Foundation

/// The elements of a JSON array, each with its line, so that an error can say where it is.
struct JSONElements {
    /// One element.
    struct Element {
        /// The line on which it begins, from 1.
        let line: Int
        let bytes: Range<Int>
    }

    let file: ListFile
    let elements: [Element]

    /// Finds the elements of an array; they themselves are not looked into.
    init(_ file: ListFile) throws(DatasetError) {
        self.file = file
        var scanner = JSONScanner(bytes: Array(file.bytes))
        do { elements = try scanner.elements() } catch {
            throw .badLine(path: file.path, line: error.line, detail: error.detail)
        }
    }

    /// Decodes every element; `expected` says in the error what one should be.
    func decoded<T: Decodable>(as type: T.Type, expected: String) throws(DatasetError) -> [(line: Int, value: T)] {
        let decoder = JSONDecoder()
        var values: [(line: Int, value: T)] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append((element.line, try decode(element, decoder, expected))) }
        return values
    }

    /// Decodes the first element; nil when there is none.
    func first<T: Decodable>(as type: T.Type, expected: String) throws(DatasetError) -> (line: Int, value: T)? {
        guard let element = elements.first else { return nil }
        return (element.line, try decode(element, JSONDecoder(), expected))
    }

    private func decode<T: Decodable>(
        _ element: Element, _ decoder: JSONDecoder, _ expected: String
    ) throws(DatasetError) -> T {
        let start = file.bytes.startIndex
        let range = start + element.bytes.lowerBound..<start + element.bytes.upperBound
        guard let value = try? decoder.decode(T.self, from: file.bytes[range]) else {
            throw .badLine(path: file.path, line: element.line, detail: "expected \(expected)")
        }
        return value
    }
}

/// Walks over JSON text without building values.
struct JSONScanner {
    /// What is wrong with the text.
    struct Problem: Error { let line: Int, detail: String }

    let bytes: [UInt8]
    private var place = 0
    private var line = 1

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// The elements of the array that the text is.
    mutating func elements() throws(Problem) -> [JSONElements.Element] {
        skipBlanks()
        guard take("[") else { throw Problem(line: line, detail: "expected a JSON array") }
        var found: [JSONElements.Element] = []
        skipBlanks()
        if !take("]") {
            repeat {
                skipBlanks()
                found.append(try element())
            } while take(",")
            guard take("]") else { throw Problem(line: line, detail: "the JSON array is not closed") }
        }
        skipBlanks()
        guard place == bytes.count else { throw Problem(line: line, detail: "text behind the JSON array") }
        return found
    }

    /// Goes to the comma or bracket behind one element.
    private mutating func element() throws(Problem) -> JSONElements.Element {
        let (start, startLine) = (place, line)
        var depth = 0
        scan: while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                try string()
                continue scan
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { break scan }
                depth -= 1
            case UInt8(ascii: ","): if depth == 0 { break scan }
            case 0x0A: line += 1
            default: break
            }
            place += 1
        }
        guard bytes[start..<place].contains(where: { $0 > 0x20 }) else {
            throw Problem(
                line: line, detail: place == bytes.count ? "the JSON array is not closed" : "a value is missing")
        }
        return JSONElements.Element(line: startLine, bytes: start..<place)
    }

    private mutating func string() throws(Problem) {
        let start = line
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\") { place += 1 }
            if place < bytes.count, bytes[place] == 0x0A { line += 1 }
            place += 1
        }
        guard place < bytes.count else { throw Problem(line: start, detail: "a JSON string is not closed") }
        place += 1
    }

    private mutating func skipBlanks() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) {
            if bytes[place] == 0x0A { line += 1 }
            place += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }
}
