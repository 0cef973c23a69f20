import Foundation

/// The files of one model in the cache.
///
///     models/OWNER--NAME/refs/REVISION             the commit that a branch or tag stands for
///     models/OWNER--NAME/manifests/COMMIT.json     which files make the snapshot
///     models/OWNER--NAME/snapshots/COMMIT/FILE     the files, complete and checked
///     models/OWNER--NAME/parts/COMMIT/FILE.part    what has arrived of the others
///
/// A ref is written last, so that it always names a complete snapshot.
struct HubCache: Sendable {
    let model: ModelName
    let folder: URL

    init(root: URL, model: ModelName) {
        self.model = model
        folder = root.appendingPathComponent("models").appendingPathComponent("\(model.owner)--\(model.name)")
    }

    func snapshot(_ commit: String) -> URL { folder.appendingPathComponent("snapshots/\(commit)") }
    func parts(_ commit: String) -> URL { folder.appendingPathComponent("parts/\(commit)") }
    var lockFile: URL { folder.appendingPathComponent(".lock") }
    private func manifest(_ commit: String) -> URL { folder.appendingPathComponent("manifests/\(commit).json") }

    /// Branch names may contain slashes; a ref is one file.
    private func ref(_ revision: String) -> URL {
        let name = revision.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? revision
        return folder.appendingPathComponent("refs").appendingPathComponent(name)
    }

    /// The commit of a complete snapshot.
    ///
    /// - Parameter revision: a branch, a tag or a whole commit id.
    /// - Returns: nil when the snapshot is not there, or not all of it.
    func commit(for revision: String) -> String? {
        let commit: String
        if Self.isCommit(revision) {
            commit = revision
        } else {
            guard let text = try? String(contentsOf: ref(revision), encoding: .utf8), Self.isCommit(text) else {
                return nil
            }
            commit = text
        }
        guard let files = files(ofSnapshot: commit) else { return nil }
        return files.allSatisfy { holds($0, commit: commit) } ? commit : nil
    }

    static func isCommit(_ text: String) -> Bool {
        [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy(HubListing.isLowerHexadecimal)
    }

    /// Whether a file is there with its size; its content was checked when it was fetched.
    func holds(_ file: HubFile, commit: String) -> Bool {
        let path = snapshot(commit).appendingPathComponent(file.path).path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? NSNumber
        else { return false }
        return file.size.map { $0 == size.int64Value } ?? true
    }

    /// Takes over a file that another snapshot has already, as a hard link or a copy.
    ///
    /// - Parameters:
    ///   - file: the file; only one with a checksum can be recognised.
    ///   - commit: the snapshot that needs it.
    /// - Returns: whether it is there now.
    func reuse(_ file: HubFile, commit: String) -> Bool {
        guard file.checksum != nil, file.size != nil else { return false }
        let manager = FileManager.default
        let manifests =
            (try? manager.contentsOfDirectory(atPath: folder.appendingPathComponent("manifests").path)) ?? []
        for name in manifests.sorted() where name.hasSuffix(".json") {
            let other = String(name.dropLast(5))
            guard other != commit, files(ofSnapshot: other)?.contains(file) == true, holds(file, commit: other) else {
                continue
            }
            let source = snapshot(other).appendingPathComponent(file.path)
            let target = snapshot(commit).appendingPathComponent(file.path)
            let folder = target.deletingLastPathComponent()
            let temporary = folder.appendingPathComponent(".\(UUID().uuidString)")
            do {
                try manager.createDirectory(at: folder, withIntermediateDirectories: true)
                do { try manager.linkItem(at: source, to: temporary) } catch {
                    try manager.copyItem(at: source, to: temporary)
                }
                guard rename(temporary.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
                return true
            } catch {
                // Not being able to share a file is no failure: it is fetched.
                try? manager.removeItem(at: temporary)
            }
        }
        return false
    }

    /// Writes down that a snapshot is complete, and that a revision stands for it.
    ///
    /// - Parameters:
    ///   - commit: the snapshot.
    ///   - files: its files.
    ///   - revision: the branch, tag or commit that was asked for.
    /// - Throws: ``HubError/storage(path:reason:)`` or ``HubError/diskFull(path:needed:)``.
    func complete(_ commit: String, files: [HubFile], revision: String) throws(HubError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            try write(encoder.encode(files), to: manifest(commit))
            if !Self.isCommit(revision) { try write(Data(commit.utf8), to: ref(revision)) }
        } catch {
            throw HubError(error, path: folder.path)
        }
        try? FileManager.default.removeItem(at: parts(commit))
    }

    private func write(_ data: Data, to url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url, options: .atomic)
    }

    private func files(ofSnapshot commit: String) -> [HubFile]? {
        guard let data = try? Data(contentsOf: manifest(commit)),
            let files = try? JSONDecoder().decode([HubFile].self, from: data), !files.isEmpty,
            files.allSatisfy({ HubFile.isSafe($0.path) })
        else { return nil }
        return files
    }

    /// Fails early when the disk cannot hold what is to come.
    ///
    /// - Parameter bytes: what is to come.
    /// - Throws: ``HubError/diskFull(path:needed:)``.
    func checkRoom(for bytes: Int64) throws(HubError) {
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path),
            let free = attributes[.systemFreeSize] as? NSNumber, free.int64Value < bytes
        else { return }
        throw .diskFull(path: folder.path, needed: bytes)
    }
}

extension HubError {
    /// A failure of the file system: full, or anything else.
    ///
    /// - Parameters:
    ///   - error: what Foundation threw.
    ///   - path: the file or folder that messages name.
    init(_ error: any Error, path: String) {
        let posix = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code
        if (error as? CocoaError)?.code == .fileWriteOutOfSpace || posix == Int(ENOSPC) {
            self = .diskFull(path: path, needed: nil)
        } else {
            self = .storage(path: path, reason: (error as? CocoaError)?.localizedDescription ?? "\(error)")
        }
    }

    /// A failure of a system call.
    ///
    /// - Parameters:
    ///   - code: the call's `errno`.
    ///   - path: the file or folder that messages name.
    init(errno code: Int32, path: String) {
        self =
            code == ENOSPC || code == EDQUOT
            ? .diskFull(path: path, needed: nil) : .storage(path: path, reason: String(cString: strerror(code)))
    }
}
