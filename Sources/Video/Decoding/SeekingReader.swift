import CFFmpeg

/// Reaches single frames by seeking, exactly, with as little decoding as possible.
///
/// Source: video specification 1.5 (rule) and 1.6 (plan).
final class SeekingReader {
    /// How a frame was found.
    enum Outcome {
        case found(Frame)
        /// The frame cannot be decoded; this is the last one before it.
        case substituted(Frame)
        /// The index names a time that the decoder never delivers although nothing failed.
        case indexIsWrong
    }

    private enum Start: Equatable { case here, key(Int), beginning }
    private enum Run { case found, passed, overshot, ended }

    /// A gap of so many pictures is decoded through; a seek costs as much (video specification 1.6).
    private static let seekGap = 3

    private let path: String
    private let options: VideoOptions
    private let index: PacketIndex
    private let journal: DecodingJournal
    private let interruption: Interruption
    private let converter: ColorConverter
    private var decoder: PictureDecoder
    private var isAtEnd = true
    private var lastRunSkipped = false
    private var size: (width: Int, height: Int)?

    init(
        _ demuxer: Demuxer, index: PacketIndex, options: VideoOptions, journal: DecodingJournal
    ) throws(VideoError) {
        path = demuxer.path
        self.options = options
        self.index = index
        self.journal = journal
        interruption = demuxer.interruption
        decoder = try PictureDecoder(demuxer, options: options, journal: journal)
        converter = ColorConverter(path: path, matrix: options.matrix, orientation: demuxer.orientation(options))
    }

    /// Seconds for one tick of the stream's clock.
    var tick: Double { decoder.demuxer.tick }

    /// Delivers one frame.
    ///
    /// - Parameters:
    ///   - target: the frame's number.
    ///   - wanted: the time stamps of all frames that this request still wants.
    ///   - next: the frame that this request wants next.
    /// - Returns: the frame, or what stands in for it.
    /// - Throws: `damaged`, `noFrames`, `tooLarge`, `timeout` or `cancelled`.
    func frame(at target: Int, wanted: Set<Int64>, next: Int?) throws(VideoError) -> Outcome {
        let timestamp = index.timestamps[target]
        // Where a seek follows anyway, the pictures after the target need not be decoded to make it come out.
        let isFinal = next.map { seeks(from: target, to: $0) } ?? options.readsOnce
        if decoder.timestamp == timestamp { return .found(try convert(decoder.frame, timestamp)) }
        if !lastRunSkipped, let after = decoder.timestamp, let before = decoder.previousTimestamp,
            before < timestamp, timestamp < after
        {
            return try substitute()
        }
        var start = canGoOn(to: target) ? Start.here : index.key(before: target).map { .key($0) } ?? .beginning
        var skips = decoder.canSkip
        while true {
            try move(to: &start)
            switch try run(to: timestamp, wanted: skips ? wanted : nil, isFinal: skips && isFinal) {
            case .found: return .found(try convert(decoder.frame, timestamp))
            case .overshot where start != .beginning:
                // The demuxer may search by decoding time, or the key frame is damaged: one key earlier, then the start.
                if case .key(let key) = start, key > 0, index.key(before: target) == key {
                    start = .key(key - 1)
                } else {
                    start = .beginning
                }
            case .passed where skips || start == .here, .ended where skips || start == .here:
                skips = false
                start = index.key(before: target).map { .key($0) } ?? .beginning
            case .passed, .ended, .overshot:
                guard !decoder.hasPrevious, start != .beginning else {
                    return try substitute()
                }
                start = .beginning
            }
        }
    }

    private func substitute() throws(VideoError) -> Outcome {
        if journal.isClean { return .indexIsWrong }
        guard decoder.hasPrevious || decoder.hasFrame else {
            try journal.checkIsUsable(path: path)
            throw VideoError(.noFrames, path: path, detail: journal.report.detail ?? "nothing could be decoded")
        }
        let picture = decoder.hasPrevious ? decoder.previous : decoder.frame
        return .substituted(try convert(picture, picture.pointee.best_effort_timestamp))
    }

    /// Whether decoding on from here is exact and no dearer than a seek.
    private func canGoOn(to target: Int) -> Bool {
        guard !isAtEnd, let here = decoder.timestamp, !decoder.skipped.contains(index.timestamps[target]) else {
            return false
        }
        let position = index.position(of: here)
        guard position < target, index.timestamps[position] == here else { return false }
        return !seeks(from: position, to: target)
    }

    /// Whether a key frame between two frames makes a seek cheaper than decoding on.
    private func seeks(from position: Int, to target: Int) -> Bool {
        guard let key = index.key(before: target) else { return false }
        return index.position(of: index.keys[key]) - position > Self.seekGap
    }

    private func move(to start: inout Start) throws(VideoError) {
        if case .key(let key) = start {
            if decoder.demuxer.seek(to: index.keys[key]) { decoder.flush() } else { start = .beginning }
        }
        if start == .beginning {
            let demuxer = try Demuxer.open(path, options: options, interruption: interruption)
            decoder = try PictureDecoder(demuxer, options: options, journal: journal)
        }
        isAtEnd = false
    }

    private func run(to timestamp: Int64, wanted: Set<Int64>?, isFinal: Bool) throws(VideoError) -> Run {
        lastRunSkipped = wanted != nil
        defer { isAtEnd = isAtEnd || decoder.isDraining }
        while try decoder.next(wanted: wanted, last: isFinal ? timestamp : nil) {
            guard let here = decoder.timestamp else {
                journal.noteIrregularTimestamps()
                continue
            }
            if here == timestamp { return .found }
            if here > timestamp { return decoder.isFirstSinceFlush ? .overshot : .passed }
        }
        isAtEnd = true
        return .ended
    }

    private func convert(_ picture: UnsafeMutablePointer<AVFrame>, _ timestamp: Int64) throws(VideoError) -> Frame {
        let coded = (width: Int(picture.pointee.width), height: Int(picture.pointee.height))
        if size == nil { size = try sizeOfFirstFrame(coded, timestamp) }
        let size = size ?? coded
        if size != coded { journal.noteSizeChange() }
        return try converter.frame(picture, size: size, time: Double(timestamp) * decoder.demuxer.tick)
    }

    /// The size of frame 0, which all frames get; decoded only if this one's size differs from the header's.
    private func sizeOfFirstFrame(
        _ coded: (width: Int, height: Int), _ timestamp: Int64
    ) throws(VideoError) -> (width: Int, height: Int) {
        let header = decoder.demuxer.stream.pointee.codecpar.pointee
        if timestamp == index.timestamps.first || coded == (Int(header.width), Int(header.height)) { return coded }
        let reader = try VideoReader(path: path, options: options, interruption: interruption)
        guard let first = try reader.nextFrame() else { return coded }
        let isTurned = reader.information.rotation % 180 != 0
        return isTurned ? (first.height, first.width) : (first.width, first.height)
    }
}
