import CFFmpeg

/// Ends an operation that takes too long or is no longer wanted.
///
/// libav asks it from inside blocking reads, the decode loops ask it before each packet. Belongs to one task at a time.
final class Interruption {
    let path: String
    private let limit: Double?
    private let isCancelled: (@Sendable () -> Bool)?
    private let clock = ContinuousClock()
    private var deadline: ContinuousClock.Instant?

    init(path: String, options: VideoOptions) {
        self.path = path
        limit = options.deadline
        isCancelled = options.isCancelled
        begin()
    }

    /// Starts the time of a new operation.
    func begin() {
        deadline = limit.map { clock.now.advanced(by: .seconds($0)) }
    }

    /// Why the operation must end, if it must.
    var reason: VideoStatus? {
        if let isCancelled, isCancelled() { return .cancelled }
        if let deadline, clock.now > deadline { return .timeout }
        return nil
    }

    /// The error of an operation that took too long.
    var timeout: VideoError { VideoError(.timeout, path: path, detail: "after \(limit ?? 0) s") }

    /// - Throws: `timeout` or `cancelled`.
    func check() throws(VideoError) {
        switch reason {
        case nil: return
        case .timeout: throw timeout
        case let reason?: throw VideoError(reason, path: path, detail: "by the caller")
        }
    }

    /// What libav calls; it keeps an unretained reference, so the object must outlive the format context.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<Interruption>.fromOpaque(opaque).takeUnretainedValue().reason == nil ? 0 : 1
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
