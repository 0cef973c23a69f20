#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A regular file mapped into memory for reading.
///
/// The mapping is private. If another process shortens the file while it is mapped, touching the lost pages ends the
/// process (`SIGBUS`); files that are replaced by renaming, as Verb writes them, are safe.
///
/// Sendable because every stored property is a constant, and the bytes behind `base` are mapped read-only and unmapped
/// only in `deinit`, when no reference is left.
package final class MappedFile: @unchecked Sendable {
    /// The path the file was opened under.
    package let path: String
    /// The size of the file in bytes.
    package let size: Int
    private let base: UnsafeRawPointer?
    private let descriptor: Int32

    /// Opens and maps a file.
    ///
    /// - Parameter path: the file's path.
    /// - Throws: ``StateFileError`` if the path names no readable regular file.
    package init(_ path: String) throws(StateFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)  // O_NONBLOCK: a named pipe must not block
        guard descriptor >= 0 else { throw .system(.unreadable, path: path) }
        do throws(StateFileError) {
            let size = try MappedFile.sizeOfRegularFile(descriptor, path: path)
            let mapping = size == 0 ? nil : mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
            if mapping == MAP_FAILED { throw StateFileError.system(.unreadable, path: path) }
            self.base = mapping.map { UnsafeRawPointer($0) }
            self.size = size
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), size) }
        close(descriptor)
    }

    /// The whole content; valid as long as the file object is kept.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: size) }

    /// Calls `body` with the bytes of a range.
    ///
    /// - Parameters:
    ///   - range: a range inside the file; one outside of it traps.
    ///   - body: receives the bytes; they must not escape.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package func withBytes<R, E: Error>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    /// Maps a range once more, writable and private: writes stay in memory and reach neither the file nor other regions.
    ///
    /// - Parameter range: a range inside the file.
    /// - Returns: the region, which lives on its own.
    /// - Throws: ``StateFileError`` if the file has become shorter or cannot be mapped.
    package func privateRegion(_ range: Range<Int>) throws(StateFileError) -> MemoryRegion {
        guard try MappedFile.sizeOfRegularFile(descriptor, path: path) >= range.upperBound else {
            throw StateFileError(.damaged, path: path, "the file became shorter while it was read")
        }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        let count = range.upperBound - start
        let mapping = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, off_t(start))
        guard let mapping, mapping != MAP_FAILED else { throw .system(.unreadable, path: path) }
        return MemoryRegion(
            mapping: mapping, count: count, address: mapping + (range.lowerBound - start), byteCount: range.count)
    }

    private static func sizeOfRegularFile(_ descriptor: Int32, path: String) throws(StateFileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.unreadable, path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
            throw StateFileError(.unreadable, path: path, kind, remedy: "Give the path of the weight file itself")
        }
        return Int(status.st_size)
    }
}

/// Writable memory that belongs to one tensor: a private mapping of a part of a file, or a copy of it.
///
/// Sendable because the object never touches the memory itself, except to free it in `deinit`; whoever holds the region
/// (one tensor's storage) orders the accesses.
package final class MemoryRegion: @unchecked Sendable {
    /// The first byte.
    package let address: UnsafeMutableRawPointer
    /// The number of bytes.
    package let byteCount: Int
    private let mapping: (start: UnsafeMutableRawPointer, count: Int)?

    fileprivate init(mapping: UnsafeMutableRawPointer, count: Int, address: UnsafeMutableRawPointer, byteCount: Int) {
        self.mapping = (mapping, count)
        self.address = address
        self.byteCount = byteCount
    }

    /// Copies bytes into memory aligned for every element type.
    package init(copying bytes: UnsafeRawBufferPointer) {
        mapping = nil
        byteCount = bytes.count
        address = .allocate(byteCount: max(bytes.count, 1), alignment: 64)
        if let start = bytes.baseAddress { address.copyMemory(from: start, byteCount: bytes.count) }
    }

    deinit {
        if let mapping {
            munmap(mapping.start, mapping.count)
        } else {
            address.deallocate()
        }
    }
}

extension StateFileError {
    /// An error whose text is the system's message for `errno`.
    static func system(_ kind: Kind, path: String) -> StateFileError {
        StateFileError(kind, path: path, String(cString: strerror(errno)))
    }
}
