/// M2-CLIP's lists of `id frames label`.
///
/// The number of frames is left alone; `.webm` is appended where the path holds `20bn-something-something`, else `.mp4`.
/// Source: sallymmx/m2clip `video_dataset/dataset.py`.
enum M2CLIPReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        var entries: [ListEntry] = []
        for line in try file.lines() {
            let parts = NumberedLine(line.text, atMost: 2)
            guard !parts.head.isEmpty, parts.numbers.count == 2, let label = Int(parts.numbers[1]) else {
                throw .badLine(
                    path: request.path, line: line.number,
                    detail: "expected a path, a number of frames and a class number")
            }
            let suffix = parts.head.contains("20bn-something-something") ? "webm" : "mp4"
            let source = request.file(parts.head, suffix: suffix)
            entries.append(ListEntry(request.place(line.number), source, labels: [label]))
        }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(), digest: ListDigest.sha256(of: file.bytes))
    }
}
