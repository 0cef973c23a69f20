internal import Foundation

/// A folder with a folder of videos for each class; the classes are in the order of their names' bytes.
///
/// Videos are told by their suffixes. Hidden files, other files and folders inside of a class are left alone.
enum ClassFolderReader {
    static func read(_ request: ListRequest) throws(DatasetError) -> ParsedList {
        guard request.isFolder else { throw .unreadable(path: request.path, detail: "it is not a folder") }
        let names = try ListRequest.names(in: request.path).filter { isFolder("\(request.path)/\($0)") }
        guard !names.isEmpty else {
            throw .unreadable(path: request.path, detail: "there are no folders of classes in it")
        }
        let classes = try request.classes(named: names)
        var (entries, listed): ([ListEntry], [String]) = ([], [])
        for name in names {
            let videos = try ListRequest.names(in: "\(request.path)/\(name)").filter {
                FileSuffix.videos.contains(($0 as NSString).pathExtension.lowercased())
            }
            guard !videos.isEmpty else {
                throw .unreadable(
                    path: "\(request.path)/\(name)", detail: "no videos in it; remove the folder if it is no class")
            }
            for video in videos {
                let path = "\(name)/\(video)"
                listed.append(path)
                let source = VideoSource.file(ListFile.path(path, in: request.root))
                entries.append(ListEntry(request.place(listed.count), source, className: name, of: classes))
            }
        }
        return ParsedList(entries: entries, classes: classes, digest: ListDigest.sha256(of: listed))
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
