import Foundation

/// The right to change one model's folder, held by one task of one process at a time.
///
/// The system gives the lock back when the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits until the lock is free and takes it.
    ///
    /// - Parameters:
    ///   - file: the lock's file; it and its folder are made when they are missing.
    ///   - clock: what the pauses between two attempts are measured by.
    /// - Returns: the lock, which is given back when the object goes.
    /// - Throws: ``HubError/storage(path:reason:)``, or ``HubError/cancelled``.
    static func taken(_ file: URL, clock: any Clock<Duration>) async throws(HubError) -> FolderLock {
        let folder = file.deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw HubError(error, path: folder.path)
        }
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw HubError(errno: errno, path: file.path) }
        let lock = FolderLock(descriptor: descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else { throw HubError(errno: code, path: file.path) }
            do {
                try await clock.sleep(for: .milliseconds(200))
            } catch {
                throw .cancelled
            }
        }
        return lock
    }
}
