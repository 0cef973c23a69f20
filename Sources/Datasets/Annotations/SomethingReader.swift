internal import Foundation

/// The JSON lists of Something-Something V2: objects with `id` and, but for the test list, `template`.
///
/// A template without its brackets is the name of the class, whose number the labels file says. A video is `{id}.webm`.
enum SomethingReader {
    private struct Entry: Decodable {
        let id: Identifier
        let template: String?
    }

    private struct Identifier: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            if let number = try? single.decode(Int.self) {
                text = String(number)
            } else {
                text = try single.decode(String.self)
            }
        }
    }

    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let file = try ListFile(request.path)
        let found = try JSONElements(file).decoded(as: Entry.self, expected: "an object with id, and template")
        let classes = try classes(of: request)
        var entries: [ListEntry] = []
        for (line, entry) in found {
            guard !entry.id.text.isEmpty else { throw .badLine(path: file.path, line: line, detail: "the id is empty") }
            let (place, source) = (request.place(line), request.file(entry.id.text, suffix: "webm"))
            let name = entry.template.map(LabelText.bracket.text(of:))
            guard let classes else {
                guard name == nil else { throw .unreadable(path: file.path, detail: labelsMissing) }
                entries.append(ListEntry(place, source, labels: []))
                continue
            }
            entries.append(ListEntry(place, source, className: name, of: classes))
        }
        return ParsedList(entries: entries, classes: classes, digest: ListDigest.sha256(of: file.bytes))
    }

    private static let labelsMissing =
        "the numbers of its classes are in another file; name it as the class list, or lay it beside as labels.json"

    /// The classes that the options name, or those of the one labels file beside the list.
    private static func classes(of request: ListRequest) throws(DatasetError) -> ClassList? {
        if let named = try request.namedClasses() { return named }
        let files = try ListRequest.names(in: request.folder)
            .filter { $0 == "labels.json" || $0.hasSuffix("-labels.json") }
        guard files.count == 1, let file = files.first else { return nil }
        return try ClassList(contentsOf: "\(request.folder)/\(file)")
    }
}
