internal import Foundation

extension HealthReport {
    /// What was written as a list without the entries that are not used.
    public struct CleanedList: Sendable, Equatable {
        /// The list's path.
        public let path: String
        /// The number of entries in it.
        public let videos: Int
        /// Its format; a folder of split files or of classes becomes a list of paths and labels.
        public let format: ListFormat
        /// The class list that was written beside it, where the list named the classes itself.
        public let classes: String?
        /// The folder that its paths are relative to, if that is not the cleaned list's own.
        public let root: String?
    }

    /// Writes the list without the entries that are not used, replacing an existing file whole.
    ///
    /// Lists of lines keep their lines as they are, JSON its objects. A folder of split files or of classes becomes a
    /// list of paths and labels, its class names `NAME.classes.txt` beside it.
    ///
    /// - Parameter path: another file than the list itself.
    /// - Returns: what was written.
    /// - Throws: `DatasetError.badOption` when nothing is left or the list itself would be replaced, `notWritable`.
    @discardableResult
    public func writeCleanedList(to path: String) throws(DatasetError) -> CleanedList {
        guard summary.usable > 0 else {
            throw .badOption("\(list.path): no video is usable; no cleaned list is written")
        }
        guard resolved(path) != resolved(list.path) else {
            throw .badOption("\(path): a cleaned list must not replace the list; choose another file")
        }
        let folder = (path as NSString).deletingLastPathComponent
        let isBeside = resolved(folder.isEmpty ? "." : folder) == resolved(list.root)
        let (data, format) = try cleaned()
        var classes: String?
        if format == .pathLabel, list.format != .pathLabel, let names = list.classes?.names {
            let file = (path as NSString).deletingPathExtension + ".classes.txt"
            try WholeFile.write(Data(names.map { $0 + "\n" }.joined().utf8), to: file)
            classes = file
        }
        try WholeFile.write(data, to: path)
        return CleanedList(
            path: path, videos: summary.usable, format: format, classes: classes,
            root: isBeside ? nil : list.root)
    }

    private func cleaned() throws(DatasetError) -> (Data, ListFormat) {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: list.path, isDirectory: &isFolder)
        if isFolder.boolValue { return (try plainList(), .pathLabel) }
        let file = try ListFile(list.path)
        guard [ListDigest.sha256(of: file.bytes), ListDigest.sha256(of: [file])].contains(list.digest) else {
            throw .unreadable(path: list.path, detail: "it was changed during the check; check it again")
        }
        switch list.format {
        case .mmaction, .something: return (try elements(of: file), list.format)
        default: return (lines(of: file), list.format)
        }
    }

    /// The file without the lines of entries that are not used.
    private func lines(of file: ListFile) -> Data {
        let dropped = Set(zip(places, rows).filter { $1.action != .use }.map(\.0.line))
        let bytes = Array(file.bytes)
        return ListFile.lineRanges(of: bytes).filter { !dropped.contains($0.number) }
            .reduce(into: Data()) { $0.append(contentsOf: bytes[$1.range]) }
    }

    /// The array without the elements that are not used.
    private func elements(of file: ListFile) throws(DatasetError) -> Data {
        let start = file.bytes.startIndex
        let kept = zip(try JSONElements(file).elements, rows).filter { $1.action == .use }.map { element, _ in
            file.bytes[start + element.bytes.lowerBound..<start + element.bytes.upperBound]
        }
        return Data("[".utf8) + Data(kept.joined(separator: Data(",\n".utf8))) + Data("]\n".utf8)
    }

    private func plainList() throws(DatasetError) -> Data {
        var text = ""
        for row in rows where row.action == .use {
            let path = row.path.hasPrefix(list.root + "/") ? String(row.path.dropFirst(list.root.count + 1)) : row.path
            guard !path.contains(where: \.isNewline) else {
                throw .badOption("\(row.path): a name with a line end cannot stand in a list; rename the file")
            }
            text += "\(path) \(row.labels.map(String.init).joined(separator: " "))\n"
        }
        return Data(text.utf8)
    }

    private func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}
