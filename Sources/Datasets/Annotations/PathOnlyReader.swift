/// Lists with one path a line and no labels.
enum PathOnlyReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let entries = try file.lines().map { ListEntry(request.place($0.number), request.file($0.text), labels: []) }
        return ParsedList(
            entries: entries, classes: try request.classesOfNumbers(), digest: ListDigest.sha256(of: file.bytes))
    }
}
