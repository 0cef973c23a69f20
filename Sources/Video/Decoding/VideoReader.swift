import CFFmpeg

/// Reads a video from its first frame to its last in constant memory, without an index.
///
/// Frames come in presentation order with repaired, increasing times. Belongs to one task at a time: it is not
/// `Sendable`, as the decoder under it is not.
public final class VideoReader {
    /// What the header says.
    public let information: VideoInformation

    let journal: DecodingJournal
    private let decoder: PictureDecoder
    private let converter: ColorConverter
    private let interruption: Interruption
    private var times: TimeRepair
    private var size: (width: Int, height: Int)?
    private var count = 0
    private var isAtEnd = false
    private(set) var time = 0.0
    private(set) var previousTime = 0.0

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - options: limits and conversions; the deadline holds for each step.
    /// - Throws: a ``VideoError`` with the status that the file deserves.
    public convenience init(path: String, options: VideoOptions = .init()) throws(VideoError) {
        try self.init(path: path, options: options, interruption: Interruption(path: path, options: options))
    }

    convenience init(
        path: String, options: VideoOptions, interruption: Interruption, journal: DecodingJournal? = nil
    ) throws(VideoError) {
        let demuxer = try Demuxer.open(path, options: options, interruption: interruption)
        try self.init(demuxer, options: options, journal: journal)
    }

    init(_ demuxer: Demuxer, options: VideoOptions, journal: DecodingJournal? = nil) throws(VideoError) {
        information = demuxer.information(options)
        interruption = demuxer.interruption
        let journal = journal ?? DecodingJournal(headerFrames: information.headerFrameCount)
        self.journal = journal
        decoder = try PictureDecoder(demuxer, options: options, journal: journal)
        converter = ColorConverter(
            path: demuxer.path, matrix: options.matrix, orientation: demuxer.orientation(options))
        times = TimeRepair(
            tick: demuxer.tick, averageDuration: demuxer.averageFrameDuration, start: information.startTime ?? 0)
    }

    /// What has happened so far.
    public var report: DecodingReport { journal.report }

    /// The number of frames delivered so far.
    public var position: Int { count }

    /// Decodes and converts the next frame.
    ///
    /// - Returns: the frame, or nil at the end.
    /// - Throws: `noFrames` at the end of a file without any, `damaged`, `tooLarge`, `timeout` or `cancelled`.
    public func nextFrame() throws(VideoError) -> Frame? {
        interruption.begin()
        guard try advance() else { return nil }
        return try frame()
    }

    /// Decodes the next frame without converting it, which is how frames are passed over.
    ///
    /// - Returns: the presentation time in seconds of the frame, or nil at the end.
    /// - Throws: as ``nextFrame()``.
    public func skipFrame() throws(VideoError) -> Double? {
        interruption.begin()
        return try advance() ? time : nil
    }

    // MARK: - Picture by picture

    /// Decodes one more picture without converting it; false at the end.
    func advance() throws(VideoError) -> Bool {
        guard !isAtEnd else { return false }
        guard try decoder.next() else {
            isAtEnd = true
            try finish()
            return false
        }
        previousTime = time
        time = times.time(
            timestamp: decoder.timestamp, duration: verb_frame_duration(decoder.frame))
        if times.isIrregular { journal.noteIrregularTimestamps() }
        count += 1
        let coded = (width: Int(decoder.frame.pointee.width), height: Int(decoder.frame.pointee.height))
        if let size, size != coded { journal.noteSizeChange() }
        if size == nil { size = coded }
        return true
    }

    /// Converts the picture that `advance` delivered last.
    func frame() throws(VideoError) -> Frame {
        guard let size, decoder.hasFrame || decoder.hasPrevious else {
            throw VideoError(.noFrames, path: information.format, detail: "nothing was decoded yet")
        }
        return try converter.frame(decoder.hasFrame ? decoder.frame : decoder.previous, size: size, time: time)
    }

    /// Converts the picture before the last one; at the end of the file use `frame()` for the last.
    func previousFrame() throws(VideoError) -> Frame {
        guard let size, decoder.hasFrame, decoder.hasPrevious else { return try frame() }
        return try converter.frame(decoder.previous, size: size, time: previousTime)
    }

    /// What is read and decoded.
    var demuxer: Demuxer { decoder.demuxer }

    var isKeyFrame: Bool { verb_frame_is_key(decoder.frame) != 0 }

    /// The end of the last picture in seconds.
    var endTime: Double { times.end ?? 0 }

    private func finish() throws(VideoError) {
        try journal.checkIsUsable(path: interruption.path)
        guard count > 0 else {
            throw VideoError(.noFrames, path: interruption.path, detail: journal.report.detail ?? "the stream is empty")
        }
        journal.noteDecodedFrames(count)
        let header = information.headerFrameCount
        if header > 0, decoder.packetCount < header {
            journal.noteTruncated("\(decoder.packetCount) packets of \(header) that the header announces")
        }
    }
}
