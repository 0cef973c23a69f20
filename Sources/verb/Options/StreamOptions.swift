public import ArgumentParser
import Foundation
public import Recognition

extension StreamSettings.Cache: ExpressibleByArgument {}

/// How a stream is looked at, and when a decision counts.
struct StreamOptions: ParsableArguments {
    @Option(help: "Seconds between two frames of a window.")
    var stride = 0.25

    @Option(help: "Seconds from one decision to the next, a multiple of the stride (default: the stride).")
    var hop: Double?

    @Option(help: "Time constant in seconds of the average over decisions; 0 switches it off.")
    var smoothing = 0.5

    @Option(
        help: ArgumentHelp(
            "The probability from which an action begins (default: 0.5), or LABEL=PROBABILITY for one label; may come "
                + "several times.", valueName: "probability"))
    var threshold: [String] = []

    @Option(help: "The probability below which an action ends (default: 0.7 of the threshold).")
    var leave: Double?

    @Option(help: "The probability below which the best label counts as unknown (default: never).")
    var unknown: Double?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Fit that probability on videos, or folders of videos, that show one of the labels.", valueName: "path"))
    var fitUnknown: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Videos, or folders of videos, of something else, for --fit-unknown (default: 95 % of the known stay so).",
            valueName: "path"))
    var unknownClips: [String] = []

    @Option(help: "Seconds that an action must last to be reported.")
    var minDuration = 0.0

    @Option(
        help: "What is kept of frames that see each other in the tower: causal computes each once, and not exactly.")
    var cache = StreamSettings.Cache.none

    func validate() throws {
        do { _ = try settings(frames: 8) } catch { throw ValidationError("\(error)") }
        guard unknown == nil || fitUnknown.isEmpty else {
            throw ValidationError("Give --unknown, or have it fitted with --fit-unknown.")
        }
        guard unknownClips.isEmpty || !fitUnknown.isEmpty else {
            throw ValidationError("--unknown-clips are for --fit-unknown, which is missing.")
        }
    }

    /// The settings, checked.
    ///
    /// - Parameter frames: the number of frames of a window.
    /// - Returns: the settings; ``fitUnknown`` is not among them.
    /// - Throws: `RecognitionError.badSetting`.
    func settings(frames: Int) throws(RecognitionError) -> StreamSettings {
        var settings = StreamSettings(frames: frames, stride: stride, hop: hop)
        settings.smoothing = smoothing
        settings.unknown = unknown
        settings.minimumDuration = minDuration
        settings.cache = cache
        for text in threshold {
            let (label, value) = try Self.threshold(text)
            if let label { settings.thresholds[label] = value } else { settings.hysteresis.enter = value }
        }
        settings.hysteresis.leave = leave ?? settings.hysteresis.enter * 0.7
        try settings.validate()
        return settings
    }

    /// The settings for a session: thresholds are of its labels, and the unknown is fitted where that is asked for.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - frames: the number of frames of a window; nil means the model's, else 8.
    /// - Returns: the settings.
    /// - Throws: `RecognitionError`.
    func settings(for session: Session, frames: Int?) async throws(RecognitionError) -> StreamSettings {
        var settings = try settings(frames: frames ?? session.frames ?? 8)
        for label in settings.thresholds.keys.sorted() where !session.labels.contains(label) {
            throw .badSetting(
                "--threshold \(label)=…: no label is called so; they are \(session.labels.joined(separator: ", "))")
        }
        guard !fitUnknown.isEmpty else { return settings }
        let fit = try await StreamRecognizer(session: session, settings: settings)
            .unknownThreshold(known: try videos(fitUnknown), unknown: try videos(unknownClips))
        settings.unknown = fit.value
        Notices.write(
            String(
                format: "unknown below %.4f: %.1f %% of the decisions on known videos stay known", fit.value,
                100 * fit.knownKept)
                + (fit.unknownRejected.map { String(format: ", %.1f %% of the others are rejected", 100 * $0) } ?? ""))
        return settings
    }

    /// Files as they are, and the files of folders by name.
    private func videos(_ paths: [String]) throws(RecognitionError) -> [String] {
        var found: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                found.append(path)
                continue
            }
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter {
                !$0.hasPrefix(".")
            }
            guard !names.isEmpty else { throw .badSetting("\(path): a folder without videos") }
            found += names.sorted().map { (path as NSString).appendingPathComponent($0) }
        }
        return found
    }

    /// `0.4`, or `sitting down=0.4`.
    private static func threshold(_ text: String) throws(RecognitionError) -> (label: String?, value: Double) {
        if let value = Double(text) { return (nil, value) }
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex,
            let value = Double(text[text.index(after: equals)...])
        else {
            throw .badSetting("--threshold \(text): give a probability, or LABEL=PROBABILITY")
        }
        return (String(text[..<equals]), value)
    }
}
