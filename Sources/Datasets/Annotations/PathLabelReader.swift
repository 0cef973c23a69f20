/// Lists of `path label`.
///
/// The label is the last token, so paths may hold blanks; a line with one token has no label.
/// Source: the lists of EVL, M2-CLIP, ST-Adapter and mmaction2, which split at every blank instead.
enum PathLabelReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let lines = try file.lines()
        let delimiter = ListDetection.delimiter(of: lines, in: request)
        var entries: [ListEntry] = []
        entries.reserveCapacity(lines.count)
        for line in lines {
            let (path, label) = try parts(of: line, delimiter, request.path)
            let labels = try label.map { text throws(DatasetError) in [try number(text, line, request.path)] } ?? []
            entries.append(ListEntry(request.place(line.number), request.file(path), labels: labels))
        }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(), digest: ListDigest.sha256(of: file.bytes))
    }

    private static func parts(
        of line: ListLine, _ delimiter: ListDelimiter, _ list: String
    ) throws(DatasetError) -> (path: String, label: String?) {
        let text = line.text
        switch delimiter {
        case .comma:
            let values = try line.values(in: list)
            guard values.count <= 2, !values[0].isEmpty else {
                throw .badLine(
                    path: list, line: line.number,
                    detail: "expected a path, a comma and a class number; quote paths that hold commas")
            }
            return (values[0], values.count == 2 ? values[1] : nil)
        case .tab:
            guard let tab = text.utf8.lastIndex(of: UInt8(ascii: "\t")) else { return (text, nil) }
            let label = ASCIIBlank.trimmed(String(text[text.utf8.index(after: tab)...]))
            return (ASCIIBlank.trimmed(String(text[..<tab])), label)
        case .blank, .detected:
            guard let blank = text.utf8.lastIndex(where: ASCIIBlank.contains) else {
                guard !NumberedLine.isNumber(text.utf8) else {
                    throw .badLine(path: list, line: line.number, detail: expected)
                }
                return (text, nil)
            }
            return (ASCIIBlank.trimmed(String(text[..<blank])), String(text[text.utf8.index(after: blank)...]))
        }
    }

    private static let expected = "expected a path, a blank and a class number"

    private static func number(_ text: String, _ line: ListLine, _ list: String) throws(DatasetError) -> Int {
        guard let number = Int(text) else {
            throw .badLine(path: list, line: line.number, detail: "\(expected), not \(text)")
        }
        return number
    }
}
