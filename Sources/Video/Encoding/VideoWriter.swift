import CFFmpeg
import Foundation

/// Writes frames as H.264 in an MP4 file.
///
/// The file appears under its name when ``finish()`` has succeeded; until then it has a temporary name beside it, and
/// a writer that is dropped before removes it. Colours are coded as BT.601, limited range, 4:2:0, and tagged so.
/// Belongs to one task at a time.
public final class VideoWriter {
    /// How frames are compressed and timed.
    public struct Options: Sendable, Equatable {
        /// Where the time of a frame comes from.
        public enum Timing: Sendable, Equatable {
            /// Frame `i` is shown at `i / rate`.
            case constant
            /// Frames are shown at their own ``Frame/time``, which must increase; the first is shown at 0.
            case frameTimes
        }

        /// The speed presets of x264.
        public enum Preset: String, Sendable, CaseIterable {
            case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
        }

        /// Largest number of frames from one key frame to the next.
        public var groupSize = 24
        /// Constant quality: 0 is lossless, 23 usual, 51 worst.
        public var quality = 23.0
        /// Largest number of consecutive B-frames.
        public var bFrames = 2
        /// How much time is spent on smaller files.
        public var preset = Preset.veryfast
        /// Encoder threads, 0 for one each core; with 1 the same frames give the same bytes.
        public var threadCount = 1
        /// Where frame times come from.
        public var timing = Timing.constant

        /// Makes the default options.
        public init() {}
    }

    /// The path that the finished file gets.
    public let path: String
    /// Number of frames appended so far.
    public private(set) var count = 0

    package let width: Int, height: Int
    private let options: Options
    private let temporary: String
    private let muxer: UnsafeMutablePointer<AVFormatContext>
    private let encoder: UnsafeMutablePointer<AVCodecContext>
    private let picture: UnsafeMutablePointer<AVFrame>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let stream: UnsafeMutablePointer<AVStream>
    private let scaler: UnsafeMutableRawPointer
    private var firstTime = 0.0
    private var lastTimestamp = Int64.min
    private var isFinished = false

    /// Opens a file for writing.
    ///
    /// - Parameters:
    ///   - path: the path of the finished file, usually ending in `.mp4`; an existing one is replaced.
    ///   - width: width of all frames in pixels, even.
    ///   - height: height of all frames in pixels, even.
    ///   - rate: frames a second as a fraction.
    ///   - options: compression and timing.
    /// - Throws: `invalidRequest` for odd or absurd sizes, `unsupportedCodec` without libx264, `writeFailed`.
    public init(
        path: String, width: Int, height: Int, rate: (numerator: Int, denominator: Int), options: Options = .init()
    ) throws(VideoError) {
        try Self.check(path, width, height, rate)
        self.path = path
        (self.width, self.height, self.options) = (width, height, options)
        temporary = "\(path).\(UUID().uuidString.prefix(8)).part"
        let parts = try Self.open(path, temporary, width, height, rate, options)
        (muxer, encoder, stream) = (parts.muxer, parts.encoder, parts.stream)
        (picture, packet, scaler) = (parts.picture, parts.packet, parts.scaler)
    }

    deinit {
        if !isFinished {
            avio_closep(&muxer.pointee.pb)
            unlink(temporary)
        }
        verb_scaler_free(scaler)
        Self.release(muxer, encoder, picture, packet)
    }

    /// Whether a frame of this time can follow the last one: whether it is later by a tick of the file's clock.
    package func follows(_ time: Double) -> Bool {
        guard count > 0, options.timing == .frameTimes else { return true }
        return timestamp(of: time).map { $0 > lastTimestamp } ?? false
    }

    /// The ticks of the file's clock from the first frame to this one; nil where they cannot be counted.
    private func timestamp(of time: Double) -> Int64? {
        Int64(exactly: ((time - firstTime) * Double(encoder.pointee.time_base.den)).rounded())
    }

    /// Compresses and writes one frame.
    ///
    /// - Parameter frame: a frame of the writer's size.
    /// - Throws: `invalidRequest` for a frame of another size or a time that does not increase, `writeFailed`.
    public func append(_ frame: Frame) throws(VideoError) {
        guard !isFinished else { throw VideoError(.invalidRequest, path: path, detail: "the file is finished") }
        guard frame.width == width, frame.height == height else {
            throw VideoError(
                .invalidRequest, path: path,
                detail: "frame \(count) has \(frame.width)x\(frame.height) pixels, the file \(width)x\(height)")
        }
        if count == 0 { firstTime = frame.time }
        let timestamp: Int64
        switch options.timing {
        case .constant: timestamp = Int64(count)
        case .frameTimes:
            guard let exact = self.timestamp(of: frame.time), exact > lastTimestamp else {
                throw VideoError(
                    .invalidRequest, path: path,
                    detail: "the time of frame \(count), \(frame.time) s, does not increase")
            }
            timestamp = exact
        }
        try checked(av_frame_make_writable(picture), "preparing a frame")
        let code = frame.pixels.withUnsafeBufferPointer {
            verb_scaler_from_packed(scaler, $0.baseAddress, Int32(width * 3), Int32(height), picture)
        }
        try checked(code, "converting colours")
        picture.pointee.pts = timestamp
        try checked(avcodec_send_frame(encoder, picture), "compressing frame \(count)")
        lastTimestamp = timestamp
        count += 1
        try drain()
    }

    /// Writes what is left, closes the file and gives it its name.
    ///
    /// - Throws: `invalidRequest` when no frame was appended, `writeFailed`.
    public func finish() throws(VideoError) {
        guard !isFinished else { return }
        guard count > 0 else { throw VideoError(.invalidRequest, path: path, detail: "a video without frames") }
        try checked(avcodec_send_frame(encoder, nil), "finishing")
        try drain()
        try checked(av_write_trailer(muxer), "writing the index")
        try checked(avio_closep(&muxer.pointee.pb), "closing")
        guard rename(temporary, path) == 0 else {
            let words = String(cString: strerror(errno))
            unlink(temporary)
            isFinished = true
            throw VideoError(.writeFailed, path: path, detail: "renaming: \(words)")
        }
        isFinished = true
    }

    private func drain() throws(VideoError) {
        while true {
            let code = avcodec_receive_packet(encoder, packet)
            if code == verb_error_again() || code == verb_error_end() { return }
            try checked(code, "compressing")
            if packet.pointee.duration == 0, options.timing == .constant { packet.pointee.duration = 1 }
            av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
            packet.pointee.stream_index = stream.pointee.index
            try checked(av_interleaved_write_frame(muxer, packet), "writing")
        }
    }

    private func checked(_ code: Int32, _ action: String) throws(VideoError) {
        if code < 0 { throw VideoError(.writeFailed, path: path, code: code, doing: action) }
    }
}

// MARK: - Opening

extension VideoWriter {
    private struct Parts {
        let muxer: UnsafeMutablePointer<AVFormatContext>
        let encoder: UnsafeMutablePointer<AVCodecContext>
        let stream: UnsafeMutablePointer<AVStream>
        let picture: UnsafeMutablePointer<AVFrame>
        let packet: UnsafeMutablePointer<AVPacket>
        let scaler: UnsafeMutableRawPointer
    }

    /// Ticks a second when frames carry their own times: the clock of MPEG systems.
    private static let clockRate: Int32 = 90_000

    private static func check(
        _ path: String, _ width: Int, _ height: Int, _ rate: (numerator: Int, denominator: Int)
    ) throws(VideoError) {
        guard width > 0, height > 0, width % 2 == 0, height % 2 == 0, width <= 16384, height <= 16384 else {
            throw VideoError(
                .invalidRequest, path: path,
                detail: "\(width)x\(height) pixels; H.264 in 4:2:0 wants even sides up to 16384, so pad or crop first")
        }
        guard rate.numerator > 0, rate.denominator > 0, Int32(exactly: rate.numerator) != nil,
            Int32(exactly: rate.denominator) != nil
        else {
            throw VideoError(
                .invalidRequest, path: path, detail: "\(rate.numerator)/\(rate.denominator) frames a second")
        }
    }

    private static func open(
        _ path: String, _ temporary: String, _ width: Int, _ height: Int,
        _ rate: (numerator: Int, denominator: Int), _ options: Options
    ) throws(VideoError) -> Parts {
        av_log_set_level(AV_LOG_QUIET)
        guard let codec = avcodec_find_encoder_by_name("libx264") else {
            throw VideoError(.unsupportedCodec, path: path, detail: "this FFmpeg was built without libx264")
        }
        var muxer: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&muxer, nil, "mp4", "file:" + temporary) >= 0, let muxer,
            let encoder = avcodec_alloc_context3(codec), let picture = av_frame_alloc(), let packet = av_packet_alloc(),
            let stream = avformat_new_stream(muxer, nil),
            let scaler = verb_scaler_create(
                Int32(width), Int32(height), AV_PIX_FMT_RGB24.rawValue, Int32(width), Int32(height),
                AV_PIX_FMT_YUV420P.rawValue, verb_scaler_encoding(), SWS_CS_ITU601, 1, 0)
        else { throw VideoError(.writeFailed, path: path, detail: "out of memory") }
        do throws(VideoError) {
            configure(encoder, width, height, rate, options)
            if muxer.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
                encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
            }
            var settings = encoderSettings(options)
            defer { av_dict_free(&settings) }
            try check(avcodec_open2(encoder, codec, &settings), path, "opening the encoder")
            try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder), path, "opening")
            stream.pointee.time_base = encoder.pointee.time_base
            stream.pointee.avg_frame_rate = encoder.pointee.framerate
            (picture.pointee.width, picture.pointee.height) = (Int32(width), Int32(height))
            picture.pointee.format = AV_PIX_FMT_YUV420P.rawValue
            picture.pointee.colorspace = AVCOL_SPC_SMPTE170M
            picture.pointee.color_range = AVCOL_RANGE_MPEG
            try check(av_frame_get_buffer(picture, 0), path, "allocating a frame")
            try check(avio_open(&muxer.pointee.pb, "file:" + temporary, AVIO_FLAG_WRITE), path, "creating")
            muxer.pointee.flags |= AVFMT_FLAG_BITEXACT
            var muxing: OpaquePointer?
            av_dict_set(&muxing, "movflags", "+faststart", 0)
            defer { av_dict_free(&muxing) }
            try check(avformat_write_header(muxer, &muxing), path, "writing the header")
        } catch {
            let wasCreated = muxer.pointee.pb != nil
            avio_closep(&muxer.pointee.pb)
            if wasCreated { unlink(temporary) }
            verb_scaler_free(scaler)
            release(muxer, encoder, picture, packet)
            throw error
        }
        return Parts(
            muxer: muxer, encoder: encoder, stream: stream, picture: picture, packet: packet, scaler: scaler)
    }

    private static func configure(
        _ encoder: UnsafeMutablePointer<AVCodecContext>, _ width: Int, _ height: Int,
        _ rate: (numerator: Int, denominator: Int), _ options: Options
    ) {
        let rate = AVRational(num: Int32(rate.numerator), den: Int32(rate.denominator))
        encoder.pointee.width = Int32(width)
        encoder.pointee.height = Int32(height)
        encoder.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        encoder.pointee.framerate = rate
        encoder.pointee.time_base =
            options.timing == .constant ? AVRational(num: rate.den, den: rate.num) : AVRational(num: 1, den: clockRate)
        encoder.pointee.gop_size = Int32(options.groupSize)
        encoder.pointee.max_b_frames = Int32(options.bFrames)
        encoder.pointee.thread_count = Int32(options.threadCount)
        encoder.pointee.colorspace = AVCOL_SPC_SMPTE170M
        encoder.pointee.color_range = AVCOL_RANGE_MPEG
        encoder.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    }

    private static func encoderSettings(_ options: Options) -> OpaquePointer? {
        var settings: OpaquePointer?
        av_dict_set(&settings, "preset", options.preset.rawValue, 0)
        av_dict_set(&settings, "crf", String(options.quality), 0)
        // The macroblock tree reads memory that x264 has not set (seen with glibc's MALLOC_PERTURB_ and x264 164).
        if options.threadCount == 1 { av_dict_set(&settings, "mbtree", "0", 0) }
        return settings
    }

    private static func check(_ code: Int32, _ path: String, _ action: String) throws(VideoError) {
        if code < 0 { throw VideoError(.writeFailed, path: path, code: code, doing: action) }
    }

    private static func release(
        _ muxer: UnsafeMutablePointer<AVFormatContext>, _ encoder: UnsafeMutablePointer<AVCodecContext>,
        _ picture: UnsafeMutablePointer<AVFrame>, _ packet: UnsafeMutablePointer<AVPacket>
    ) {
        var (encoder, picture, packet) = (encoder, picture, packet)
        free(&encoder, with: avcodec_free_context)
        free(&picture, with: av_frame_free)
        free(&packet, with: av_packet_free)
        avformat_free_context(muxer)
    }
}
