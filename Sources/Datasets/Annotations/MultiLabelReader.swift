/// Lists of `path label label …`; a line without labels shows none of the classes.
enum MultiLabelReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let lines = try file.lines()
        let delimiter = ListDetection.delimiter(of: lines, in: request)
        var entries: [ListEntry] = []
        for line in lines {
            let (path, labels) = try parts(of: line, delimiter, request.path)
            let numbers = labels.compactMap { Int($0) }
            guard !path.isEmpty, numbers.count == labels.count, !hasTail(path) else {
                throw .badLine(path: request.path, line: line.number, detail: "expected a path and class numbers")
            }
            entries.append(ListEntry(request.place(line.number), request.file(path), labels: numbers))
        }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(), isMultiLabel: true,
            digest: ListDigest.sha256(of: file.bytes))
    }

    /// Whether something stands behind a file name, such as a label that is no number.
    private static func hasTail(_ path: String) -> Bool {
        let parts = path.split(separator: " ")
        return !FileSuffix.isPresent(in: path) && parts.dropLast().contains { FileSuffix.isPresent(in: String($0)) }
    }

    private static func parts(
        of line: ListLine, _ delimiter: ListDelimiter, _ list: String
    ) throws(DatasetError) -> (path: String, labels: [String]) {
        switch delimiter {
        case .comma:
            let values = try line.values(in: list)
            return (values[0], Array(values.dropFirst()))
        case .tab:
            let values = line.text.split(separator: "\t").map { ASCIIBlank.trimmed(String($0)) }
            return (values.first ?? "", Array(values.dropFirst()))
        case .blank, .detected:
            let parts = NumberedLine(line.text)
            // A name of digits alone is the path, not a label.
            return parts.head.isEmpty
                ? (parts.numbers[0], Array(parts.numbers.dropFirst())) : (parts.head, parts.numbers)
        }
    }
}
