/// What one run of a row gave.
public struct AblationResult: Sendable, Codable, Equatable {
    /// Accuracies on one list.
    public struct Accuracy: Sendable, Codable, Equatable {
        /// The share of clips whose class scores highest.
        public let top1: Double
        /// The same with the two members of a time-order pair counted as one: what can be told without the order.
        public let orderBlind: Double
        /// The choice between the two members of a pair; one half is chance.
        public let withinPairs: Double

    }

    /// The row.
    public let id: String
    /// Where the run's random choices began.
    public let seed: UInt64
    /// On unseen clips of the trained classes.
    public let supervised: Accuracy
    /// On the classes that were never trained; nil for models that know their classes only.
    public let zeroShot: Accuracy?
    /// The number of trained parameters.
    public let trainedParameters: Int
    /// The number of steps.
    public let steps: Int
    /// Seconds of training.
    public let seconds: Double
    /// The largest resident memory while training, in bytes; nil where the system does not tell.
    public let peakMemory: Int?
}

extension AblationResult.Accuracy {
    init(_ report: ClassificationReport) {
        self.init(
            top1: report.top1OverAll, orderBlind: report.orderBlindTop1 ?? report.top1OverAll,
            withinPairs: report.withinPairs ?? 0)
    }
}
