#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is written under a temporary name in the same folder and appears under its own when it is whole.
struct DraftFile {
    /// Takes bytes one after another.
    typealias Sink = (UnsafeRawBufferPointer) throws(StateFileError) -> Void

    let path: String

    /// Writes what the body hands over, then renames; nothing is left behind when it throws.
    func write(_ body: (Sink) throws(StateFileError) -> Void) throws(StateFileError) {
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(.unwritable, path: path) }
        do throws(StateFileError) {
            try body { bytes throws(StateFileError) in try append(bytes, to: descriptor) }
            guard fsync(descriptor) == 0 else { throw StateFileError.system(.unwritable, path: path) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = StateFileError.system(.unwritable, path: path)
            unlink(temporary)
            throw error
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(StateFileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Self.write(descriptor, part)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(.unwritable, path: path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
        #else
            Darwin.write(descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
        #endif
    }
}

extension Array<UInt8> {
    /// Hands the bytes to a file.
    func write(to sink: DraftFile.Sink) throws(StateFileError) {
        try withUnsafeBufferPointer { bytes throws(StateFileError) in try sink(UnsafeRawBufferPointer(bytes)) }
    }
}
