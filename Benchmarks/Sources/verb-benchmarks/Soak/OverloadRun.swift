import Foundation
import Recognition
import Video

/// The second phase: a file at the pace of the clock, and streams that together want more than the computer can do.
struct OverloadRun {
    let recognizers: [StreamRecognizer]
    /// Seconds on the clock.
    let seconds: Double
    /// Frames that may wait.
    let queue: Int

    /// What one stream told.
    struct Stream: Sendable {
        var delivered = 0, decisions = 0, gaps = 0, toldDrops = 0
        var windowsOffTheGrid = 0, timesNotRising = 0
        /// Of each decision: when on the clock, and seconds from the arrival of the window's last frame.
        var latencies: [(time: Double, seconds: Double)] = []
        var counts = LiveCounts()
    }

    struct Result: Encodable, CustomStringConvertible {
        let streams: Int
        let seconds: Double
        let converted, dropped, delivered, waitingAtEnd, queueBound, decisions, gaps: Int
        let latency, latencyEarly, latencyLate: Percentiles
        /// Resident memory in MiB at each tenth of the time.
        let residentMiB: [Double]
        let failures: [String]

        var description: String {
            """
            overload: \(streams) streams for \(String(format: "%.0f", seconds)) s, \(converted) frames converted, \
            \(dropped) dropped, \(delivered) delivered, \(waitingAtEnd) waiting at the end, \(decisions) decisions
              latency p50 / p95 / p99   \(latency)
                in the first third      \(latencyEarly)
                in the last third       \(latencyLate)
              resident MiB by tenths    \(residentMiB.map { String(format: "%.0f", $0) }.joined(separator: " "))
            """
        }
    }

    func run(_ path: String) async throws -> Result {
        let start = ContinuousClock.now, memory = MemoryTrace(seconds: seconds)
        let streams = try await withThrowingTaskGroup(of: Stream?.self) { group in
            for recognizer in recognizers { group.addTask { try await watch(path, recognizer, start) } }
            group.addTask {
                await memory.run()
                return nil
            }
            return try await group.reduce(into: [Stream]()) { if let stream = $1 { $0.append(stream) } }
        }
        return await result(streams, (ContinuousClock.now - start) / .seconds(1), memory.residentMiB)
    }

    private func watch(
        _ path: String, _ recognizer: StreamRecognizer, _ start: ContinuousClock.Instant
    ) async throws -> Stream {
        var settings = LiveSettings()
        (settings.loops, settings.drop, settings.grid) = (true, .dropOldest(capacity: queue), recognizer.settings.grid)
        let live = try LiveFrames(.file(path), settings)
        let frames = CountedFrames(live: live)
        var stream = Stream(), last = -1.0
        for try await event in recognizer.events(of: frames) {
            let time = (ContinuousClock.now - start) / .seconds(1)
            switch event {
            case .decision(let decision):
                stream.decisions += 1
                stream.toldDrops += decision.dropped
                stream.latencies.append((time, decision.latency))
                let end = decision.window.upperBound, strides = end / recognizer.settings.stride
                if abs(strides - strides.rounded()) > 1e-3 { stream.windowsOffTheGrid += 1 }
                if end <= last { stream.timesNotRising += 1 }
                last = end
            case .gap, .jump: stream.gaps += 1
            case .began, .changed, .ended, .labels: break
            }
            if time >= seconds { break }
        }
        stream.counts = live.counts
        stream.delivered = frames.delivered
        return stream
    }

    private func result(_ streams: [Stream], _ seconds: Double, _ memory: [Double]) -> Result {
        func sum(_ number: (Stream) -> Int) -> Int { streams.map(number).reduce(0, +) }
        let (converted, dropped) = (sum(\.counts.converted), sum(\.counts.dropped))
        let delivered = sum(\.delivered), waiting = converted - dropped - delivered
        var failures: [String] = []
        func check(_ holds: Bool, _ words: String) { if !holds { failures.append(words) } }
        check(dropped > 0, "nothing was dropped: the streams were no overload")
        check(streams.allSatisfy { $0.decisions > 0 }, "a stream was never decided")
        check(sum(\.timesNotRising) == 0, "decisions whose times do not rise")
        check(sum(\.windowsOffTheGrid) == 0, "windows off the grid")
        check(sum(\.gaps) == 0, "drops taken for gaps")
        // A frame more may be on its way from the source's thread.
        check((0...streams.count * (queue + 1)).contains(waiting), "\(waiting) frames neither dropped nor delivered")
        check((1...max(dropped, 1)).contains(sum(\.toldDrops)), "\(sum(\.toldDrops)) drops told, of \(dropped)")
        let latencies = streams.flatMap(\.latencies)
        let early = Self.histogram(latencies.filter { $0.time < self.seconds / 3 })
        let late = Self.histogram(latencies.filter { $0.time > self.seconds * 2 / 3 })
        // A median of few decisions trembles; a queue without a bound grows by seconds.
        check(late.percentile(0.5) ?? 0 <= 2 * (early.percentile(0.5) ?? 0) + 0.5, "the latency grows: a queue does")
        check(MemoryTrace.isFlat(memory), "memory grows")
        return Result(
            streams: streams.count, seconds: seconds, converted: converted, dropped: dropped, delivered: delivered,
            waitingAtEnd: waiting, queueBound: queue, decisions: sum(\.decisions), gaps: sum(\.gaps),
            latency: Percentiles(Self.histogram(latencies)), latencyEarly: Percentiles(early),
            latencyLate: Percentiles(late), residentMiB: memory, failures: failures)
    }

    private static func histogram(_ latencies: [(time: Double, seconds: Double)]) -> DurationHistogram {
        latencies.reduce(into: DurationHistogram()) { $0.add($1.seconds) }
    }
}
