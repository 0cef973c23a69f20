import CFFmpeg

/// What went wrong with a video, an image or a request for frames.
public struct VideoError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public let status: VideoStatus
    /// The file or folder concerned; empty when none is.
    public let path: String
    /// What the library or the operating system said, or the numbers that do not fit.
    public let detail: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - status: the kind of failure.
    ///   - path: the file or folder concerned.
    ///   - detail: what was found.
    public init(_ status: VideoStatus, path: String = "", detail: String) {
        self.status = status
        self.path = path
        self.detail = detail
    }

    /// Makes an error out of a code of the FFmpeg libraries.
    init(_ status: VideoStatus, path: String, code: Int32, doing action: String) {
        self.init(status, path: path, detail: "\(action): \(Self.text(of: code)) (\(code))")
    }

    /// What happened, to which file, and what to do.
    public var description: String {
        let place = path.isEmpty ? "" : "\(path): "
        return "\(place)\(sentence) (\(detail))"
    }

    private var sentence: String {
        switch status {
        case .ok: "nothing is wrong"
        case .missingFile: "there is no such file; check the path"
        case .notReadable: "the file cannot be read; check its permissions and that it is a regular file"
        case .openFailed:
            "this is not a video or image that FFmpeg can open; the file may be cut off or of another kind"
        case .noVideoStream: "the file holds no video stream"
        case .unsupportedCodec: "the installed FFmpeg cannot handle the codec; install a build that has it"
        case .tooLarge: "the picture is larger than the limit; raise the pixel limit if the file is trusted"
        case .noFrames: "not one frame can be decoded"
        case .truncated: "the file ends too early"
        case .partlyDamaged: "parts of the file are damaged"
        case .damaged: "the file is damaged beyond use"
        case .irregularTimestamps: "the time stamps are irregular"
        case .sizeChanged: "the picture size changes inside the stream"
        case .short: "the video has too few frames"
        case .timeout: "the time limit has passed; raise the deadline if the source is slow"
        case .cancelled: "cancelled"
        case .badLabel: "the label is missing or unknown"
        case .invalidRequest: "the request cannot be met"
        case .writeFailed: "the file cannot be written"
        }
    }

    /// The library's own words for an error code.
    static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        av_strerror(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
