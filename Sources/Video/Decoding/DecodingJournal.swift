/// The record of one file's decoding, shared by the decoders that are opened for it one after another.
///
/// A packet that is decoded again after a seek is counted once. Belongs to one task at a time.
final class DecodingJournal {
    private(set) var report = DecodingReport()
    private var failedPlaces: Set<Int64> = []
    private var flaggedTimes: Set<Int64> = []
    /// A stream without end would collect damaged places for ever; beyond so many each counts as a new one.
    private static let memory = 100_000
    private var sent = 0
    private var failed = 0

    init(headerFrames: Int) { report.headerFrames = headerFrames }

    func noteSent() { sent += 1 }

    /// - Parameters:
    ///   - place: the packet's byte position, negative when unknown.
    ///   - time: seconds, when known.
    ///   - words: what the decoder said.
    func noteFailure(place: Int64, time: Double?, _ words: String) {
        failed += 1
        report.noteBad(at: time, words)
        if place < 0 || Self.isNew(place, in: &failedPlaces) { report.failedPackets += 1 }
    }

    func noteFlagged(timestamp: Int64?, time: Double?) {
        report.noteBad(at: time, "the decoder flagged a picture as damaged")
        if timestamp.map({ Self.isNew($0, in: &flaggedTimes) }) ?? true { report.flaggedFrames += 1 }
    }

    private static func isNew(_ place: Int64, in places: inout Set<Int64>) -> Bool {
        places.count < memory ? places.insert(place).inserted : !places.contains(place)
    }

    func noteTruncated(_ words: String) {
        report.isTruncated = true
        report.noteBad(at: nil, words)
    }

    func noteSubstitution() { report.substitutedFrames += 1 }
    func noteSizeChange() { report.hasSizeChange = true }
    func noteIrregularTimestamps() { report.hasIrregularTimestamps = true }
    func noteDecodedFrames(_ count: Int) { report.decodedFrames = count }

    /// Whether nothing has failed so far.
    var isClean: Bool { failed == 0 && !report.isTruncated && report.flaggedFrames == 0 }

    /// Refuses a file of whose packets more than half failed.
    func checkIsUsable(path: String) throws(VideoError) {
        guard failed * 2 > sent else { return }
        throw VideoError(
            .damaged, path: path, detail: "\(failed) of \(sent) packets failed; first: \(report.detail ?? "unknown")")
    }
}
