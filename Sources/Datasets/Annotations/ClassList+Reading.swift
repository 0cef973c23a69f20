internal import Foundation

extension ClassList {
    /// Reads a class list.
    ///
    /// `.csv`: a header with `id` and `name`, names quoted where they hold commas. `.json`: an array of names, or
    /// Something-Something's object from name to id. UCF101's `classInd.txt`: ids from 1 before the names. Anything
    /// else: one name a line.
    ///
    /// - Parameter path: a file of UTF-8 text, at most 256 MiB.
    /// - Throws: `DatasetError` with the file and line.
    public init(contentsOf path: String) throws(DatasetError) {
        let file = try ListFile(path)
        let name = (path as NSString).lastPathComponent
        switch (path as NSString).pathExtension.lowercased() {
        case "csv": try self.init(numbered: Self.csvRows(of: file), in: path)
        case "json": try self.init(json: file)
        case _ where name == UCF101Reader.classFile: try self.init(numbered: UCF101Reader.classes(of: file), in: path)
        default: try self.init(lines: file)
        }
    }

    /// A name with its number and its line in a file.
    struct Numbered {
        let line: Int
        let id: Int
        let name: String
    }

    /// Takes names with their numbers 0 to n - 1, in any order.
    init(numbered: [Numbered], in path: String) throws(DatasetError) {
        var names = [String?](repeating: nil, count: numbered.count)
        for entry in numbered {
            guard names.indices.contains(entry.id) else {
                throw .badLine(
                    path: path, line: entry.line,
                    detail: "\(numbered.count) classes have the ids 0 to "
                        + "\(numbered.count - 1), not \(entry.id)")
            }
            guard names[entry.id] == nil else {
                throw .badLine(path: path, line: entry.line, detail: "the id \(entry.id) comes twice")
            }
            names[entry.id] = entry.name
        }
        try self.init(names.compactMap { $0 }, in: path)
    }

    private init(_ names: [String], in path: String) throws(DatasetError) {
        do { try self.init(names) } catch { throw .unreadable(path: path, detail: error.description) }
    }

    private init(lines file: ListFile) throws(DatasetError) {
        var seen: Set<String> = []
        let lines = try file.lines()
        for line in lines where !seen.insert(line.text).inserted {
            throw .badLine(path: file.path, line: line.number, detail: "the class \(line.text) comes twice")
        }
        try self.init(lines.map(\.text), in: file.path)
    }

    private static func csvRows(of file: ListFile) throws(DatasetError) -> [Numbered] {
        let table = try CSVTable(file, columns: ["id", "name"])
        var rows: [Numbered] = []
        for row in table.rows {
            guard let id = Int(row["id"] ?? ""), let name = row["name"], !name.isEmpty else {
                throw .badLine(path: file.path, line: row.line, detail: "expected a whole number and a name")
            }
            rows.append(Numbered(line: row.line, id: id, name: name))
        }
        return rows
    }

    private init(json file: ListFile) throws(DatasetError) {
        let first = file.bytes.first { $0 > 0x20 && $0 < 0x80 }
        if first == UInt8(ascii: "{") {
            try self.init(templates: file)
        } else {
            let names = try JSONElements(file).decoded(as: String.self, expected: "the name of a class")
            try self.init(names.map(\.value), in: file.path)
        }
    }

    /// Something-Something's object from a template's text to its id, which is a string.
    private init(templates file: ListFile) throws(DatasetError) {
        let ids: [String: WholeNumber]
        do { ids = try JSONDecoder().decode([String: WholeNumber].self, from: file.bytes) } catch {
            throw .unreadable(path: file.path, detail: JSONProblem.words(for: file) ?? "expected names with their ids")
        }
        let classes = ids.sorted { $0.value.value < $1.value.value }
        for (position, entry) in classes.enumerated() where entry.value.value != position {
            throw .unreadable(
                path: file.path,
                detail: "\(classes.count) classes have the ids 0 to \(classes.count - 1); "
                    + "\(entry.key) has \(entry.value.value)")
        }
        try self.init(classes.map(\.key), in: file.path)
    }
}

/// A whole number that JSON writes as one or as a string.
struct WholeNumber: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if let number = try? single.decode(Int.self) {
            value = number
        } else if let number = Int(try single.decode(String.self)) {
            value = number
        } else {
            throw DecodingError.dataCorruptedError(in: single, debugDescription: "no whole number")
        }
    }
}

/// What the JSON library says about a text that is no JSON.
enum JSONProblem {
    static func words(for file: ListFile) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: file.bytes)
            return nil
        } catch {
            let words = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "it cannot be read"
            // Some versions of the library count characters from the start, which is of no use in an editor.
            guard let place = words.firstMatch(of: /character (\d+)/).flatMap({ Int($0.1) }) else {
                return "not valid JSON: \(words)"
            }
            let line = file.bytes.prefix(place).count { $0 == 0x0A } + 1
            return "line \(line): not valid JSON"
        }
    }
}
