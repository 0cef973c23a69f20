/// What one run of a row gave.
public struct AblationResult: Sendable, Codable, Equatable {
    /// Accuracies on one list.
    public struct Accuracy: Sendable, Codable, Equatable {
        /// The share of clips whose class scores highest.
        public let top1: Double
        /// The same of the clips whose class is nobody's reversal, which a still can tell; nil without such clips.
        public let stillTellable: Double?
        /// The same of the clips whose class has a partner in time order; nil without such clips.
        public let paired: Double?
        /// The same with the two members of a time-order pair counted as one: what can be told without the order.
        public let orderBlind: Double
        /// The choice between the two members of a pair; one half is chance.
        public let withinPairs: Double
        /// The mean over classes of their shares; nil in results from before it was measured.
        public var meanClass: Double?
        /// The share of clips whose class is among the five that score highest; nil in results from before it was noted.
        public var top5: Double?
    }

    /// The row.
    public let id: String
    /// Where the run's random choices began.
    public let seed: UInt64
    /// The clips that it was trained and measured on.
    public let world: Reproduction.World
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
    /// Top-1 under each way of making one answer of two heads; nil for one head.
    public var fusions: [String: Double]?
}

extension AblationResult.Accuracy {
    /// Takes the figures of a report.
    ///
    /// - Parameters:
    ///   - report: the report.
    ///   - partners: for each of its classes the position of its partner in time order, or nil.
    init(_ report: ClassificationReport, partners: [Int?]) {
        func share(_ isCounted: (Int?) -> Bool) -> Double? {
            let rows = zip(report.perClass, partners).filter { isCounted($1) }.map { $0.0 }
            let videos = rows.reduce(0) { $0 + $1.videos + $1.unreadable }
            return videos == 0 ? nil : Double(rows.reduce(0) { $0 + $1.correct }) / Double(videos)
        }
        self.init(
            top1: report.top1OverAll, stillTellable: share { $0 == nil }, paired: share { $0 != nil },
            orderBlind: report.orderBlindTop1 ?? report.top1OverAll, withinPairs: report.withinPairs ?? 0,
            meanClass: report.meanClassAccuracy, top5: report.top5OverAll)
    }
}
