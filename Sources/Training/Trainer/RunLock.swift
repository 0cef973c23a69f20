internal import Foundation

/// The right to write a run's folder, held by one process at a time.
///
/// The system gives it back when the process ends, however it ends.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a folder that is there.
    ///
    /// - Parameter folder: the run's folder.
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

    deinit { if descriptor >= 0 { close(descriptor) } }
}
