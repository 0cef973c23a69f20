internal import Foundation

/// The right to write a folder of one run, or of many, held by one process at a time.
///
/// The system gives it back when the process ends, however it ends.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a folder that is there.
    ///
    /// - Parameter folder: the folder.
    /// - Throws: `TrainingError.busy` where another run has it, `unwritable`.
    init(_ folder: RunFolder) throws(TrainingError) {
        descriptor = open(folder.path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .unwritable(path: folder.path, detail: String(cString: strerror(errno)))
        }
        // File systems that know no locks let the run go on without one.
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        throw .busy(path: folder.path)
    }

    /// Waits until the lock of a folder that is there is free, and takes it.
    ///
    /// - Parameter folder: the folder.
    /// - Returns: the lock.
    /// - Throws: `TrainingError.unwritable`, `CancellationError`.
    static func waited(for folder: RunFolder) async throws -> RunLock {
        while true {
            do throws(TrainingError) { return try RunLock(folder) } catch {
                guard case .busy = error else { throw error }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
