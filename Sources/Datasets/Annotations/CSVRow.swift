/// One line of comma-separated values with the quoting of RFC 4180; a value does not go over several lines.
enum CSVRow {
    /// What is wrong with a row.
    struct Problem: Error { let detail: String }

    /// The values of a row, without the blanks around those that are not quoted.
    ///
    /// A quote in the middle of a value is taken as it is.
    static func values(of line: String) throws(Problem) -> [String] {
        var values: [String] = []
        var rest = Array(line.utf8)[...]
        while true {
            rest = rest.drop(while: ASCIIBlank.contains)
            let value: ArraySlice<UInt8>
            if rest.first == quote {
                value = try quoted(&rest)
            } else {
                let end = rest.firstIndex(of: comma) ?? rest.endIndex
                (value, rest) = (ASCIIBlank.trimmed(rest[..<end]), rest[end...])
            }
            values.append(String(decoding: value, as: UTF8.self))
            guard rest.popFirst() != nil else { return values }
        }
    }

    /// A value as it is written: quoted where it holds a comma, a quote, a line end or blanks at its ends.
    static func written(_ value: String) -> String {
        let bytes = Array(value.utf8)
        let isPlain =
            ASCIIBlank.trimmed(bytes[...]).count == bytes.count
            && !bytes.contains { $0 == quote || $0 == comma || $0 == 0x0A || $0 == 0x0D }
        return isPlain
            ? value
            : "\""
                + value.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
    }

    private static let quote = UInt8(ascii: "\""), comma = UInt8(ascii: ",")

    /// Takes a quoted value off a row, up to the comma behind it.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(Problem) -> ArraySlice<UInt8> {
        var value: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte != quote {
                value.append(byte)
            } else if rest.first == quote {
                value.append(quote)
                rest.removeFirst()
            } else {
                rest = rest.drop(while: ASCIIBlank.contains)
                guard rest.first == nil || rest.first == comma else {
                    throw Problem(detail: "text behind a closing quote")
                }
                return value[...]
            }
        }
        throw Problem(detail: "a quote that is not closed")
    }
}

extension ListLine {
    /// The values of a row.
    func values(in path: String) throws(DatasetError) -> [String] {
        do { return try CSVRow.values(of: text) } catch {
            throw .badLine(path: path, line: number, detail: error.detail)
        }
    }
}
