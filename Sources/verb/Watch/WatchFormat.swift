import Foundation
import Recognition
import Video

/// How the facts of a watch are put into words.
enum WatchFormat {
    /// `1280x720 h264, 25.0 frames a second`.
    static func facts(_ information: VideoInformation) -> String {
        let size = "\(information.width)x\(information.height) \(information.codec)"
        guard information.averageRate > 0 else { return size }
        return size + String(format: ", %.1f frames a second", information.averageRate)
    }

    static func lost(_ reason: String, _ pause: Double) -> String {
        "\(reason); trying again in \(String(format: "%g", pause)) s"
    }

    /// An error with its source's name, unless it says it itself.
    static func named(_ error: RecognitionError, _ name: String) -> String {
        let words = "\(error)"
        return words.hasPrefix(name) ? words : "\(name): \(words)"
    }

    /// `watched 60.0 s: 240 decisions, real-time factor 0.21, 0.0 % of frames dropped, 3.0 changes a minute`.
    static func summary(_ figures: WatchFigures) -> String {
        var parts = [
            String(format: "watched %.1f s: ", figures.mediaTime)
                + "\(figures.decisions) decision\(figures.decisions == 1 ? "" : "s")"
        ]
        if let factor = figures.realTimeFactor { parts.append("real-time factor " + String(format: "%.3f", factor)) }
        parts.append(String(format: "%.1f %% of frames dropped", 100 * figures.droppedShare))
        if let changes = figures.changesPerMinute { parts.append(String(format: "%.1f changes a minute", changes)) }
        if let first = figures.timeToFirstDecision {
            parts.append(String(format: "first decision after %.2f s", first))
        }
        return parts.joined(separator: ", ")
    }

    /// The stages' times in milliseconds, in columns.
    static func table(_ figures: WatchFigures) -> [String] {
        ["stage          p50      p95      p99 ms"]
            + figures.stages.map { stage in
                stage.name.padding(toLength: 9, withPad: " ", startingAt: 0)
                    + [stage.p50, stage.p95, stage.p99].map { String(format: "%9.2f", 1000 * $0) }.joined()
            }
    }
}
