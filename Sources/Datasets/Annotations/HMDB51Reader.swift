internal import Foundation

/// HMDB51's folder `testTrainMulti_7030_splits`: a file for each class and split, lines `name.avi code`.
///
/// Code 1 is for training, 2 for testing, 0 is unused. A video lies at `CLASS/name`. Without a class list the classes
/// are in the order of their names' bytes, which is mmaction2's and not ActionCLIP's.
enum HMDB51Reader {
    private static let codes: [ListPart: Set<String>] = [.train: ["1"], .test: ["2"], .all: ["0", "1", "2"]]

    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        guard request.isFolder else {
            throw .unreadable(path: request.path, detail: "an HMDB51 list is the folder with the files of all classes")
        }
        guard let part = request.options.part, let codes = codes[part] else {
            throw .badOption("name the part of HMDB51 that is wanted: train, test or all")
        }
        let names = try classNames(in: request.path)
        guard !names.isEmpty else { throw .unreadable(path: request.path, detail: "no files CLASS_test_split1.txt") }
        let classes = try request.classes(named: names)
        var (entries, files): ([ListEntry], [ListFile]) = ([], [])
        for name in names {
            let file = try ListFile("\(request.path)/\(name)_test_split\(request.options.split ?? 1).txt")
            entries += try Self.entries(of: file, name, codes, classes, request)
            files.append(file)
        }
        return ParsedList(entries: entries, classes: classes, digest: ListDigest.sha256(of: files))
    }

    /// The name of a class and the number of a split, if a file name says them.
    static func parts(ofFileName name: String) -> (className: String, split: Int)? {
        guard let match = name.wholeMatch(of: /(.+)_test_split([1-3])\.txt/) else { return nil }
        return (String(match.1), Int(match.2) ?? 1)
    }

    /// The classes that any split has, in the order of their bytes.
    private static func classNames(in folder: String) throws(DatasetError) -> [String] {
        Set(try ListRequest.names(in: folder).compactMap { parts(ofFileName: $0)?.className }).sortedByBytes()
    }

    private static func entries(
        of file: ListFile, _ className: String, _ codes: Set<String>, _ classes: ClassList, _ request: ListRequest
    ) throws(DatasetError) -> [ListEntry] {
        var entries: [ListEntry] = []
        for line in try file.lines() {
            let parts = NumberedLine(line.text, atMost: 1)
            guard !parts.head.isEmpty, let code = parts.numbers.first, Self.codes[.all]?.contains(code) == true else {
                throw .badLine(
                    path: file.path, line: line.number, detail: "expected a file name, a blank and 0, 1 or 2")
            }
            guard codes.contains(code) else { continue }
            let place = ListPlace(file: file.path, line: line.number)
            entries.append(
                ListEntry(place, request.file("\(className)/\(parts.head)"), className: className, of: classes))
        }
        return entries
    }
}
