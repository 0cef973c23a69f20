internal import CLIP
internal import Video

/// How many live streams one process can follow: one batched encoder, a window of features and a head for each stream.
///
/// Every stream takes a new frame and decides at each beat, all streams on the same beat, which is the hardest case for
/// latency. Decoding and resizing are not part of it.
public struct StreamCapacity: Sendable, Codable, Equatable {
    /// The work of one beat for a number of streams.
    public struct Load: Sendable, Codable, Equatable {
        /// The number of streams.
        public let streams: Int
        /// From the arrival of the frames of all streams to the last decision, in seconds.
        public let latency: LatencySummary
        /// The mean work of a beat by its length; live below 1.
        public let realTimeFactor: Double
    }

    /// Decisions a second of each stream.
    public let rate: Double
    /// The 95th percentile of latency that is allowed, in seconds.
    public let budget: Double
    /// What was measured, in that order.
    public let tried: [Load]
    /// The largest number of streams that stays live within the budget.
    public let streams: Int
    /// The number of threads that all of it used.
    public let threads: Int

    /// Streams for each thread.
    public var streamsPerThread: Double { Double(streams) / Double(threads) }
}

extension StreamCapacity.Load {
    /// Whether all streams stay live.
    func isLive(budget: Double) -> Bool { realTimeFactor < 1 && latency.p95 <= budget }
}

extension Session {
    /// Finds the largest number of streams that stay live.
    ///
    /// - Parameters:
    ///   - rate: decisions a second of each stream.
    ///   - budget: the 95th percentile of latency that is allowed, in seconds; nil means a beat.
    ///   - limit: the largest number of streams that is tried.
    ///   - threads: the number of LibTorch's threads, for the report.
    ///   - settings: how often a number of streams is measured.
    /// - Returns: the number, and everything that was measured.
    /// - Throws: `RecognitionError.cancelled`, `.badSetting`.
    public func streamCapacity(
        rate: Double = 8, budget: Double? = nil, limit: Int = 1024, threads: Int,
        _ settings: MeasuringSettings = MeasuringSettings()
    ) throws(RecognitionError) -> StreamCapacity {
        guard rate > 0, rate.isFinite, limit >= 1 else {
            throw .badSetting("\(rate) decisions a second of up to \(limit) streams; both must be positive")
        }
        let allowed = budget ?? 1 / rate
        var tried: [StreamCapacity.Load] = []
        let streams = try largestNumber(upTo: limit) { (streams: Int) throws(RecognitionError) -> Bool in
            let load = try load(streams: streams, rate: rate, settings)
            tried.append(load)
            return load.isLive(budget: allowed)
        }
        return StreamCapacity(rate: rate, budget: allowed, tried: tried, streams: streams, threads: threads)
    }

    /// Measures beats of a number of streams, whose windows are full.
    func load(
        streams: Int, rate: Double, _ settings: MeasuringSettings
    ) throws(RecognitionError) -> StreamCapacity.Load {
        let pictures = Self.pictures(min(streams, 8), side: preprocessing.imageSize)
        let arriving = (0..<streams).map { pictures[$0 % pictures.count] }
        let first = try scorer.encode(pictures), length = frames ?? 8
        var windows = (0..<streams).map { stream in
            var window = StreamWindow(capacity: length)
            for _ in 0..<length { window.append(first[stream % first.count]) }
            return window
        }
        let spans = try settings.measure { () throws(RecognitionError) in
            for (stream, row) in try scorer.encode(arriving).enumerated() { windows[stream].append(row) }
            for stream in windows.indices {
                let places = windows[stream].places
                let features = try scorer.features(of: places, known: &windows[stream].neighbours)
                _ = try scorer.rank(features, among: nil)
            }
        }
        let latency = LatencySummary(spans)
        return StreamCapacity.Load(streams: streams, latency: latency, realTimeFactor: latency.mean * rate)
    }
}
