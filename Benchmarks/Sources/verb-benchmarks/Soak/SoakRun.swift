import Foundation
import Recognition
import Video

/// The first phase: a file again and again, as fast as possible.
struct SoakRun {
    let recognizer: StreamRecognizer
    /// Seconds of media.
    let media: Double

    struct Result: Encodable, CustomStringConvertible {
        let mediaSeconds, seconds: Double
        let decisions, encodedFrames: Int
        let latency, encode, head: Percentiles
        let realTimeFactor: Double
        /// Resident memory in MiB at each tenth of the media.
        let residentMiB: [Double]
        let failures: [String]

        var description: String {
            let memory = residentMiB.map { String(format: "%.0f", $0) }.joined(separator: " ")
            return """
                \(Int(mediaSeconds)) s of media in \(String(format: "%.1f", seconds)) s, \(decisions) decisions, \
                \(encodedFrames) pictures encoded, real-time factor \(String(format: "%.4f", realTimeFactor))
                  latency p50 / p95 / p99   \(latency)
                  encode                    \(encode)
                  head                      \(head)
                  resident MiB by tenths    \(memory)
                """
        }
    }

    func run(_ path: String) async throws -> Result {
        let start = ContinuousClock.now
        var (statistics, memory, tenth, last, failures) = (
            StreamStatistics(began: start), [Double](), 1, -1.0, [String]()
        )
        for try await event in try recognizer.events(ofFile: path, loops: true) {
            statistics.add(event)
            guard case .decision(let decision) = event else { continue }
            let end = decision.window.upperBound
            if end <= last { failures.append("a decision at \(end) s behind one at \(last) s") }
            last = end
            while tenth <= 10, end >= media * Double(tenth) / 10 {
                memory.append(Memory.residentMiB ?? .nan)
                tenth += 1
            }
            if end >= media { break }
        }
        if !MemoryTrace.isFlat(memory) { failures.append("memory grows") }
        return Result(
            mediaSeconds: statistics.mediaTime, seconds: (ContinuousClock.now - start) / .seconds(1),
            decisions: statistics.decisions, encodedFrames: statistics.encodedFrames,
            latency: Percentiles(statistics.latency), encode: Percentiles(statistics.encode),
            head: Percentiles(statistics.head), realTimeFactor: statistics.realTimeFactor ?? .nan,
            residentMiB: memory, failures: failures)
    }
}
