import Crypto
import Foundation

/// A file of which a part has arrived: it grows at its end, can start anew, and takes its final name when complete.
final class PartFile {
    /// The bytes that have arrived.
    private(set) var count: Int64
    /// The hub's tag of the content that the bytes belong to.
    private(set) var tag: String?
    /// Whether bytes of an earlier answer are among them, which might belong to other content.
    var isResumed: Bool

    private let path: String
    private let descriptor: Int32

    /// Opens what an earlier attempt left, or a new file.
    ///
    /// - Parameter url: the file; its folder is made when it is missing. The tag is kept in a file beside it.
    /// - Throws: ``HubError/storage(path:reason:)``.
    init(_ url: URL) throws(HubError) {
        path = url.path
        do {
            let folder = url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw HubError(error, path: url.deletingLastPathComponent().path)
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw HubError(errno: errno, path: path) }
        count = max(0, Int64(lseek(descriptor, 0, SEEK_END)))
        isResumed = count > 0
        tag = try? String(contentsOfFile: path + ".etag", encoding: .utf8)
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    ///
    /// - Parameter bytes: what arrived.
    /// - Throws: ``HubError/diskFull(path:needed:)`` or ``HubError/storage(path:reason:)``.
    func append(_ bytes: UnsafeRawBufferPointer) throws(HubError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw HubError(errno: errno, path: path)
            }
            count += Int64(written)
            rest = rest.dropFirst(written)
        }
    }

    /// Throws away what has arrived.
    ///
    /// - Parameter tag: the hub's tag of what will arrive.
    /// - Throws: ``HubError/storage(path:reason:)``.
    func restart(tag: String? = nil) throws(HubError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw HubError(errno: errno, path: path)
        }
        count = 0
        isResumed = false
        self.tag = tag
        guard let tag else {
            unlink(path + ".etag")
            return
        }
        do {
            try Data(tag.utf8).write(to: URL(fileURLWithPath: path + ".etag"), options: .atomic)
        } catch {
            throw HubError(error, path: path)
        }
    }

    /// Computes the digest of what has arrived.
    ///
    /// - Parameter checksum: which digest is wanted.
    /// - Returns: lower-case hexadecimal.
    /// - Throws: ``HubError/storage(path:reason:)``, or ``HubError/cancelled``.
    func digest(like checksum: HubFile.Checksum) throws(HubError) -> String {
        switch checksum {
        case .sha256: return try digest(SHA256())
        case .gitBlob:
            var hash = Insecure.SHA1()
            hash.update(data: Data("blob \(count)\0".utf8))
            return try digest(hash)
        }
    }

    private func digest(_ start: some HashFunction) throws(HubError) -> String {
        var hash = start
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset: Int64 = 0
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw HubError(errno: errno, path: path)
            }
            if count == 0 { break }
            buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += Int64(count)
        }
        return hash.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Deletes the file and its tag.
    func discard() {
        unlink(path)
        unlink(path + ".etag")
    }

    /// Gives the file its final name, in one step.
    ///
    /// - Parameter url: the final name; its folder is made when it is missing.
    /// - Throws: ``HubError/diskFull(path:needed:)`` or ``HubError/storage(path:reason:)``.
    func move(to url: URL) throws(HubError) {
        do {
            let folder = url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw HubError(error, path: url.path)
        }
        guard fsync(descriptor) == 0, rename(path, url.path) == 0 else { throw HubError(errno: errno, path: url.path) }
        unlink(path + ".etag")
    }
}
