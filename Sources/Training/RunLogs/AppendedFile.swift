internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A file that only grows: each piece is handed to the system whole, so that it survives the end of the process.
final class AppendedFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let failure = Mutex<TrainingError?>(nil)

    /// Opens a file at its end, or makes it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isNew: whether an existing file is an error.
    ///   - length: cut to this many bytes first; nil leaves what is there.
    /// - Throws: `TrainingError.unwritable`.
    init(at path: String, isNew: Bool = false, keeping length: Int? = nil) throws(TrainingError) {
        self.path = path
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0)
        descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw Self.error(path) }
        if let length, ftruncate(descriptor, off_t(length)) != 0 { throw Self.error(path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends bytes, whole; pieces of several threads do not mix.
    ///
    /// After a failure nothing more is written: the piece that failed may lie in the file in part.
    func append(_ bytes: some ContiguousBytes & Sendable) throws(TrainingError) {
        let error = failure.withLock { failure -> TrainingError? in
            if failure == nil { failure = written(bytes) ? nil : Self.error(path) }
            return failure
        }
        if let error { throw error }
    }

    private func written(_ bytes: some ContiguousBytes) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = Self.write(descriptor, part)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func error(_ path: String) -> TrainingError {
        .unwritable(path: path, detail: String(cString: strerror(errno)))
    }
}
