/// How a video is opened and decoded.
public struct VideoOptions: Sendable {
    /// What happens to pictures whose container says that they are to be turned.
    public enum Rotation: String, Sendable, Codable, CaseIterable {
        /// Pictures come out upright.
        case apply
        /// Pictures come out as coded; the Python loaders of the EVL family do this.
        case ignore
    }

    /// Which YUV matrix turns pictures into RGB.
    public enum Matrix: String, Sendable, Codable, CaseIterable {
        /// The one that the stream names; BT.601 when it names none.
        case tag
        /// Always BT.601, as PyAV up to version 10 did.
        case bt601
    }

    /// The largest picture that is decoded, in pixels; a larger one is refused from the header.
    public var pixelLimit: Int
    /// The longest time that one operation may take, in seconds; `nil` for no limit.
    ///
    /// Opening a file, one request for frames and one step of a reader are an operation each.
    public var deadline: Double?
    /// Decoder threads, 0 for one each core; one is best when several files are decoded at once.
    public var threadCount: Int
    /// What happens to pictures that are to be turned.
    public var rotation: Rotation
    /// Which YUV matrix is used.
    public var matrix: Matrix
    /// Whether frames are asked for once only, as a data loader does; then nothing is decoded after the last of them.
    public var readsOnce: Bool
    /// Asked before each packet; when it returns true the operation ends with ``VideoStatus/cancelled``.
    public var isCancelled: (@Sendable () -> Bool)?

    /// Makes options; the defaults suit one worker of a data loader.
    ///
    /// - Parameters:
    ///   - pixelLimit: the largest picture in pixels.
    ///   - deadline: seconds that one operation may take.
    ///   - threadCount: decoder threads, 0 for one each core.
    public init(pixelLimit: Int = 64 << 20, deadline: Double? = 30, threadCount: Int = 1) {
        self.pixelLimit = pixelLimit
        self.deadline = deadline
        self.threadCount = threadCount
        rotation = .apply
        matrix = .tag
        readsOnce = false
        isCancelled = nil
    }
}
