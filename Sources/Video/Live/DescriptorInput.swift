import CFFmpeg
import Foundation

/// Bytes of a pipe as they come, for libav: its own reading cannot be interrupted while nothing comes.
final class DescriptorInput {
    let context: UnsafeMutablePointer<AVIOContext>
    /// When the first bytes came.
    private(set) var firstBytes: ContinuousClock.Instant?

    private let descriptor: Int32
    private let isOwned: Bool
    private let interruption: Interruption

    /// - Parameters:
    ///   - descriptor: what is read.
    ///   - isOwned: whether it is closed at the end.
    ///   - interruption: ends the waiting.
    /// - Throws: `openFailed` without memory.
    init(_ descriptor: Int32, isOwned: Bool, _ interruption: Interruption) throws(VideoError) {
        let size = 32 << 10
        guard let buffer = av_malloc(size)?.assumingMemoryBound(to: UInt8.self),
            let context = avio_alloc_context(
                buffer, Int32(size), 0, nil,
                { opaque, bytes, count in
                    guard let opaque, let bytes else { return verb_error_end() }
                    return Unmanaged<DescriptorInput>.fromOpaque(opaque).takeUnretainedValue().fill(bytes, Int(count))
                }, nil, nil)
        else { throw VideoError(.openFailed, path: interruption.path, detail: "out of memory") }
        (self.context, self.descriptor, self.isOwned) = (context, descriptor, isOwned)
        self.interruption = interruption
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.seekable = 0
    }

    /// Opens a named pipe, without waiting for somebody to write into it.
    convenience init(pipe path: String, _ interruption: Interruption) throws(VideoError) {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw VideoError(.notReadable, path: path, detail: String(cString: strerror(errno)))
        }
        try self.init(descriptor, isOwned: true, interruption)
    }

    deinit {
        // libav may have put another buffer in the place of the first.
        av_freep(&context.pointee.buffer)
        var context: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&context)
        if isOwned { close(descriptor) }
    }

    /// Waits for bytes, and asks every tenth of a second whether they are still wanted, as libav's network code does.
    private func fill(_ bytes: UnsafeMutablePointer<UInt8>, _ size: Int) -> Int32 {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while interruption.reason == nil {
            let ready = poll(&wanted, 1, 100)
            if ready < 0, errno != EINTR { return -errno }
            guard ready > 0 else { continue }
            let count = read(descriptor, bytes, size)
            if count > 0 {
                if firstBytes == nil { firstBytes = .now }
                return Int32(count)
            }
            if count == 0 { return verb_error_end() }
            if errno != EINTR, errno != EAGAIN { return -errno }
        }
        return verb_error_end()
    }
}
