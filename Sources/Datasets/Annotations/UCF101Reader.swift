internal import Foundation

/// UCF101's folder `ucfTrainTestlist`, or one list of it.
///
/// `classInd.txt` numbers the classes from 1; a training list has `Class/name.avi id`, a test list the path only, whose
/// folder is the class.
enum UCF101Reader {
    static let classFile = "classInd.txt"

    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        let own = try ClassList(contentsOf: "\(request.folder)/\(classFile)")
        let classes = try request.namedClasses() ?? own
        let files = try lists(of: request)
        var entries: [ListEntry] = []
        for file in files {
            for line in try file.lines() { entries.append(try entry(line, file, own, classes, request)) }
        }
        return ParsedList(entries: entries, classes: classes, digest: ListDigest.sha256(of: files))
    }

    /// Whether a file is called as one of the lists.
    static func isList(_ name: String) -> Bool { name.wholeMatch(of: /(train|test)list0[1-3]\.txt/) != nil }

    /// The classes of `classInd.txt`, whose ids begin with 1.
    static func classes(of file: ListFile) throws(DatasetError) -> [ClassList.Numbered] {
        var classes: [ClassList.Numbered] = []
        for line in try file.lines() {
            guard let blank = line.text.utf8.firstIndex(where: ASCIIBlank.contains), let id = Int(line.text[..<blank]),
                id > 0
            else {
                throw .badLine(path: file.path, line: line.number, detail: "expected an id from 1 and a class name")
            }
            let name = ASCIIBlank.trimmed(String(line.text[blank...]))
            classes.append(ClassList.Numbered(line: line.number, id: id - 1, name: name))
        }
        return classes
    }

    private static func lists(of request: ListRequest) throws(DatasetError) -> [ListFile] {
        guard request.isFolder else {
            guard request.options.part == nil, request.options.split == nil else {
                throw .badOption("\(request.path): the file's name says its part and split; leave them out")
            }
            return [try ListFile(request.path)]
        }
        let split = request.options.split ?? 1
        func list(_ part: String) throws(DatasetError) -> ListFile {
            try ListFile("\(request.path)/\(part)list0\(split).txt")
        }
        switch request.options.part {
        case .train: return [try list("train")]
        case .test: return [try list("test")]
        case .all: return [try list("train"), try list("test")]
        case .validation, nil: throw .badOption("name the part of UCF101 that is wanted: train, test or all")
        }
    }

    private static func entry(
        _ line: ListLine, _ file: ListFile, _ own: ClassList, _ classes: ClassList, _ request: ListRequest
    ) throws(DatasetError) -> ListEntry {
        let parts = NumberedLine(line.text, atMost: 1)
        guard let slash = parts.head.firstIndex(of: "/"), slash != parts.head.startIndex else {
            throw .badLine(path: file.path, line: line.number, detail: "expected Class/name.avi, perhaps with an id")
        }
        let name = String(parts.head[..<slash])
        let place = ListPlace(file: file.path, line: line.number)
        var entry = ListEntry(place, request.file(parts.head), className: name, of: classes)
        if let id = parts.numbers.first, own.position(of: name) != Int(id).map({ $0 - 1 }) {
            entry.problem = "the id \(id) is not that of \(name)"
        }
        return entry
    }
}
