public import ArgumentParser
public import Video

extension LiveSettings.Pace: ExpressibleByArgument {}

extension DropPolicy: ExpressibleByArgument {
    /// Reads `oldest`, `oldest:16`, `latest` or `none`.
    ///
    /// - Parameter argument: the words of the user.
    public init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1)
        let capacity = parts.count > 1 ? Int(parts[1]) : 8
        switch (parts.first, capacity) {
        case ("oldest", let capacity?) where (1...4096).contains(capacity): self = .dropOldest(capacity: capacity)
        case ("latest", _) where parts.count == 1: self = .latest
        case ("none", _) where parts.count == 1: self = .block(capacity: 4)
        default: return nil
        }
    }
}

extension DropPolicy {
    /// What a user calls it.
    var words: String {
        switch self {
        case .block: "none"
        case .dropOldest(let capacity): "oldest:\(capacity)"
        case .latest: "latest"
        }
    }
}

/// How live sources are read.
struct SourceOptions: ParsableArguments {
    @Option(help: "Play files by the clock, or as fast as they are computed.")
    var pace = LiveSettings.Pace.real

    @Flag(help: "Begin files again at their ends.")
    var loop = false

    @Option(
        help: ArgumentHelp(
            "Frames that come too fast: oldest[:N] drops the oldest of N waiting ones, latest keeps one, none makes the "
                + "source wait (default: oldest:8, none with --pace fast).", valueName: "policy"))
    var drop: DropPolicy?

    @Option(help: "Seconds of the stream after which watching ends (default: at its end).")
    var duration: Double?

    @Option(help: "Seconds to wait for a connection and for each picture; pipes may take any time.")
    var timeout = 10.0

    @Option(help: "Attempts in a row to reach a camera or network stream again; 0 gives up at once.")
    var reconnect = 8

    func validate() throws {
        guard duration ?? 1 > 0 else { throw ValidationError("--duration must be more than 0.") }
        do { try settings.validate() } catch { throw ValidationError(error.detail) }
    }

    /// The settings; which pictures are wanted is added later.
    var settings: LiveSettings {
        var settings = LiveSettings()
        (settings.pace, settings.loops, settings.drop) = (pace, loop, drop)
        settings.timeout = timeout
        settings.reconnection.attempts = reconnect
        return settings
    }
}
