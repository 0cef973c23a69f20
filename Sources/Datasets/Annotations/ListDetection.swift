internal import Foundation

/// Finds out of which kind a list is.
enum ListDetection {
    /// The only format that fits a list.
    ///
    /// - Throws: `DatasetError` when none or several fit, naming them.
    static func format(of request: ListRequest) throws(DatasetError) -> ListFormat {
        let name = (request.path as NSString).lastPathComponent
        if request.isFolder { return try folderFormat(request.path) }
        if HMDB51Reader.parts(ofFileName: name) != nil {
            throw .unreadable(
                path: request.path, detail: "one class of HMDB51's splits; give the folder, a split and a part")
        }
        if UCF101Reader.isList(name) { return .ucf101 }
        if name.lowercased().hasSuffix(".json") { return try jsonFormat(request) }
        let lines = try ListFile(request.path).lines()
        guard let first = lines.first else { throw .unreadable(path: request.path, detail: "the list is empty") }
        if let header = try? CSVRow.values(of: first.text), header.contains(where: { $0.lowercased() == "youtube_id" })
        {
            return .kinetics
        }
        return delimiter(of: lines, in: request) == .comma
            ? try commaFormat(lines, request) : try blankFormat(lines, request)
    }

    /// What separates paths and labels in a list of lines.
    static func delimiter(of lines: [ListLine], in request: ListRequest) -> ListDelimiter {
        guard request.options.delimiter == .detected else { return request.options.delimiter }
        let endsWithCommaAndNumber = lines.allSatisfy { line in
            let bytes = Array(line.text.utf8)
            guard let comma = bytes.lastIndex(of: UInt8(ascii: ",")) else { return false }
            return NumberedLine.isNumber(ASCIIBlank.trimmed(bytes[(comma + 1)...]))
        }
        return endsWithCommaAndNumber || request.path.lowercased().hasSuffix(".csv") ? .comma : .blank
    }

    private static func folderFormat(_ path: String) throws(DatasetError) -> ListFormat {
        let names = try ListRequest.names(in: path)
        if names.contains(where: { HMDB51Reader.parts(ofFileName: $0) != nil }) { return .hmdb51 }
        return names.contains(UCF101Reader.classFile) ? .ucf101 : .classFolders
    }

    private static func jsonFormat(_ request: ListRequest) throws(DatasetError) -> ListFormat {
        struct Entry: Decodable { let filename: String?, frame_dir: String?, id: JSONValue? }
        struct JSONValue: Decodable { init(from decoder: any Decoder) {} }
        let elements = try JSONElements(ListFile(request.path))
        let words = "an object with filename, frame_dir or id"
        guard let first = try elements.first(as: Entry.self, expected: words) else {
            throw .unreadable(path: request.path, detail: "the list is empty")
        }
        if first.value.filename != nil || first.value.frame_dir != nil { return .mmaction }
        guard first.value.id != nil else {
            throw .badLine(path: request.path, line: first.line, detail: "expected \(words)")
        }
        return .something
    }

    private static func commaFormat(_ lines: [ListLine], _ request: ListRequest) throws(DatasetError) -> ListFormat {
        for line in lines where try line.values(in: request.path).count > 2 { return .multiLabel }
        return .pathLabel
    }

    /// Tells lists apart by how many whole numbers their lines end with, and by whether file names come before them.
    private static func blankFormat(_ lines: [ListLine], _ request: ListRequest) throws(DatasetError) -> ListFormat {
        let parts = lines.map { NumberedLine($0.text) }
        let counts = Set(parts.map { $0.head.isEmpty ? $0.numbers.count - 1 : $0.numbers.count })
        // A number alone is more likely a label that lost its path than a path.
        if counts == [0] { return parts.allSatisfy { $0.head.isEmpty } ? .pathLabel : .pathOnly }
        if counts.isSubset(of: [0, 1]) {
            // Behind a folder the number may be its frames or its class.
            if isRawFrames(parts, numbers: 1, request) { throw ambiguous([.rawFrames, .pathLabel], request) }
            return .pathLabel
        }
        let areFiles = parts.allSatisfy { FileSuffix.isPresent(in: $0.head) }
        if areFiles, counts.count > 1 { return .multiLabel }
        if !areFiles, counts.isSubset(of: [1, 2]) {
            if isRawFrames(parts, numbers: 2, request) { return .rawFrames }
            if isM2CLIP(parts, request) { return .m2CLIP }
            throw ambiguous([.rawFrames, .m2CLIP, .multiLabel], request)
        }
        if !areFiles, counts.isSubset(of: [2, 3]), isRawFrames(parts, numbers: 3, request) { return .rawFramesOffset }
        throw ambiguous([.multiLabel, .pathLabel, .rawFrames, .rawFramesOffset, .m2CLIP], request)
    }

    private static func ambiguous(_ formats: [ListFormat], _ request: ListRequest) -> DatasetError {
        .unreadable(
            path: request.path,
            detail: "several formats fit its lines; name one of \(formats.map(\.rawValue).joined(separator: ", "))")
    }

    /// Whether the path of the first line with so many numbers is a folder.
    private static func isRawFrames(_ parts: [NumberedLine], numbers: Int, _ request: ListRequest) -> Bool {
        guard let first = parts.first(where: { $0.numbers.count == numbers && !$0.head.isEmpty }) else { return false }
        var isFolder: ObjCBool = false
        let path = ListFile.path(first.head, in: request.root)
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether the path of the first line is a file when M2-CLIP's suffix is appended.
    private static func isM2CLIP(_ parts: [NumberedLine], _ request: ListRequest) -> Bool {
        guard let first = parts.first, first.numbers.count == 2 else { return false }
        return ["mp4", "webm"].contains {
            FileManager.default.fileExists(atPath: request.file(first.head, suffix: $0).path)
        }
    }
}
