import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Recognition
import Torch
import Video

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a model is on this machine.",
        discussion: """
            encoder  pictures through the image tower: latency and pictures a second, beside the model's own graph
            clip     a video from the file to its action, stage by stage
            stream   the largest number of live streams, each with --rate decisions a second, that one process can follow:
                     real-time factor below 1, 95 % of latencies within the budget, and no backlog in a run by the clock

            Times are medians and percentiles of many runs after a warm-up. An architecture is measured as ActionCLIP's
            two-headed student with random weights.

            EXAMPLES
              verb bench --architecture TinyCLIP-8M/16 --mode encoder --batch 1 8
              verb bench --architecture ViT-B/16 --mode stream --precision int8 --json
            """)

    enum Mode: String, CaseIterable, ExpressibleByArgument {
        case encoder, clip, stream
    }

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "An architecture with random weights instead of a model.")
    var architecture: NamedArchitecture?

    @OptionGroup(title: "Precision")
    var precision: PrecisionOptions

    @OptionGroup(title: "Labels")
    var labels: LabelOptions

    @Option(help: "What is measured (default: encoder; stream where frames see each other in the tower).")
    var mode: Mode?

    @Option(parsing: .upToNextOption, help: "Pictures encoded at once, for encoder.")
    var batch = [1, 8]

    @Option(help: ArgumentHelp("The video, for clip.", valueName: "file"))
    var video: String?

    @Option(help: "Decisions a second of each stream, for stream.")
    var rate = 8.0

    @Option(help: "The 95th percentile of latency that is allowed in milliseconds, for stream (default: 1000 / rate).")
    var budget: Double?

    @Option(help: "The fewest runs that count.")
    var runs = 30

    @Option(help: "Runs go on until these seconds have passed.")
    var seconds = 2.0

    @Option(help: "The seconds of the run by the clock that confirms a number of streams; 0 leaves it out.")
    var confirm = 60.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard model.model == nil || architecture == nil else {
            throw ValidationError("Name either --model or --architecture.")
        }
        guard mode != .clip || video != nil else { throw ValidationError("Name the video with --video.") }
        guard !batch.isEmpty, batch.allSatisfy({ (1...4096).contains($0) }) else {
            throw ValidationError("--batch must be 1 to 4096.")
        }
        guard rate > 0, rate <= 1000 else { throw ValidationError("--rate must be above 0 and at most 1000.") }
        guard budget ?? 1 > 0 else { throw ValidationError("--budget must be above 0.") }
        guard runs >= 1, seconds >= 0, seconds <= 3600, confirm >= 0, confirm <= 3600 else {
            throw ValidationError("--runs must be at least 1, --seconds and --confirm 0 to 3600.")
        }
    }

    /// The number of threads, two unless said otherwise, so that numbers of several machines can be compared.
    private var threads: Int { model.threads ?? 2 }

    func run() async throws {
        TorchRuntime.threads = threads
        let session = try await session(), mode = mode ?? (session.sharesFrames ? .encoder : .stream)
        var report = BenchReport(
            model: architecture?.rawValue ?? model.model ?? BundledModel.standard.name, mode: mode.rawValue,
            threads: threads, encoder: "\(session.encoder)")
        if case .engine(_, let parity) = session.encoder { report.parity = parity }
        switch mode {
        case .encoder:
            var found: [EncoderSpeed] = []
            for size in batch { found.append(try await session.encoderSpeed(batch: size, comparing: true, settings)) }
            report.encoding = found
        case .clip:
            report.clip = try await session.clipSpeed(video ?? "", frames: session.frames ?? 8, settings)
        case .stream:
            report.streams = try await session.streamCapacity(
                rate: rate, budget: budget.map { $0 / 1000 }, threads: threads, confirming: confirm, settings)
        }
        print(json ? try report.jsonLine() : report.text)
    }

    private func session() async throws -> Session {
        let loaded: RecognitionModel
        if let architecture {
            loaded = try await TorchThread.run { () throws(RecognitionError) in
                try RecognitionModel(random: architecture)
            }
        } else {
            loaded = try await model.load()
        }
        let given = try labels.labelSet()
        let names = given == nil && loaded.model.classes == nil ? try Self.standIns() : given
        let question = try loaded.question(labels: names, prompts: try labels.promptSet(), head: labels.scoreBy)
        var engine = try await precision.settings(
            for: loaded, frames: loaded.model.frames ?? 8, inputs: video.map { [$0] } ?? [])
        if architecture != nil {
            // With random weights the best label is hardly better than the next, and pictures need not show anything.
            engine.tolerance.labelAgreement = 0
            if engine.calibration.isEmpty {
                engine.calibration = Session.noise(8, side: loaded.preprocessing.imageSize)
            }
        }
        return try await Session(loaded, question, engine: engine)
    }

    /// Labels for models that need some and were given none.
    private static func standIns() throws(RecognitionError) -> LabelSet {
        try LabelSet(["walking", "running", "jumping", "sitting down", "standing up"])
    }

    private var settings: MeasuringSettings {
        var settings = MeasuringSettings()
        (settings.runs, settings.seconds) = (runs, seconds)
        return settings
    }
}
