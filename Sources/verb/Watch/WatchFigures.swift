import Recognition
import Video

/// The numbers of streams that were watched, one or several: what they cost and how steady they were.
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
    /// Seconds of the streams from their first to their last decisions, gaps left out.
    let mediaTime: Double
    /// Seconds by the clock from the first connection to the last event.
    let wallTime: Double
    /// Computing time as a share of the stream's time, added up over streams; nil before two decisions.
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
    /// How frames were dropped, as `--drop` names it.
    let dropPolicy: String
    let lateFrames: Int
    /// Frames in a second of the clock.
    let decodedRate: Double?
    let encodedRate: Double?
    let droppedRate: Double?
    /// Changes of the outcome in a minute; nil before two decisions.
    let changesPerMinute: Double?
    /// Seconds from the program's start, and from the connection, to the first decision, of several streams the longest.
    let timeToFirstDecision: Double?
    let connectionToFirstDecision: Double?
    let connections: Int
    /// The largest memory of the process in bytes, where it was asked for.
    let peakMemory: Int?

    /// - Parameters:
    ///   - streams: one stream, or several for their total.
    ///   - peakMemory: the largest memory of the process in bytes.
    init(_ streams: [WatchedStream], peakMemory: Int? = nil) {
        let (statistics, counts) = (streams.map(\.statistics), streams.map(\.counts))
        func counted(_ number: KeyPath<LiveCounts, Int>) -> Int { counts.map { $0[keyPath: number] }.reduce(0, +) }
        func sum(_ number: KeyPath<StreamStatistics, Int>) -> Int {
            statistics.map { $0[keyPath: number] }.reduce(0, +)
        }
        stages = Self.stages(statistics)
        (decisions, encodedFrames, lateFrames) = (sum(\.decisions), sum(\.encodedFrames), sum(\.late))
        (decodedFrames, convertedFrames, droppedFrames) = (counted(\.decoded), counted(\.converted), counted(\.dropped))
        droppedShare = convertedFrames > 0 ? Double(droppedFrames) / Double(convertedFrames) : 0
        dropPolicy = streams.first?.drop.words ?? ""
        connections = counted(\.connections)

        let media = statistics.map(\.mediaTime).reduce(0, +)
        mediaTime = media
        let factors = statistics.compactMap(\.realTimeFactor)
        realTimeFactor = factors.isEmpty ? nil : factors.reduce(0, +)
        changesPerMinute = media > 0 ? Double(sum(\.changes)) * 60 / media : nil

        let wall = Self.wallTime(streams)
        wallTime = wall
        func rate(_ number: Int) -> Double? { wall > 0 ? Double(number) / wall : nil }
        (decodedRate, encodedRate, droppedRate) = (rate(decodedFrames), rate(encodedFrames), rate(droppedFrames))
        timeToFirstDecision = statistics.compactMap(\.timeToFirstDecision).max()
        connectionToFirstDecision = streams.compactMap(\.connectionToFirstDecision).max()
        self.peakMemory = peakMemory
    }

    private static func wallTime(_ streams: [WatchedStream]) -> Double {
        guard let opened = streams.compactMap(\.counts.opened).min(), let seen = streams.map(\.seen).max() else {
            return 0
        }
        return max((seen - opened) / .seconds(1), 0)
    }

    private static func stages(_ statistics: [StreamStatistics]) -> [Stage] {
        let parts: [(String, KeyPath<StreamStatistics, DurationHistogram>)] = [
            ("decode", \.decode), ("transform", \.transform), ("encode", \.encode), ("head", \.head),
            ("latency", \.latency),
        ]
        return parts.map { name, part in
            var times = DurationHistogram()
            for one in statistics { times.add(one[keyPath: part]) }
            return Stage(
                name: name, p50: times.percentile(0.5) ?? 0, p95: times.percentile(0.95) ?? 0,
                p99: times.percentile(0.99) ?? 0)
        }
    }
}
