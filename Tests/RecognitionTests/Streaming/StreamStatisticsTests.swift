import Testing

@testable import Recognition

@Suite("What a stream cost")
struct StreamStatisticsTests {
    @Test("percentiles are those of the sorted durations, to within one percent")
    func percentiles() throws {
        var histogram = DurationHistogram()
        #expect(histogram.percentile(0.5) == nil && histogram.mean == nil)
        let durations = (1...1000).map { Double(($0 * 7919) % 1000 + 1) / 1000 }
        for duration in durations { histogram.add(duration) }
        for (share, exact) in [(0.5, 0.5), (0.95, 0.95), (0.99, 0.99), (0.001, 0.001), (1, 1)] {
            let found = try #require(histogram.percentile(share))
            #expect(abs(found / exact - 1) < 0.01, "\(share): \(found)")
        }
        let mean = try #require(histogram.mean)
        #expect(abs(mean - 0.5005) < 1e-9)
        #expect(histogram.maximum == 1 && histogram.count == 1000)
    }

    @Test("durations that cannot be count as none")
    func odd() throws {
        var histogram = DurationHistogram()
        for duration in [0, -1, .nan, 1e9] { histogram.add(duration) }
        #expect(histogram.count == 4)
        #expect(try #require(histogram.percentile(0.5)) <= 1.02e-6)
        #expect(try #require(histogram.percentile(1)) > 900)
    }

    private func decision(_ end: Double, _ outcome: String?, cost: Double = 0.1) -> StreamEvent {
        var timings = Timings()
        (timings.decode, timings.transform, timings.encode, timings.head) = (5, cost, cost * 2, cost)
        return .decision(
            StreamDecision(
                window: 0..<end, predictions: [], smoothed: [], outcome: outcome, latency: 0.25, timings: timings,
                newFrames: 2, repeated: 0, dropped: 3, late: 1))
    }

    @Test("real-time factor, flicker and shares, by hand")
    func figures() throws {
        let start = ContinuousClock.now
        var statistics = StreamStatistics(began: start)
        #expect(statistics.realTimeFactor == nil && statistics.flicker == nil)
        for (number, outcome) in ["a", "a", "b", nil, "b"].enumerated() {
            statistics.add(decision(Double(number), outcome), now: start + .seconds(number + 2))
        }
        // Four seconds of stream, each 0.4 s of computing; three changes.
        let factor = try #require(statistics.realTimeFactor)
        #expect(abs(factor - 0.4) < 1e-12)
        #expect(statistics.flicker == 45)
        #expect(statistics.timeToFirstDecision == 2)
        #expect(statistics.decisions == 5 && statistics.encodedFrames == 10)
        #expect(statistics.dropped == 15 && statistics.late == 5)
        #expect(statistics.droppedShare(delivered: 45) == 0.25)
        #expect(StreamStatistics().droppedShare(delivered: 0) == 0)
        #expect(statistics.latency.count == 5)
    }

    @Test("what lies between two runs is no time of the stream, and no change")
    func gaps() {
        var statistics = StreamStatistics()
        statistics.add(decision(1, "a"))
        statistics.add(.gap(1..<50))
        statistics.add(decision(50, "b"))
        #expect(statistics.mediaTime == 0 && statistics.changes == 0)
        statistics.add(decision(51, "b"))
        #expect(statistics.mediaTime == 1)
    }
}

@Suite("The threshold of the unknown")
struct UnknownThresholdTests {
    @Test("it parts known from unknown best, by hand")
    func parted() throws {
        let clean = try UnknownThreshold.fit(known: [0.9, 0.8, 0.7], unknown: [0.2, 0.5])
        #expect(clean == UnknownThreshold(value: 0.6, knownKept: 1, unknownRejected: 1))
        // 0.25 keeps all and rejects one of two; 0.55 keeps two of three and rejects both: 1.5 < 1.667.
        let mixed = try UnknownThreshold.fit(known: [0.9, 0.6, 0.3], unknown: [0.2, 0.5])
        #expect(abs(mixed.value - 0.55) < 1e-12 && mixed.unknownRejected == 1)
        #expect(abs(mixed.knownKept - 2.0 / 3) < 1e-12)
        let same = try UnknownThreshold.fit(known: [0.5], unknown: [0.5])
        #expect(same == UnknownThreshold(value: 0, knownKept: 1, unknownRejected: 0), "ties keep most")
        let sure = try UnknownThreshold.fit(known: [1], unknown: [1, 1])
        #expect(sure.value == 0)
    }

    @Test("from known clips alone it keeps the share that is asked for")
    func quantile() throws {
        let scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
        #expect(try UnknownThreshold.fit(known: scores, keeping: 0.9).value == 0.2)
        #expect(try UnknownThreshold.fit(known: scores, keeping: 1).value == 0.1)
        #expect(try UnknownThreshold.fit(known: scores, keeping: 0.05).value == 1)
        #expect(try UnknownThreshold.fit(known: scores, keeping: 0.9).knownKept == 0.9)
    }

    @Test("what gives no threshold is refused")
    func refused() async {
        #expect(await message { _ = try UnknownThreshold.fit(known: [], unknown: [0.5]) }.contains("known clips"))
        #expect(await message { _ = try UnknownThreshold.fit(known: [0.5], unknown: []) }.contains("unknown clips"))
        #expect(await message { _ = try UnknownThreshold.fit(known: [1.5], unknown: [0]) }.contains("probabilities"))
        #expect(await message { _ = try UnknownThreshold.fit(known: [.nan], keeping: 0.5) }.contains("probabilities"))
        #expect(await message { _ = try UnknownThreshold.fit(known: [0.5], keeping: 0) }.contains("share"))
    }
}
