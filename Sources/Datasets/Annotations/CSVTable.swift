/// A CSV file whose columns are found by the names in its first line.
struct CSVTable {
    /// One row with its line.
    struct Row {
        let line: Int
        fileprivate let values: [String]
        fileprivate let columns: [String: Int]

        /// A value; nil when there is no such column.
        subscript(column: String) -> String? { columns[column].map { values[$0] } }
    }

    let rows: [Row]

    /// Reads a table in which the required columns must be.
    init(_ file: ListFile, columns required: [String]) throws(DatasetError) {
        let lines = try file.lines()
        guard let first = lines.first else { throw .unreadable(path: file.path, detail: "the list is empty") }
        let header = try first.values(in: file.path).map { $0.lowercased() }
        let columns = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for name in required where columns[name] == nil {
            throw .badLine(
                path: file.path, line: first.number,
                detail: "the header has no column \(name); it has \(header.joined(separator: ", "))")
        }
        var rows: [Row] = []
        for line in lines.dropFirst() {
            let values = try line.values(in: file.path)
            guard values.count == header.count else {
                throw .badLine(
                    path: file.path, line: line.number,
                    detail: "\(values.count) values, but the header has \(header.count); quote values that hold commas")
            }
            rows.append(Row(line: line.number, values: values, columns: columns))
        }
        self.rows = rows
    }
}
