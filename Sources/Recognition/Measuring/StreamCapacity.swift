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
        /// How late the last beat began, in seconds, after a run by the clock; nil for beats one behind another.
        public var backlog: Double?
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
    public let streamsPerThread: Double

    init(rate: Double, budget: Double, tried: [Load], streams: Int, threads: Int) {
        (self.rate, self.budget, self.tried) = (rate, budget, tried)
        (self.streams, self.threads) = (streams, threads)
        streamsPerThread = Double(streams) / Double(threads)
    }
}

extension StreamCapacity.Load {
    /// Whether all streams stay live.
    func isLive(budget: Double) -> Bool {
        realTimeFactor < 1 && latency.p95 <= budget && backlog ?? 0 <= budget
    }
}

extension Session {
    /// Finds the largest number of streams that stay live.
    ///
    /// Beats one behind another give a first number; beats by the clock, from which it goes down until it holds, the last.
    ///
    /// - Parameters:
    ///   - rate: decisions a second of each stream.
    ///   - budget: the 95th percentile of latency that is allowed, in seconds; nil means a beat.
    ///   - limit: the largest number of streams that is tried.
    ///   - threads: the number of LibTorch's threads, for the report.
    ///   - confirming: the seconds of a run by the clock; 0 leaves it out.
    ///   - settings: how often a number of streams is measured.
    /// - Returns: the number, and everything that was measured.
    /// - Throws: `RecognitionError.cancelled`, `.badSetting`.
    public func streamCapacity(
        rate: Double = 8, budget: Double? = nil, limit: Int = 1024, threads: Int, confirming: Double = 60,
        _ settings: MeasuringSettings = MeasuringSettings()
    ) async throws(RecognitionError) -> StreamCapacity {
        guard rate > 0, rate.isFinite, limit >= 1, threads >= 1, confirming >= 0, confirming <= 86_400 else {
            throw .badSetting(
                "\(rate) decisions a second of up to \(limit) streams on \(threads) threads, confirmed for \(confirming) s"
            )
        }
        let allowed = budget ?? 1 / rate
        var tried: [StreamCapacity.Load] = []
        var streams = try largestNumber(upTo: limit) { (streams: Int) throws(RecognitionError) -> Bool in
            let load = try load(streams: streams, rate: rate, settings)
            tried.append(load)
            return load.isLive(budget: allowed)
        }
        while streams > 0, confirming > 0 {
            let load = try await pacedLoad(streams: streams, rate: rate, seconds: confirming)
            tried.append(load)
            if load.isLive(budget: allowed) { break }
            // As many as this run says it could have borne.
            let excess = max(load.realTimeFactor, load.latency.p95 / allowed, 1)
            streams = min(streams - 1, Int(Double(streams) * 0.95 / excess))
        }
        return StreamCapacity(rate: rate, budget: allowed, tried: tried, streams: streams, threads: threads)
    }

    /// Measures beats one behind another.
    func load(
        streams: Int, rate: Double, _ settings: MeasuringSettings
    ) throws(RecognitionError) -> StreamCapacity.Load {
        var beats = try StreamBeats(scorer, streams: streams)
        let latency = LatencySummary(try settings.measure { () throws(RecognitionError) in try beats.run() })
        return StreamCapacity.Load(streams: streams, latency: latency, realTimeFactor: latency.mean * rate)
    }

    /// Measures beats by the clock: latency counts from when their frames were due.
    func pacedLoad(streams: Int, rate: Double, seconds: Double) async throws(RecognitionError) -> StreamCapacity.Load {
        var beats = try StreamBeats(scorer, streams: streams)
        try beats.run()
        var latencies: [Double] = [], work = 0.0, lag = 0.0
        let start = ContinuousClock.now, count = max(Int((seconds * rate).rounded(.up)), 1)
        for beat in 0..<count {
            let due = start + .seconds(Double(beat) / rate)
            do { try await Task.sleep(until: due, clock: .continuous) } catch { throw .cancelled }
            let begin = ContinuousClock.now
            try beats.run()
            let end = ContinuousClock.now
            work += (end - begin) / .seconds(1)
            lag = (begin - due) / .seconds(1)
            latencies.append((end - due) / .seconds(1))
        }
        var load = StreamCapacity.Load(
            streams: streams, latency: LatencySummary(latencies), realTimeFactor: work / Double(count) * rate)
        load.backlog = lag
        return load
    }
}
