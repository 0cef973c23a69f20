import CLIP
import Foundation
import Recognition

/// What `verb bench` has measured.
struct BenchReport: Encodable {
    let model: String
    let mode: String
    let threads: Int
    let encoder: String
    var parity: EngineReport?
    var encoding: [EncoderSpeed]?
    var clip: ClipSpeed?
    var streams: StreamCapacity?

    /// One line.
    func jsonLine() throws -> String { try JSONText.line(self) }

    /// A head and a table.
    var text: String {
        var lines = ["\(model), \(threads) threads; \(encoder)"]
        if let encoding { lines += Self.table(encoding) }
        if let clip { lines += Self.table(clip) }
        if let streams { lines += Self.table(streams) }
        return lines.joined(separator: "\n")
    }

    private static func table(_ speeds: [EncoderSpeed]) -> [String] {
        ["batch   median      p95      p99 ms  pictures/s  own graph ms    faster"]
            + speeds.map { speed in
                String(format: "%5d", speed.batch) + columns(speed.latency)
                    + String(format: "  %12.1f", speed.picturesPerSecond)
                    + (speed.reference.map { String(format: "  %12.2f", $0.median * 1000) } ?? "")
                    + (speed.speedUp.map { String(format: "  %7.2fx", $0) } ?? "")
            }
    }

    private static func table(_ clip: ClipSpeed) -> [String] {
        let stages = [
            ("decode", clip.decode), ("transform", clip.transform), ("encode", clip.encode), ("head", clip.head),
            ("total", clip.total),
        ]
        return ["stage       median      p95      p99 ms"]
            + stages.map { $0.0.padding(toLength: 9, withPad: " ", startingAt: 0) + columns($0.1) }
    }

    private static func table(_ capacity: StreamCapacity) -> [String] {
        ["streams   median      p95      p99 ms  real-time factor"]
            + capacity.tried.sorted { $0.streams < $1.streams }.map {
                String(format: "%7d", $0.streams) + columns($0.latency) + String(format: "  %16.3f", $0.realTimeFactor)
                    + ($0.backlog == nil ? "" : "  by the clock")
            }
            + [
                String(
                    format: "%d streams at %g decisions a second, p95 within %g ms: %.1f for each thread",
                    capacity.streams, capacity.rate, capacity.budget * 1000, capacity.streamsPerThread)
            ]
    }

    private static func columns(_ summary: LatencySummary) -> String {
        [summary.median, summary.p95, summary.p99].map { String(format: " %8.2f", $0 * 1000) }.joined()
    }
}
