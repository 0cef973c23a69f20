import Recognition
import Video

/// The numbers of a stream that was watched: what it cost and how steady it was.
struct WatchFigures: Encodable, Equatable {
    /// One stage's times in seconds for each decision.
    struct Stage: Encodable, Equatable {
        let name: String
        let p50: Double
        let p95: Double
        let p99: Double
    }

    let stages: [Stage]
    let decisions: Int
    /// Seconds of the stream from the first to the last decision, gaps left out.
    let mediaTime: Double
    /// Computing time as a share of the stream's time; nil before two decisions.
    let realTimeFactor: Double?
    /// Frames that went through the image tower.
    let encodedFrames: Int
    /// Pictures that were decoded.
    let decodedFrames: Int
    /// Frames that were converted for the recogniser, and those of them that were dropped because it was busy.
    let convertedFrames: Int
    let droppedFrames: Int
    /// Dropped frames as a share of the converted ones.
    let droppedShare: Double
    let lateFrames: Int
    /// Changes of the outcome in a minute; nil before two decisions.
    let changesPerMinute: Double?
    /// Seconds from the program's start to the first decision.
    let timeToFirstDecision: Double?
    let connections: Int

    init(_ stream: WatchedStream) {
        let (statistics, counts) = (stream.statistics, stream.counts)
        let stages = [
            ("decode", statistics.decode), ("transform", statistics.transform), ("encode", statistics.encode),
            ("head", statistics.head), ("latency", statistics.latency),
        ]
        self.stages = stages.map { name, times in
            Stage(
                name: name, p50: times.percentile(0.5) ?? 0, p95: times.percentile(0.95) ?? 0,
                p99: times.percentile(0.99) ?? 0)
        }
        (decisions, mediaTime) = (statistics.decisions, statistics.mediaTime)
        (realTimeFactor, changesPerMinute) = (statistics.realTimeFactor, statistics.flicker)
        (encodedFrames, lateFrames) = (statistics.encodedFrames, statistics.late)
        timeToFirstDecision = statistics.timeToFirstDecision
        (decodedFrames, convertedFrames, droppedFrames) = (counts.decoded, counts.converted, counts.dropped)
        droppedShare = counts.converted > 0 ? Double(counts.dropped) / Double(counts.converted) : 0
        connections = counts.connections
    }
}
