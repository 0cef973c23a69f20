import CFFmpeg
import Foundation

/// An open file or live source and its video stream: owns the format context.
///
/// The pixel limit is applied to what the header says before anything is decoded, probing included.
final class Demuxer {
    let context: UnsafeMutablePointer<AVFormatContext>
    let stream: UnsafeMutablePointer<AVStream>
    let interruption: Interruption
    let path: String
    /// What the context reads from, where libav does not read by itself.
    let input: DescriptorInput?
    private(set) var endedByError: String?

    /// Opens a regular file, and nothing else.
    static func open(_ path: String, options: VideoOptions, interruption: Interruption) throws(VideoError) -> Demuxer {
        try checkIsReadableFile(path)
        // A local file must not make the reader fetch anything from elsewhere, as play lists could. The prefix keeps a
        // colon or a percent sign in the name from being read as a protocol or a pattern.
        let context = try openContext(
            "file:" + path, settings: ["protocol_whitelist": "file"], interruption: interruption)
        return try Demuxer(context, options: options, interruption)
    }

    /// Takes an open context over, and closes it when something in it is refused.
    init(
        _ context: UnsafeMutablePointer<AVFormatContext>, options: VideoOptions, _ interruption: Interruption,
        input: DescriptorInput? = nil
    ) throws(VideoError) {
        let path = interruption.path
        do throws(VideoError) {
            try checkSizes(context, options: options, path: path)
            try findStreamInformation(context, options: options, interruption: interruption)
            try checkSizes(context, options: options, path: path)
            stream = try videoStream(of: context, path: path)
        } catch {
            var context: UnsafeMutablePointer<AVFormatContext>? = context
            avformat_close_input(&context)
            throw error
        }
        self.context = context
        self.interruption = interruption
        self.input = input
        self.path = path
        for index in 0..<Int(context.pointee.nb_streams) where index != Int(stream.pointee.index) {
            context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
    }

    /// Reads the next packet of the video stream; false at the end, whatever ended it.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws(VideoError) -> Bool {
        while true {
            try interruption.check()
            let code = av_read_frame(context, packet)
            if code >= 0 {
                if packet.pointee.stream_index == stream.pointee.index { return true }
                av_packet_unref(packet)
            } else if code == verb_error_again() {
                // A camera without a new picture: it does not wait for one itself.
                Thread.sleep(forTimeInterval: Self.pauseForCamera)
            } else {
                try interruption.check()
                try noteEnd(code)
                return false
            }
        }
    }

    /// Seconds between two questions to a camera.
    private static let pauseForCamera = 0.005

    /// Keeps what ended the reading unless it is the end; some demuxers take a failed read for the end.
    ///
    /// - Throws: `timeout` where that was one in the operation before: they give out what they hold first.
    private func noteEnd(_ code: Int32) throws(VideoError) {
        let reading = context.pointee.pb?.pointee.error ?? 0
        let code = code == verb_error_end() && reading < 0 ? reading : code
        guard code != verb_error_exit() else { throw interruption.timeout }
        guard code != verb_error_end(), !isEndOfUnknownLength(code) else { return }
        endedByError = "reading: \(VideoError.text(of: code)) (\(code))"
    }

    /// Whether an error is the end of an HTTP answer without a length, which ends with its connection.
    ///
    /// libav takes the unknown length for one that was not reached.
    private func isEndOfUnknownLength(_ code: Int32) -> Bool {
        guard code == -EIO, path.lowercased().hasPrefix("http"), let source = context.pointee.pb else { return false }
        return avio_size(source) < 0
    }

    /// Goes to the last key packet at or before a time stamp; false if the container cannot.
    func seek(to timestamp: Int64) -> Bool {
        endedByError = nil
        return avformat_seek_file(context, stream.pointee.index, Int64.min, timestamp, timestamp, 0) >= 0
    }

    /// Seconds for one tick of the stream's clock.
    var tick: Double { av_q2d(stream.pointee.time_base) }

    /// Seconds that one frame lasts on average; 0 when unknown.
    var averageFrameDuration: Double {
        let rate = averageRate
        return rate > 0 ? 1 / rate : 0
    }

    /// Frames a second; 0 when unknown.
    var averageRate: Double {
        for rate in [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate] where rate.num > 0 && rate.den > 0 {
            return av_q2d(rate)
        }
        return 0
    }

    /// Whether time stamps of this container can be trusted for seeking.
    var hasReliableTimestamps: Bool {
        let unreliable = AVFMT_TS_DISCONT | AVFMT_NOTIMESTAMPS
        return isSeekable && context.pointee.iformat.pointee.flags & unreliable == 0
    }

    private var isSeekable: Bool {
        context.pointee.pb.map { $0.pointee.seekable & AVIO_SEEKABLE_NORMAL != 0 } ?? false
    }

    /// How coded pictures are to be turned.
    func orientation(_ options: VideoOptions) -> Orientation {
        switch options.rotation {
        case .ignore: .upright
        case .apply: Orientation(displayMatrix: verb_stream_display_matrix(stream))
        }
    }

    func information(_ options: VideoOptions) -> VideoInformation {
        let parameters = stream.pointee.codecpar.pointee
        let orientation = orientation(options)
        let (width, height) = orientation.size(Int(parameters.width), Int(parameters.height))
        return VideoInformation(
            format: String(cString: context.pointee.iformat.pointee.name),
            codec: String(cString: avcodec_get_name(parameters.codec_id)),
            pixelFormat: av_get_pix_fmt_name(AVPixelFormat(rawValue: parameters.format))
                .map { String(cString: $0) } ?? "unknown",
            width: width, height: height,
            rotation: orientation.degrees, isMirrored: orientation.isMirrored,
            headerFrameCount: Int(max(stream.pointee.nb_frames, 0)), averageRate: averageRate,
            duration: duration,
            startTime: stream.pointee.start_time == verb_no_timestamp()
                ? nil : Double(stream.pointee.start_time) * tick,
            bitRate: Int(max(parameters.bit_rate > 0 ? parameters.bit_rate : context.pointee.bit_rate, 0)),
            bytes: Int(max(avio_size(context.pointee.pb), 0)))
    }

    /// Seconds from the first picture to the end; nil when unknown.
    var duration: Double? {
        if stream.pointee.duration != verb_no_timestamp() { return Double(stream.pointee.duration) * tick }
        if context.pointee.duration != verb_no_timestamp() {
            return Double(context.pointee.duration) / Double(AV_TIME_BASE)
        }
        return nil
    }
}

// MARK: - Opening

/// The libraries write about every damaged packet to standard error; errors here travel as values.
private let silenceLibraryLog: Void = av_log_set_level(AV_LOG_QUIET)

private func checkIsReadableFile(_ path: String) throws(VideoError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
        throw VideoError(.missingFile, path: path, detail: "not a file name")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
        let code = errno
        let isMissing = code == ENOENT || code == ENOTDIR
        throw VideoError(isMissing ? .missingFile : .notReadable, path: path, detail: String(cString: strerror(code)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        throw VideoError(.notReadable, path: path, detail: isFolder ? "it is a folder" : "it is not a regular file")
    }
    guard access(path, R_OK) == 0 else {
        throw VideoError(.notReadable, path: path, detail: String(cString: strerror(errno)))
    }
}

/// Opens a format context.
///
/// - Parameters:
///   - address: what libav calls the input; nil where `input` is read.
///   - format: the input's format; nil finds it by its first bytes.
///   - settings: libav's options; protocols that are not in `protocol_whitelist` are not used.
///   - flags: libav's flags for the context.
///   - input: what is read in place of an address.
///   - interruption: ends the opening, and says which path messages name.
/// - Returns: the context, which the caller closes.
/// - Throws: `openFailed`, `timeout` or `cancelled`.
func openContext(
    _ address: String?, format: UnsafePointer<AVInputFormat>? = nil, settings: [String: String], flags: Int32 = 0,
    input: DescriptorInput? = nil, interruption: Interruption
) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
    _ = silenceLibraryLog
    var context = avformat_alloc_context()
    context?.pointee.interrupt_callback = interruption.callback
    context?.pointee.flags |= flags
    if let input { context?.pointee.pb = input.context }
    var dictionary: OpaquePointer?
    for (name, value) in settings { av_dict_set(&dictionary, name, value, 0) }
    defer { av_dict_free(&dictionary) }
    let code = avformat_open_input(&context, address, format, &dictionary)
    guard code >= 0, let opened = context else {
        try interruption.check()
        throw VideoError(.openFailed, path: interruption.path, code: code, doing: "opening")
    }
    // Plain text with certain suffixes is taken for terminal art.
    if String(cString: opened.pointee.iformat.pointee.name) == "tty" {
        avformat_close_input(&context)
        throw VideoError(.openFailed, path: interruption.path, detail: "it is text")
    }
    return opened
}

private func checkSizes(
    _ context: UnsafeMutablePointer<AVFormatContext>, options: VideoOptions, path: String
) throws(VideoError) {
    for index in 0..<Int(context.pointee.nb_streams) {
        guard let parameters = context.pointee.streams[index]?.pointee.codecpar?.pointee else { continue }
        guard parameters.codec_type == AVMEDIA_TYPE_VIDEO else { continue }
        try checkSize(Int(parameters.width), Int(parameters.height), options: options, path: path)
    }
}

/// Refuses pictures beyond the pixel limit.
func checkSize(_ width: Int, _ height: Int, options: VideoOptions, path: String) throws(VideoError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard overflow || pixels > options.pixelLimit else { return }
    throw VideoError(
        .tooLarge, path: path, detail: "\(width)x\(height) pixels, the limit is \(options.pixelLimit)")
}

private func findStreamInformation(
    _ context: UnsafeMutablePointer<AVFormatContext>, options: VideoOptions, interruption: Interruption
) throws(VideoError) {
    let count = Int(context.pointee.nb_streams)
    var settings = [OpaquePointer?](repeating: nil, count: count)
    for index in 0..<count {
        av_dict_set_int(&settings[index], "max_pixels", Int64(options.pixelLimit), 0)
        av_dict_set(&settings[index], "threads", "1", 0)
    }
    let code = settings.withUnsafeMutableBufferPointer { avformat_find_stream_info(context, $0.baseAddress) }
    for index in 0..<count { av_dict_free(&settings[index]) }
    try interruption.check()
    guard code >= 0 else {
        throw VideoError(.openFailed, path: interruption.path, code: code, doing: "probing")
    }
}

private func videoStream(
    of context: UnsafeMutablePointer<AVFormatContext>, path: String
) throws(VideoError) -> UnsafeMutablePointer<AVStream> {
    func isMovingPicture(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
        stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
            && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
    }
    let streams = (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
    let best = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    if best >= 0, isMovingPicture(streams[Int(best)]) { return streams[Int(best)] }
    if let first = streams.first(where: isMovingPicture) { return first }
    throw VideoError(.noVideoStream, path: path, detail: "\(streams.count) streams, none with moving pictures")
}
