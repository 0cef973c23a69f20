internal import Foundation

/// What the readers of lists share.
enum ListFile {
    /// The lines that are not blank, without the blanks around them, numbered from 1 as an editor does.
    ///
    /// A byte order mark and every kind of line end are accepted. Other separators of Unicode, which JSON allows
    /// inside of strings, do not end a line.
    ///
    /// - Parameters:
    ///   - path: a file of UTF-8 text.
    ///   - remedy: what is added to the error when there is no such file.
    /// - Returns: the numbers and texts of the lines.
    /// - Throws: `DatasetError.unreadable` for a file that is not there or is not UTF-8.
    static func lines(of path: String, remedy: String = "") throws(DatasetError) -> [(number: Int, text: String)] {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw .unreadable(path: path, detail: exists ? "it cannot be read" : "no such file\(remedy)")
        }
        guard var text = String(data: data, encoding: .utf8) else {
            throw .unreadable(path: path, detail: "not UTF-8 text")
        }
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.enumerated()
            .map { (number: $0 + 1, text: $1.trimmingCharacters(in: .whitespaces)) }
            .filter { !$0.text.isEmpty }
    }

    /// A path as a list writes it, relative to a folder unless it is absolute.
    static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }
}
