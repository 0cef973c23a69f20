/// What a video's header says, without decoding.
public struct VideoInformation: Sendable, Equatable, Codable {
    /// How a frame in the middle is reached.
    public enum Access: String, Sendable, Codable {
        /// By seeking to a key frame: each packet has its own time stamp.
        case seek
        /// By decoding from the start and counting.
        case count
    }

    /// The container's short name, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    public let format: String
    /// The codec's short name, such as `h264`.
    public let codec: String
    /// The pixel format's name, such as `yuv420p`.
    public let pixelFormat: String
    /// Width in pixels of the frames that come out.
    public let width: Int
    /// Height in pixels of the frames that come out.
    public let height: Int
    /// Degrees (0, 90, 180, 270) by which the coded picture is turned counter-clockwise for display.
    public let rotation: Int
    /// Whether the display matrix also mirrors the picture.
    public let isMirrored: Bool
    /// The number of frames that the header announces; 0 when it says nothing.
    public let headerFrameCount: Int
    /// Frames a second on average; 0 when unknown.
    public let averageRate: Double
    /// The duration in seconds, when the header says it.
    public let duration: Double?
    /// The stream's start time in seconds, when the header says it.
    public let startTime: Double?
    /// The bit rate in bits a second; 0 when unknown.
    public let bitRate: Int
    /// The size of the file in bytes.
    public let bytes: Int
}

extension VideoInformation {
    /// Opens a file and reads its header, without an index and without decoding more than probing needs.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - options: limits and conversions.
    /// - Throws: a ``VideoError`` with the status that the file deserves.
    public init(path: String, options: VideoOptions = .init()) throws(VideoError) {
        let interruption = Interruption(path: path, options: options)
        self = try Demuxer.open(path, options: options, interruption: interruption).information(options)
    }
}
