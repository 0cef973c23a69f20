import ArgumentParser
import Recognition

/// How a stream is looked at, and when a decision counts.
struct StreamOptions: ParsableArguments {
    @Option(help: "Frames of a window (default: what the model takes, else 8).")
    var frames: Int?

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

    @Option(help: "Seconds that an action must last to be reported.")
    var minDuration = 0.0

    func validate() throws {
        do { _ = try settings(frames: frames ?? 8) } catch { throw ValidationError("\(error)") }
    }

    /// The settings, checked.
    ///
    /// - Parameter frames: the number of frames of a window.
    /// - Returns: the settings.
    /// - Throws: `RecognitionError.badSetting`.
    func settings(frames: Int) throws(RecognitionError) -> StreamSettings {
        var settings = StreamSettings(frames: frames, stride: stride, hop: hop)
        settings.smoothing = smoothing
        settings.unknown = unknown
        settings.minimumDuration = minDuration
        for text in threshold {
            let (label, value) = try Self.threshold(text)
            if let label { settings.thresholds[label] = value } else { settings.hysteresis.enter = value }
        }
        settings.hysteresis.leave = leave ?? settings.hysteresis.enter * 0.7
        try settings.validate()
        return settings
    }

    /// `0.4`, or `sitting down=0.4`.
    private static func threshold(_ text: String) throws(RecognitionError) -> (label: String?, value: Double) {
        if let value = Double(text) { return (nil, value) }
        guard let equals = text.lastIndex(of: "="), let value = Double(text[text.index(after: equals)...]) else {
            throw .badSetting("--threshold \(text): give a probability, or LABEL=PROBABILITY")
        }
        return (String(text[..<equals]), value)
    }
}
