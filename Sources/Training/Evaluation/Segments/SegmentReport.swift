public import Datasets

/// How well the actions of long videos were found, and how soon.
public struct SegmentReport: Sendable, Equatable, Codable {
    /// The number of videos, and of actions in them.
    public let videos: Int, actions: Int
    /// Mean average precision at a temporal IoU of 0.3, 0.5 and 0.7.
    public let meanPrecision30: Double, meanPrecision50: Double, meanPrecision70: Double
    /// Mean average precision over thresholds of 0.5 to 0.95.
    public let meanPrecision: Double
    /// The share of decisions that name what is being done at their time.
    public let agreement: Double
    /// The share of actions that were recognised, and stayed so, while they lasted.
    public let recognized: Double
    /// Seconds from the beginning of those to the first decision that stayed: the median and the 95th percentile.
    public let delayMedian: Double?, delay95: Double?
    /// Changes of the outcome in a minute, and how many the actions themselves would make.
    public let flicker: Double, trueChanges: Double

    /// Compares what was found with what is there.
    ///
    /// - Parameters:
    ///   - list: the videos and what they show.
    ///   - detections: what was found in them.
    ///   - traces: the decisions, one trace a video.
    ///   - stability: how long an action must stay recognised, in seconds.
    /// - Throws: `TrainingError.badEvaluation` for traces of another number of videos.
    public init(
        _ list: SegmentList, detections: [DetectedAction], traces: [DecisionTrace], stability: Double = 0.5
    ) throws(TrainingError) {
        guard traces.count == list.videos.count else {
            throw .badEvaluation("decisions of \(traces.count) videos for a list of \(list.videos.count)")
        }
        (videos, actions) = (list.videos.count, list.videos.reduce(0) { $0 + $1.actions.count })
        let precisions = SegmentPrecision.mean(
            detections, list.videos, thresholds: [0.3, 0.5, 0.7] + SegmentPrecision.activityNet)
        (meanPrecision30, meanPrecision50, meanPrecision70) = (precisions[0], precisions[1], precisions[2])
        meanPrecision = precisions[3...].reduce(0, +) / Double(SegmentPrecision.activityNet.count)
        let pairs = zip(list.videos, traces)
        let agreements = pairs.map { $1.agreement(with: $0.actions) }
        let compared = agreements.reduce(0) { $0 + $1.all }
        agreement = compared > 0 ? Double(agreements.reduce(0) { $0 + $1.right }) / Double(compared) : 0
        let delays = pairs.flatMap { video, trace in
            video.actions.compactMap { trace.delay(of: $0, stability: stability) }
        }.sorted()
        recognized = actions > 0 ? Double(delays.count) / Double(actions) : 0
        delayMedian = Self.percentile(delays, 0.5)
        delay95 = Self.percentile(delays, 0.95)
        let minutes = list.videos.reduce(0) { $0 + $1.duration } / 60
        flicker = Double(traces.reduce(0) { $0 + $1.changes }) / minutes
        trueChanges = Double(list.videos.reduce(0) { $0 + max($1.actions.count - 1, 0) }) / minutes
    }

    /// By nearest rank.
    private static func percentile(_ sorted: [Double], _ share: Double) -> Double? {
        guard !sorted.isEmpty else { return nil }
        return sorted[min(max(Int((share * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)]
    }
}
