import CFFmpeg

/// A video file whose frames are reached by number.
///
/// Frame `i` is the `i`-th picture that decoding the whole stream from the start delivers, edit lists applied. Opening
/// reads all packets once, without decoding; ``count`` is what they promise. If decoding shows that the promise was
/// wrong, a frame that does not exist is replaced by the one before and counted in ``report``. ``verify()`` decodes
/// everything and makes the numbering final, also for damaged files.
///
/// Belongs to one task at a time: it is not `Sendable`, as the decoder under it is not.
public final class VideoFile: FrameSource {
    /// The path that was opened.
    public let path: String
    /// What the header says.
    public let information: VideoInformation
    /// The number of frames: what the packets promise, or what decoding delivered once it reached the end.
    public private(set) var count: Int
    /// How frames in the middle are reached.
    public private(set) var access: VideoInformation.Access

    private let options: VideoOptions
    private let interruption: Interruption
    private let index: PacketIndex
    private let promised: Int
    private var journal: DecodingJournal
    private var seeking: SeekingReader?
    private var counting: VideoReader?
    private var verifiedTimes: [Double]?
    private var verifiedKeys: [Int]?

    /// Opens a file and reads its packet index.
    ///
    /// - Parameters:
    ///   - path: the path of a regular file.
    ///   - options: limits and conversions.
    /// - Throws: a ``VideoError`` with the status that the file deserves; `noFrames` when no packet promises a frame.
    public init(path: String, options: VideoOptions = .init()) throws(VideoError) {
        self.path = path
        self.options = options
        interruption = Interruption(path: path, options: options)
        let demuxer = try Demuxer.open(path, options: options, interruption: interruption)
        information = demuxer.information(options)
        index = try PacketIndex(scanning: demuxer)
        guard index.frameCount > 0 else {
            throw VideoError(.noFrames, path: path, detail: demuxer.endedByError ?? "the stream has no packets")
        }
        (count, promised) = (index.frameCount, index.frameCount)
        journal = DecodingJournal(headerFrames: information.headerFrameCount)
        access = index.isRegular && demuxer.hasReliableTimestamps ? .seek : .count
        // The decoder is opened here even where it is not used yet, so that an unknown codec is refused on opening.
        seeking = try SeekingReader(demuxer, index: index, options: options, journal: journal)
        if access == .count { seeking = nil }
        noteIndexProblems(demuxer)
    }

    /// What has happened so far.
    public var report: DecodingReport { journal.report }

    /// The numbers of the frames at which decoding can begin, as the packets say, or as the decoder said in `verify`;
    /// empty when packets have no time stamps of their own and nothing was verified.
    public var keyFrames: [Int] {
        if let verifiedKeys { return verifiedKeys }
        guard index.isRegular else { return [] }
        return index.keyFrames
    }

    /// Delivers frames by number, each distinct one decoded once.
    ///
    /// - Parameter indices: frame numbers from 0 to ``count`` - 1, in any order, repeats allowed.
    /// - Returns: one frame for each index, in the order of the request.
    /// - Throws: `invalidRequest` for a number out of range; `damaged`, `tooLarge`, `timeout`, `cancelled`, `noFrames`.
    public func frames(at indices: [Int]) throws(VideoError) -> [Frame] {
        var frames: [Int: Frame] = [:]
        try read(indices) { frames[$0] = $1 }
        return indices.compactMap { frames[$0] }
    }

    /// Hands frames over one by one, each distinct one decoded once.
    ///
    /// - Parameters:
    ///   - indices: frame numbers from 0 to ``count`` - 1, in any order, repeats allowed.
    ///   - body: called with each distinct number, in rising order, and its frame; from the beginning again if the
    ///     packets' numbering turns out to be wrong.
    /// - Throws: as `frames`, and what the body throws.
    public func read(_ indices: [Int], _ body: (Int, Frame) throws(VideoError) -> Void) throws(VideoError) {
        for index in indices where index < 0 || index >= max(count, promised) {
            throw VideoError(.invalidRequest, path: path, detail: "frame \(index) of \(count)")
        }
        interruption.begin()
        let distinct = Set(indices).sorted()
        if access == .seek, try !seek(distinct, body) {
            journal.noteIrregularTimestamps()
            (access, seeking) = (.count, nil)
        }
        if access == .count { try countThrough(distinct, body) }
        try journal.checkIsUsable(path: path)
    }

    /// The presentation times of all frames in seconds; decodes the whole file if the packets do not say them.
    ///
    /// - Returns: one time for each frame, increasing.
    /// - Throws: as ``verify()``.
    public func times() throws(VideoError) -> [Double] {
        if let verifiedTimes { return verifiedTimes }
        if access == .seek, let seeking { return index.timestamps.map { Double($0) * seeking.tick } }
        try verify()
        return verifiedTimes ?? []
    }

    /// Decodes the whole file without converting it, makes ``count`` and the numbering final, and reports.
    ///
    /// - Returns: the report.
    /// - Throws: `damaged`, `noFrames`, `tooLarge`, `timeout` or `cancelled`.
    @discardableResult
    public func verify() throws(VideoError) -> DecodingReport {
        interruption.begin()
        let fresh = DecodingJournal(headerFrames: information.headerFrameCount)
        if journal.report.isTruncated { fresh.noteTruncated(journal.report.detail ?? "packets are missing") }
        let reader = try VideoReader(path: path, options: options, interruption: interruption, journal: fresh)
        // Also what a file shows that is refused in the end.
        journal = fresh
        var (times, keys): ([Double], [Int]) = ([], [])
        while try reader.advance() {
            if reader.isKeyFrame { keys.append(times.count) }
            times.append(reader.time)
        }
        (count, verifiedTimes, verifiedKeys) = (times.count, times, keys)
        if access == .seek, count == promised, fresh.isClean {
            seeking = try makeSeekingReader()
        } else {
            (access, seeking, counting) = (.count, nil, nil)
        }
        return report
    }

    /// Opens a second reader on the same file that goes from the first frame to the last in constant memory.
    ///
    /// - Returns: a reader in front of frame 0.
    /// - Throws: as opening the file.
    public func makeReader() throws(VideoError) -> VideoReader {
        try VideoReader(path: path, options: options)
    }

    // MARK: - The two ways

    /// Returns false when the index turns out to be wrong.
    private func seek(
        _ wanted: [Int], _ body: (Int, Frame) throws(VideoError) -> Void
    ) throws(VideoError) -> Bool {
        guard let seeking else { return false }
        var stamps = Set(wanted.map { index.timestamps[$0] })
        for (place, target) in wanted.enumerated() {
            let next = place + 1 < wanted.count ? wanted[place + 1] : nil
            switch try seeking.frame(at: target, wanted: stamps, next: next) {
            case .found(let frame): try body(target, frame)
            case .substituted(let frame):
                journal.noteSubstitution()
                try body(target, frame)
            case .indexIsWrong: return false
            }
            stamps.remove(index.timestamps[target])
        }
        return true
    }

    private func countThrough(
        _ wanted: [Int], _ body: (Int, Frame) throws(VideoError) -> Void
    ) throws(VideoError) {
        for target in wanted {
            if counting.map({ $0.position > target + 1 }) ?? true {
                counting = try VideoReader(
                    path: path, options: options, interruption: interruption, journal: journal)
            }
            guard let reader = counting else { return }
            while reader.position <= target, try reader.advance() {}
            if reader.position <= target {
                count = reader.position
                journal.noteSubstitution()
            }
            try body(target, try reader.frame())
        }
    }

    private func makeSeekingReader() throws(VideoError) -> SeekingReader {
        let demuxer = try Demuxer.open(path, options: options, interruption: interruption)
        return try SeekingReader(demuxer, index: index, options: options, journal: journal)
    }

    private func noteIndexProblems(_ demuxer: Demuxer) {
        if let words = demuxer.endedByError { journal.noteTruncated(words) }
        let header = information.headerFrameCount
        if header > 0, index.packetCount < header {
            journal.noteTruncated("\(index.packetCount) packets of \(header) that the header announces")
        }
        if !index.isRegular, index.timestamps.count == index.frameCount { journal.noteIrregularTimestamps() }
    }
}
