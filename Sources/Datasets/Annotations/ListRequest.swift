internal import Foundation
internal import Video

/// A list that is to be read, and how; what every reader of a format is given.
struct ListRequest {
    let path: String
    let options: ListOptions
    let isFolder: Bool

    init(_ path: String, _ options: ListOptions) throws(DatasetError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, detail: "no such file")
        }
        (self.path, self.options, self.isFolder) = (path, options, isFolder.boolValue)
    }

    /// The folder that the list's own files lie in.
    var folder: String {
        if isFolder { return path }
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// The folder that the videos' paths are relative to.
    var root: String { options.root ?? folder }

    /// Where a video lies whose path the list writes so; a suffix is appended to names without one, the options' first.
    func file(_ name: String, suffix: String? = nil) -> VideoSource {
        .file(ListFile.path(FileSuffix.appended(options.suffix ?? suffix, to: name), in: root))
    }

    func place(_ line: Int) -> ListPlace { ListPlace(file: path, line: line) }

    /// The way in which the images of raw frames are called.
    func imageTemplate() throws(DatasetError) -> ImageTemplate {
        do { return try ImageTemplate(options.template) } catch { throw .badOption(error.detail) }
    }

    /// The classes that a list of numbers belongs to: those that the options name, or `classes.txt` beside the list.
    func classesOfNumbers() throws(DatasetError) -> ClassList? {
        if let named = try namedClasses() { return named }
        let beside = folder + "/classes.txt"
        guard FileManager.default.fileExists(atPath: beside) else { return nil }
        return try ClassList(contentsOf: beside)
    }

    /// The classes that the options name.
    func namedClasses() throws(DatasetError) -> ClassList? {
        guard let path = options.classes else { return nil }
        return try ClassList(contentsOf: path)
    }

    /// The classes of a list that names them: those that the options name, or the names in the order of their bytes.
    func classes(named names: some Sequence<String>) throws(DatasetError) -> ClassList {
        if let named = try namedClasses() { return named }
        do { return try ClassList(Set(names).sortedByBytes()) } catch {
            throw .unreadable(path: path, detail: error.description)
        }
    }

    /// The names in a folder that are not hidden, in the order of their bytes.
    static func names(in folder: String) throws(DatasetError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
                .sortedByBytes()
        } catch {
            throw .unreadable(path: folder, detail: "the folder cannot be read: \(error.localizedDescription)")
        }
    }
}

/// What a reader of a format found.
struct ParsedList {
    var entries: [ListEntry]
    var classes: ClassList?
    var isMultiLabel = false
    let digest: String
}

/// One video as a list states it, before its labels are compared with the classes.
struct ListEntry {
    let place: ListPlace
    let source: VideoSource
    var labels: [Int] = []
    /// What is wrong with the label, when the reader knows.
    var problem: String?

    /// An entry with the name of its class.
    init(_ place: ListPlace, _ source: VideoSource, className: String?, of classes: ClassList) {
        (self.place, self.source) = (place, source)
        guard let className else { return }
        if let position = classes.position(of: className) {
            labels = [position]
        } else {
            problem = "no class is called \(className)"
        }
    }

    /// An entry with the numbers of its classes; one that comes twice counts once.
    init(_ place: ListPlace, _ source: VideoSource, labels: [Int]) {
        var seen: Set<Int> = []
        (self.place, self.source, self.labels) = (place, source, labels.filter { seen.insert($0).inserted })
    }
}

/// The suffixes of file names.
enum FileSuffix {
    /// Suffixes of files that are taken for videos in a folder of them.
    static let videos: Set<String> = [
        "3gp", "asf", "avi", "flv", "gif", "m2ts", "m4v", "mjpeg", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf",
        "nut", "ogg", "ogv", "ts", "vob", "webm", "wmv",
    ]

    /// Whether a path ends with a dot and a suffix of letters and digits, not digits alone.
    static func isPresent(in path: String) -> Bool {
        let suffix = (path as NSString).pathExtension.utf8
        return (1...5).contains(suffix.count) && suffix.contains { !(0x30...0x39).contains($0) }
            && suffix.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
    }

    static func appended(_ suffix: String?, to path: String) -> String {
        guard let suffix, !suffix.isEmpty, !isPresent(in: path) else { return path }
        return path + (suffix.hasPrefix(".") ? suffix : "." + suffix)
    }
}
