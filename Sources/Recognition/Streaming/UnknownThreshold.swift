/// The probability below which the best label is better called unknown, chosen on clips whose answer is known.
public struct UnknownThreshold: Sendable, Equatable, Codable {
    /// The threshold, for ``StreamSettings/unknown``.
    public let value: Double
    /// The share of known clips that stay known.
    public let knownKept: Double
    /// The share of unknown clips that are called unknown; nil where none were given.
    public let unknownRejected: Double?

    /// Chooses the threshold that tells best which clips show one of the labels.
    ///
    ///     maximise (share of known ≥ value + share of unknown < value) / 2
    ///
    /// Candidates lie half-way between neighbouring scores; of equally good ones the lowest is taken, which keeps most.
    ///
    /// - Parameters:
    ///   - known: the best label's probability on clips that show one of the labels.
    ///   - unknown: the same on clips that show something else.
    /// - Returns: the threshold.
    /// - Throws: `RecognitionError.badSetting` without clips of either kind, or for scores that are no probabilities.
    public static func fit(known: [Double], unknown: [Double]) throws(RecognitionError) -> UnknownThreshold {
        try check(known, "known")
        try check(unknown, "unknown")
        let scores = Set(known + unknown).sorted()
        let above = scores.last.flatMap { $0 < 1 ? $0.nextUp : nil }
        let candidates = [0] + zip(scores, scores.dropFirst()).map { ($0 + $1) / 2 } + [above].compactMap(\.self)
        let fits = candidates.map { threshold($0, known, unknown) }
        func quality(_ fit: UnknownThreshold) -> Double { fit.knownKept + (fit.unknownRejected ?? 0) }
        return fits.reduce(fits[0]) { quality($1) > quality($0) ? $1 : $0 }
    }

    /// Chooses the highest threshold that keeps a share of known clips, where no unknown ones are at hand.
    ///
    /// - Parameters:
    ///   - known: the best label's probability on clips that show one of the labels.
    ///   - kept: the share of them to keep, above 0 and at most 1.
    /// - Returns: the threshold, one of the scores.
    /// - Throws: `RecognitionError.badSetting` without clips, or for scores or a share that cannot be.
    public static func fit(known: [Double], keeping kept: Double) throws(RecognitionError) -> UnknownThreshold {
        try check(known, "known")
        guard kept > 0, kept <= 1 else {
            throw .badSetting("keeping a share of \(kept); it must be above 0, at most 1")
        }
        let sorted = known.sorted(by: >)
        let place = min(max(Int((kept * Double(sorted.count) - 1e-9).rounded(.up)), 1), sorted.count)
        return threshold(sorted[place - 1], known, [])
    }

    private static func threshold(_ value: Double, _ known: [Double], _ unknown: [Double]) -> UnknownThreshold {
        func share(_ scores: [Double], _ holds: (Double) -> Bool) -> Double {
            Double(scores.count(where: holds)) / Double(scores.count)
        }
        return UnknownThreshold(
            value: value, knownKept: share(known) { $0 >= value },
            unknownRejected: unknown.isEmpty ? nil : share(unknown) { $0 < value })
    }

    private static func check(_ scores: [Double], _ kind: String) throws(RecognitionError) {
        guard !scores.isEmpty else { throw .badSetting("no scores of \(kind) clips; a threshold needs some") }
        guard scores.allSatisfy((0...1).contains) else {
            throw .badSetting("scores of \(kind) clips that are no probabilities from 0 to 1")
        }
    }
}
