/// mmaction2's JSON: a list of objects with `filename`, or `frame_dir` and perhaps `total_frames`, and `label`.
///
/// A label is a number or a list of numbers. Source: mmaction2 `BaseActionDataset.load_json_annotations`.
enum MMActionReader {
    private struct Entry: Decodable {
        let filename: String?
        let frame_dir: String?
        let total_frames: Int?
        let offset: Int?
        let label: Labels?

        /// The path, if there is exactly one.
        var path: String? {
            guard (filename == nil) != (frame_dir == nil), let path = filename ?? frame_dir else { return nil }
            return path.isEmpty ? nil : path
        }
    }

    private struct Labels: Decodable {
        let numbers: [Int]

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            if let number = try? single.decode(Int.self) {
                numbers = [number]
            } else {
                numbers = try single.decode([Int].self)
            }
        }
    }

    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let expected = "an object with filename or frame_dir, and a label of whole numbers"
        var entries: [ListEntry] = []
        for (line, entry) in try JSONElements(file).decoded(as: Entry.self, expected: expected) {
            guard let path = entry.path, entry.total_frames ?? 1 > 0, entry.offset ?? 0 >= 0 else {
                throw .badLine(path: file.path, line: line, detail: "expected \(expected)")
            }
            let source =
                entry.filename == nil ? try images(path, entry, request) : request.file(path)
            entries.append(ListEntry(request.place(line), source, labels: entry.label?.numbers ?? []))
        }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(),
            isMultiLabel: entries.contains { $0.labels.count > 1 }, digest: ListDigest.sha256(of: file.bytes))
    }

    private static func images(
        _ path: String, _ entry: Entry, _ request: ListRequest
    ) throws(DatasetError) -> VideoSource {
        .images(
            ImageSequence(
                folder: ListFile.path(path, in: request.root), template: try request.imageTemplate(),
                firstIndex: request.options.firstIndex, offset: entry.offset ?? 0, count: entry.total_frames))
    }
}
