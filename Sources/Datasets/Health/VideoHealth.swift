public import Video

/// What is known about one video of a list: a row of the loader's report.
public struct VideoHealth: Sendable, Codable, Equatable {
    /// The path of the file or folder.
    public var path: String
    /// Its labels as the list states them.
    public var labels: [Int]
    /// The gravest status that applies.
    public var status: VideoStatus
    /// The other statuses that apply.
    public var also: [VideoStatus] = []
    /// The library's words for the first failure, with its error code, or what is wrong with the label.
    public var detail: String?
    /// The size of the file in bytes; nil for folders of images and what cannot be read.
    public var bytes: Int?
    /// The codec's short name; nil for folders of images.
    public var codec: String?
    /// Width in pixels of the frames that come out.
    public var width: Int?
    /// Height in pixels of the frames that come out.
    public var height: Int?
    /// The number of frames that the header announces, or the list for folders of images; 0 when neither says it.
    public var headerFrames = 0
    /// The number of frames that can be decoded.
    public var decodedFrames: Int?
    /// The number of packets, or images, that the decoder refused.
    public var failedPackets = 0
    /// The number of pictures that came out flagged as damaged.
    public var flaggedFrames = 0
    /// The number of frames that do not exist and are replaced by the frame before.
    public var substitutedFrames = 0
    /// Time in seconds of the first damage; in a folder of images the frame's number.
    public var firstBadTime: Double?
    /// What is done with the video.
    public var action: VideoAction
    /// How often the video was met: in the list, or in a run.
    public var timesMet = 1

    /// Makes a row for a video about which nothing but its status is known.
    ///
    /// - Parameters:
    ///   - sample: the video and its labels.
    ///   - status: its status.
    ///   - detail: what was found.
    public init(_ sample: VideoSample, _ status: VideoStatus, detail: String? = nil) {
        (path, labels) = (sample.source.path, sample.labels)
        (self.status, self.detail, action) = (status, detail, status.action)
    }

    /// Takes over what decoding found.
    mutating func note(_ report: DecodingReport) {
        headerFrames = report.headerFrames
        decodedFrames = report.decodedFrames ?? decodedFrames
        (failedPackets, flaggedFrames) = (report.failedPackets, report.flaggedFrames)
        (substitutedFrames, firstBadTime) = (report.substitutedFrames, report.firstBadTime)
        detail = detail ?? report.detail
        also = report.statuses.filter { $0 != status && $0 != .ok }
    }

    /// Takes over what the header says.
    mutating func note(_ information: VideoInformation) {
        (bytes, codec) = (information.bytes, information.codec)
        (width, height) = (information.width, information.height)
    }
}
