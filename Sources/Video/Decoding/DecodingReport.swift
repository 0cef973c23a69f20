/// What happened while a video was decoded.
public struct DecodingReport: Sendable, Equatable, Codable {
    /// Number of packets that the decoder refused.
    public internal(set) var failedPackets = 0
    /// Number of pictures that the decoder delivered and flagged as damaged.
    public internal(set) var flaggedFrames = 0
    /// Number of requested frames that do not exist and were replaced by the frame before.
    public internal(set) var substitutedFrames = 0
    /// The number of frames that the header announces; 0 when it says nothing.
    public internal(set) var headerFrames = 0
    /// The number of frames that the whole video delivers, once it was decoded to the end.
    public internal(set) var decodedFrames: Int?
    /// Time in seconds of the first damaged picture or failed packet.
    public internal(set) var firstBadTime: Double?
    /// The library's words for the first failure.
    public internal(set) var detail: String?

    var isTruncated = false
    var hasIrregularTimestamps = false
    var hasSizeChange = false
    var isShort = false

    /// Makes a report of nothing.
    public init() {}

    /// Everything that applies, the gravest first; `[.ok]` when nothing is wrong.
    public var statuses: [VideoStatus] {
        let applies = VideoStatus.gravestFirst.filter { status in
            switch status {
            case .truncated: isTruncated
            case .partlyDamaged: failedPackets > 0 || flaggedFrames > 0
            case .sizeChanged: hasSizeChange
            case .irregularTimestamps: hasIrregularTimestamps
            case .short: isShort
            default: false
            }
        }
        return applies.isEmpty ? [.ok] : applies
    }

    /// The gravest status that applies.
    public var status: VideoStatus { statuses.first ?? .ok }

    /// Notes a failure, keeping the place of the first one.
    mutating func noteBad(at time: Double?, _ words: String) {
        if firstBadTime == nil { firstBadTime = time }
        if detail == nil { detail = words }
    }
}
