import ArgumentParser
import Datasets
import Foundation
import Recognition
import Torch

/// A stream recogniser for hours of media, and with an encoder that is too slow.
struct SoakBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Memory, latency and queues of a stream recogniser in the long run.",
        discussion: """
            First an hour of media, an encoded file again and again, as fast as possible: resident memory must stay and the \
            latency of a decision is told. Then frames at the pace of the clock with an encoder that takes longer than \
            there is time: the queue must stay within its bound, what is dropped must be counted, and decisions must not \
            fall behind the clock.
            """)

    @Option(help: "A model directory or name.")
    var model = "verb-tiny"

    @Option(help: "A video file (default: a Puppets video of twelve actions, rendered once).")
    var video: String?

    @Option(help: "Seconds of media in the first phase.")
    var media = 3600.0

    @Option(help: "Seconds on the clock of the second phase; 0 leaves it out.")
    var overload = 60.0

    @Option(help: "Seconds that the encoder of the second phase takes more for each picture.")
    var slow = 0.6

    @Option(help: "Frames that may wait in the second phase.")
    var queue = 8

    @Option(help: "Seconds between two frames of a window.")
    var stride = 0.25

    @Option(help: "Threads of LibTorch.")
    var threads = 2

    @Flag(help: "Print one JSON object a phase.")
    var json = false

    func run() async throws {
        TorchRuntime.threads = threads
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-soak-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try video ?? render(into: folder)
        let library = ModelLibrary()
        let loaded = try await library.load(library.locate(model))
        let labels = try loaded.classNames.map { try LabelSet($0) } ?? LabelSet(Puppets.trainingActions.map(\.name))
        let session = try await Session(loaded, labels: labels)
        var settings = StreamSettings(frames: session.frames ?? 8, stride: stride)
        settings.smoothing = 0.5
        let recognizer = try StreamRecognizer(session: session, settings: settings)
        try report(await SoakRun(recognizer: recognizer, media: media).run(path))
        guard overload > 0 else { return }
        try report(await OverloadRun(recognizer: recognizer, seconds: overload, slow: slow, queue: queue).run(path))
    }

    private func render(into folder: URL) throws -> String {
        let plan = PuppetsLongWriter.Plan(seed: 7, size: 64, videos: 1, actions: 12)
        try PuppetsLongWriter(plan, to: folder).write()
        return folder.appending(path: plan.path(0)).path
    }

    private func report(_ result: some Encodable & CustomStringConvertible) throws {
        guard json else { return print(result) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }
}

/// Milliseconds of some percentiles.
struct Percentiles: Encodable, CustomStringConvertible {
    let p50, p95, p99, maximum: Double

    init(_ durations: DurationHistogram) {
        func milliseconds(_ share: Double) -> Double { 1000 * (durations.percentile(share) ?? .nan) }
        (p50, p95, p99) = (milliseconds(0.5), milliseconds(0.95), milliseconds(0.99))
        maximum = 1000 * durations.maximum
    }

    var description: String { String(format: "%.2f / %.2f / %.2f, at most %.1f ms", p50, p95, p99, maximum) }
}

extension Memory {
    /// The resident memory of this process now, in MiB; nil where the system does not tell.
    static var residentMiB: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
}
