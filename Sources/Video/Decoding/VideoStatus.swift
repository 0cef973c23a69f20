/// What can be said about one video, good or bad.
public enum VideoStatus: String, Sendable, Codable, CaseIterable {
    /// Everything that was promised was decoded.
    case ok
    /// There is no file of that name.
    case missingFile = "missing_file"
    /// The file exists and cannot be read: permissions, a directory, a device.
    case notReadable = "not_readable"
    /// No demuxer accepts the content.
    case openFailed = "open_failed"
    /// The file holds no moving picture: audio, or cover art only.
    case noVideoStream = "no_video_stream"
    /// This build of FFmpeg has no decoder, or no encoder, for the codec.
    case unsupportedCodec = "unsupported_codec"
    /// A picture is larger than the pixel limit.
    case tooLarge = "too_large"
    /// Not one picture could be decoded.
    case noFrames = "no_frames"
    /// The file ends before its header says, or reading failed in the middle.
    case truncated
    /// Some packets failed or some pictures are flagged, at most half.
    case partlyDamaged = "partly_damaged"
    /// More than half of the packets failed, or a hundred in a row.
    case damaged
    /// Missing, equal or decreasing time stamps.
    case irregularTimestamps = "irregular_timestamps"
    /// The picture size changes inside the stream; later pictures are scaled to the first size.
    case sizeChanged = "size_changed"
    /// The video has fewer frames than the sampling rule wants.
    case short
    /// The time limit of the operation has passed.
    case timeout
    /// The operation was called off.
    case cancelled
    /// An annotation is missing or outside the class list.
    case badLabel = "bad_label"
    /// A request cannot be met: a frame number out of range, settings that contradict each other.
    case invalidRequest = "invalid_request"
    /// A file could not be written.
    case writeFailed = "write_failed"

    /// The statuses a readable video may have, the gravest first.
    static let gravestFirst: [VideoStatus] = [
        .damaged, .truncated, .partlyDamaged, .sizeChanged, .irregularTimestamps, .short, .ok,
    ]
}
