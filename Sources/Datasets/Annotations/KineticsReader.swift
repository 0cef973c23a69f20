internal import Foundation

/// The CSV of the Kinetics sets: columns `youtube_id, time_start, time_end` and perhaps `label, split`, found by name.
///
/// A clip's file is `{id}_{start:06d}_{end:06d}.mp4`. Without a class list the classes are the names in the file, blanks
/// as underscores, in the order of their bytes. Source: mmaction2 `tools/data/parse_file_list.py`.
enum KineticsReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let table = try CSVTable(file, columns: ["youtube_id", "time_start", "time_end"])
        let names = table.rows.map { className($0) }
        let isLabelled = names.contains { $0 != nil }
        let classes = isLabelled ? try request.classes(named: names.compactMap { $0 }) : try request.namedClasses()
        let byClass = try isByClass(names, request)
        var entries: [ListEntry] = []
        for (row, name) in zip(table.rows, names) {
            guard try isWanted(row, file, request) else { continue }
            let clip = try clipName(row, file)
            let path = byClass ? name.map { "\($0)/\(clip)" } ?? clip : clip
            let (place, source) = (request.place(row.line), request.file(path, suffix: "mp4"))
            if let classes {
                entries.append(ListEntry(place, source, className: name, of: classes))
            } else {
                entries.append(ListEntry(place, source, labels: []))
            }
        }
        return ParsedList(entries: entries, classes: classes, digest: ListDigest.sha256(of: file.bytes))
    }

    private static func className(_ row: CSVTable.Row) -> String? {
        guard let label = row["label"] else { return nil }
        let name = label.replacing("\"", with: "").replacing(" ", with: "_")
        return name.isEmpty ? nil : name
    }

    private static func clipName(_ row: CSVTable.Row, _ file: ListFile) throws(DatasetError) -> String {
        guard let id = row["youtube_id"], !id.isEmpty, let start = seconds(row["time_start"]),
            let end = seconds(row["time_end"])
        else {
            throw .badLine(path: file.path, line: row.line, detail: "expected an id and whole seconds of start and end")
        }
        return id + String(format: "_%06d_%06d", start, end)
    }

    private static func seconds(_ text: String?) -> Int? {
        guard let value = text.flatMap({ Double($0) }), value >= 0, value < 1e6 else { return nil }
        return Int(exactly: value)
    }

    /// Whether a row belongs to the part that is asked for.
    private static func isWanted(
        _ row: CSVTable.Row, _ file: ListFile, _ request: ListRequest
    ) throws(DatasetError) -> Bool {
        guard let part = request.options.part, part != .all else { return true }
        guard let split = row["split"] else {
            throw .badOption("\(file.path) has no column split; leave the part out")
        }
        switch part {
        case .train: return split == "train"
        case .validation: return split.hasPrefix("val")
        case .test: return split == "test"
        case .all: return true
        }
    }

    private static func isByClass(_ names: [String?], _ request: ListRequest) throws(DatasetError) -> Bool {
        let labelled = names.lazy.compactMap { $0 }.first
        switch request.options.layout {
        case .flat: return false
        case .byClass:
            guard labelled != nil else { throw .badOption("\(request.path) names no classes; the layout is flat") }
            return true
        case .detected:
            var isFolder: ObjCBool = false
            guard let labelled else { return false }
            return FileManager.default.fileExists(atPath: "\(request.root)/\(labelled)", isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }
}
