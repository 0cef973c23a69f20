import CFFmpeg

/// A decoder fed by a demuxer, one picture at a time: owns the codec context, one packet and two frames.
final class PictureDecoder {
    /// Consecutive failures after which a file is refused (video specification 6.2).
    static let failureLimit = 100

    let demuxer: Demuxer
    private let options: VideoOptions
    private let journal: DecodingJournal
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    /// The picture delivered last.
    private(set) var frame: UnsafeMutablePointer<AVFrame>
    /// The picture before it, which stands in for one that cannot be decoded.
    private(set) var previous: UnsafeMutablePointer<AVFrame>
    private(set) var hasFrame = false
    private(set) var hasPrevious = false
    /// Whether the decoder takes no more packets.
    private(set) var isDraining = false
    private var consecutiveFailures = 0
    private var deliveredSinceFlush = 0

    /// Packets read since the decoder was opened.
    private(set) var packetCount = 0
    /// Time stamps of the packets whose pictures were left out on purpose since the last flush.
    private(set) var skipped: Set<Int64> = []

    init(_ demuxer: Demuxer, options: VideoOptions, journal: DecodingJournal) throws(VideoError) {
        let parameters = demuxer.stream.pointee.codecpar
        guard let codec = avcodec_find_decoder(demuxer.stream.pointee.codecpar.pointee.codec_id) else {
            let name = String(cString: avcodec_get_name(demuxer.stream.pointee.codecpar.pointee.codec_id))
            throw VideoError(.unsupportedCodec, path: demuxer.path, detail: "no decoder for \(name)")
        }
        guard let context = avcodec_alloc_context3(codec), let packet = av_packet_alloc(),
            let frame = av_frame_alloc(), let previous = av_frame_alloc()
        else { throw VideoError(.openFailed, path: demuxer.path, detail: "out of memory") }
        self.demuxer = demuxer
        self.options = options
        self.journal = journal
        (self.context, self.packet, self.frame, self.previous) = (context, packet, frame, previous)
        var code = avcodec_parameters_to_context(context, parameters)
        context.pointee.pkt_timebase = demuxer.stream.pointee.time_base
        context.pointee.thread_count = Int32(options.threadCount)
        context.pointee.thread_type = options.threadCount == 1 ? 0 : FF_THREAD_FRAME | FF_THREAD_SLICE
        context.pointee.max_pixels = Int64(options.pixelLimit)
        if code >= 0 { code = avcodec_open2(context, codec, nil) }
        guard code >= 0 else {
            throw VideoError(.unsupportedCodec, path: demuxer.path, code: code, doing: "opening the decoder")
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        avcodec_free_context(&context)
        av_packet_free(&packet)
        for owned in [frame, previous] {
            var owned: UnsafeMutablePointer<AVFrame>? = owned
            av_frame_free(&owned)
        }
    }

    /// Whether pictures that no other needs may be left out without changing the rest.
    var canSkip: Bool { options.threadCount == 1 }

    /// Decodes the next picture into `frame`; the one before moves to `previous`.
    ///
    /// - Parameters:
    ///   - wanted: when given, pictures of packets with other time stamps are left out if no other picture refers to
    ///     them. Exact with one thread only.
    ///   - last: when given, no packet is fed after the one with this time stamp; what it needs was fed before it.
    ///     Then the decoder hands out what it holds back, and must be flushed.
    /// - Returns: false at the end of the stream; then the last picture is in `previous`.
    /// - Throws: `damaged` after too many failures in a row, `tooLarge`, `timeout` or `cancelled`.
    func next(wanted: Set<Int64>? = nil, last: Int64? = nil) throws(VideoError) -> Bool {
        if hasFrame {
            swap(&frame, &previous)
            (hasFrame, hasPrevious) = (false, true)
        }
        while true {
            let code = avcodec_receive_frame(context, frame)
            if code == 0 {
                try accept()
                return true
            }
            if code == verb_error_end() { return false }
            if code != verb_error_again() {
                try noteFailure(code)
                continue
            }
            if isDraining { return false }
            try feed(wanted, last)
        }
    }

    /// Makes the decoder ready for packets of another place.
    func flush() {
        avcodec_flush_buffers(context)
        av_frame_unref(frame)
        av_frame_unref(previous)
        (hasFrame, hasPrevious, isDraining) = (false, false, false)
        deliveredSinceFlush = 0
        skipped.removeAll(keepingCapacity: true)
    }

    /// Whether the picture in `frame` is the first since the last flush.
    var isFirstSinceFlush: Bool { hasFrame && deliveredSinceFlush == 1 }

    /// The decoder's best time stamp of the picture in `frame`, in ticks.
    var timestamp: Int64? { hasFrame ? Self.timestamp(of: frame) : nil }

    /// The decoder's best time stamp of the picture in `previous`, in ticks.
    var previousTimestamp: Int64? { hasPrevious ? Self.timestamp(of: previous) : nil }

    private static func timestamp(of frame: UnsafeMutablePointer<AVFrame>) -> Int64? {
        let timestamp = frame.pointee.best_effort_timestamp
        return timestamp == verb_no_timestamp() ? nil : timestamp
    }

    private func feed(_ wanted: Set<Int64>?, _ last: Int64?) throws(VideoError) {
        guard try demuxer.read(into: packet) else {
            isDraining = true
            if let words = demuxer.endedByError { journal.noteTruncated(words) }
            avcodec_send_packet(context, nil)
            return
        }
        defer { av_packet_unref(packet) }
        packetCount += 1
        journal.noteSent()
        let isSkippable = wanted.map { !$0.contains(packet.pointee.pts) } ?? false
        context.pointee.skip_frame = isSkippable ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
        if isSkippable { skipped.insert(packet.pointee.pts) }
        let code = avcodec_send_packet(context, packet)
        if code < 0, code != verb_error_again() { try noteFailure(code) }
        if code >= 0, let last, packet.pointee.pts == last {
            isDraining = true
            avcodec_send_packet(context, nil)
        }
    }

    private func accept() throws(VideoError) {
        hasFrame = true
        deliveredSinceFlush += 1
        consecutiveFailures = 0
        try checkSize(
            Int(frame.pointee.width), Int(frame.pointee.height), options: options, path: demuxer.path)
        if verb_frame_is_flagged(frame) != 0 {
            journal.noteFlagged(timestamp: timestamp, time: timestamp.map { Double($0) * demuxer.tick })
        }
    }

    private func noteFailure(_ code: Int32) throws(VideoError) {
        try demuxer.interruption.check()
        consecutiveFailures += 1
        let pts = packet.pointee.pts
        journal.noteFailure(
            place: packet.pointee.pos, time: pts == verb_no_timestamp() ? nil : Double(pts) * demuxer.tick,
            "decoding: \(VideoError.text(of: code)) (\(code))")
        if consecutiveFailures >= Self.failureLimit {
            throw VideoError(
                .damaged, path: demuxer.path, code: code, doing: "\(consecutiveFailures) packets failed in a row")
        }
    }
}
