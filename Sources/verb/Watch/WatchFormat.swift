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
        if let first = firstDecision(figures) { parts.append(first) }
        return parts.joined(separator: ", ")
    }

    /// `first decision after 1.52 s, 0.40 s after the connection`.
    static func firstDecision(_ figures: WatchFigures) -> String? {
        guard let first = figures.timeToFirstDecision else { return nil }
        let words = String(format: "first decision after %.2f s", first)
        guard let warm = figures.connectionToFirstDecision else { return words }
        return words + String(format: ", %.2f s after the connection", warm)
    }

    /// `frames a second: 25.0 in, 4.0 encoded, 0.0 dropped (oldest:8)`.
    static func rates(_ figures: WatchFigures) -> String? {
        guard let decoded = figures.decodedRate, let encoded = figures.encodedRate, let dropped = figures.droppedRate
        else { return nil }
        return String(format: "frames a second: %.1f in, %.1f encoded, %.1f dropped ", decoded, encoded, dropped)
            + "(\(figures.dropPolicy))"
    }

    /// `named.mp4: 240 frames written, 3 left out since writing was too slow`.
    static func annotation(_ annotation: Annotation) -> String? {
        guard annotation.error == nil else { return nil }
        let words = "\(annotation.path): \(annotation.frames) frame\(annotation.frames == 1 ? "" : "s") written"
        return annotation.dropped > 0
            ? words + ", \(annotation.dropped) left out since writing was too slow" : words
    }

    /// `peak memory 812 MB`.
    static func memory(_ figures: WatchFigures) -> String? {
        figures.peakMemory.map { "peak memory \(($0 + 500_000) / 1_000_000) MB" }
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
