/// What repeated runs of one thing took, in seconds.
public struct LatencySummary: Sendable, Codable, Equatable {
    /// The number of runs.
    public let runs: Int
    /// The middle.
    public let median: Double
    /// What 95 of 100 runs stayed below or at.
    public let p95: Double
    /// What 99 of 100 runs stayed below or at.
    public let p99: Double
    /// The sum of all runs by their number.
    public let mean: Double

    /// Takes the seconds of single runs.
    ///
    /// - Parameter seconds: at least one, in any order.
    public init(_ seconds: [Double]) {
        guard !seconds.isEmpty else { fatalError("LatencySummary: nothing was measured") }
        let sorted = seconds.sorted(), middle = sorted.count / 2
        func rank(_ share: Int) -> Double { sorted[(sorted.count * share + 99) / 100 - 1] }
        runs = sorted.count
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        (p95, p99) = (rank(95), rank(99))
        mean = sorted.reduce(0, +) / Double(sorted.count)
    }
}
