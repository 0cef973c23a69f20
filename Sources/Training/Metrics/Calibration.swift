/// How far a model's confidence can be believed.
///
///     ECE = Σₘ |Bₘ| / n · |acc(Bₘ) − conf(Bₘ)|
///
/// over bins Bₘ = ((m − 1) / M, m / M] of the highest probability. Source: Guo et al., On Calibration of Modern Neural
/// Networks (ICML 2017), equations 2, 3 and 5 (the reference has M = 15).
public struct Calibration: Sendable, Codable, Equatable {
    /// The videos whose confidence lies in a bin.
    public struct Bin: Sendable, Codable, Equatable {
        /// The lower edge, which is not part of the bin.
        public let lower: Double
        /// The upper edge.
        public let upper: Double
        /// The number of videos.
        public let videos: Int
        /// The share of them that were right; 0 for none.
        public let accuracy: Double
        /// The mean of their highest probability; 0 for none.
        public let confidence: Double
    }

    /// The expected calibration error, from 0 to 1.
    public let error: Double
    /// The reliability table, from low to high confidence.
    public let bins: [Bin]

    /// Sorts predictions by their confidence; nil without videos, or if a confidence is not a number from 0 to 1.
    ///
    /// - Parameters:
    ///   - confidences: for each video its highest probability.
    ///   - hits: for each video whether it was right.
    ///   - m: the number M of bins.
    public init?(confidences: [Double], hits: [Bool], bins m: Int = 15) {
        // Sums of float32 probabilities pass one by a few parts in 10⁷.
        guard !confidences.isEmpty, confidences.allSatisfy({ $0 >= 0 && $0 <= 1 + 1e-5 }) else { return nil }
        let members = Dictionary(grouping: confidences.indices) { row in
            min(max((1...m).first { confidences[row] <= Double($0) / Double(m) } ?? m, 1), m) - 1
        }
        bins = (0..<m).map { number in
            let rows = members[number] ?? [], count = Double(max(rows.count, 1))
            return Bin(
                lower: Double(number) / Double(m), upper: Double(number + 1) / Double(m), videos: rows.count,
                accuracy: Double(rows.count { hits[$0] }) / count,
                confidence: rows.reduce(0) { $0 + confidences[$1] } / count)
        }
        error = bins.reduce(0) {
            $0 + Double($1.videos) / Double(confidences.count) * abs($1.accuracy - $1.confidence)
        }
    }
}
