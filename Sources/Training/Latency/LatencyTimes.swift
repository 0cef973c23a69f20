/// How often something is measured; a clip at a time, models in turn, so that what else the machine does falls on all.
///
/// Source: the page of the threefold distillation, section 6.
public struct LatencyProtocol: Sendable, Codable, Equatable {
    /// The runs before the first that counts.
    public var warmup = 10
    /// The runs that count.
    public var runs = 100

    /// Makes the page's numbers.
    public init() {}
}

/// What repeated runs took.
public struct LatencyTimes: Sendable, Codable, Equatable {
    /// The middle, in seconds.
    public let median: Double
    /// What 95 of 100 runs stayed below or at, in seconds.
    public let p95: Double

    /// Takes the seconds of single runs.
    ///
    /// - Parameter seconds: at least one.
    public init(_ seconds: [Double]) {
        guard !seconds.isEmpty else { fatalError("LatencyTimes: nothing was measured") }
        let sorted = seconds.sorted(), middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        p95 = sorted[(sorted.count * 95 + 99) / 100 - 1]
    }
}

/// How long a model takes from a video to an answer.
public struct ModelLatency: Sendable, Codable, Equatable {
    /// Which model.
    public let id: String
    /// From normalised frames to probabilities.
    public let model: LatencyTimes
    /// From decoded frames to probabilities.
    public let prepared: LatencyTimes
    /// From the file to probabilities.
    public let decoded: LatencyTimes
}

/// The latencies of models that were measured together, and how.
public struct MeasuredLatencies: Sendable, Codable, Equatable {
    /// How often each was measured.
    public let settings: LatencyProtocol
    /// The number of LibTorch's threads.
    public let threads: Int
    /// The machine in words.
    public let machine: String
    /// A row a model.
    public let rows: [ModelLatency]

    /// The row of a model.
    func row(_ id: String) -> ModelLatency? { rows.first { $0.id == id } }
}
