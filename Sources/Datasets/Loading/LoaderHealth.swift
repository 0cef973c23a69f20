internal import Synchronization

/// What a loader has met so far.
public struct LoaderHealth: Sendable, Equatable, Codable {
    /// The number of samples handed out.
    public private(set) var samples = 0
    /// The number of samples whose own video could not be used.
    public private(set) var skippedSamples = 0
    /// The videos that could not be used, each once, in the order of the first meeting.
    public private(set) var skipped: [SkippedVideo] = []
    /// The videos that were used although something is wrong with them, each once.
    public private(set) var flawed: [FlawedVideo] = []
    /// The seconds that the consumer waited for batches.
    public private(set) var waited = 0.0

    private var known: Set<Int> = []

    private enum CodingKeys: String, CodingKey { case samples, skippedSamples, skipped, flawed, waited }

    /// Makes an empty record.
    public init() {}

    mutating func note(_ outcomes: [SampleOutcome], waited seconds: Double) {
        waited += seconds
        for outcome in outcomes {
            if !outcome.clips.isEmpty { samples += 1 }
            if !outcome.skipped.isEmpty { skippedSamples += 1 }
            for video in outcome.skipped where known.insert(video.position).inserted { skipped.append(video) }
            if let video = outcome.flawed, known.insert(video.position).inserted { flawed.append(video) }
        }
    }
}

/// The health of a loader, shared by its copies.
final class HealthRecord: Sendable {
    private let value = Mutex(LoaderHealth())

    var health: LoaderHealth { value.withLock { $0 } }

    func note(_ outcomes: [SampleOutcome], waited: Double) { value.withLock { $0.note(outcomes, waited: waited) } }
}
