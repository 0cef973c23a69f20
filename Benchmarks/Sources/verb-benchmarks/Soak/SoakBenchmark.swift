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
            First an hour of media, an encoded file again and again, as fast as possible: the latency of decisions, and \
            resident memory, which must stay. Then the file at the pace of the clock in several streams of a model that \
            computes each window whole, which is more than there is time for: queues must stay within their bounds, what \
            is dropped must be counted, windows must stay regular and rise in time, latency and memory must not grow. \
            What does not hold is named, and the command fails.
            """)

    @Option(help: "A model directory or name, for the first phase.")
    var model = "verb-tiny"

    @Option(help: "The same for the second phase: one whose frames see each other.")
    var overloadModel = "verb-tiny-m2clip"

    @Option(help: "A video file (default: a Puppets video of twelve actions, rendered once).")
    var video: String?

    @Option(help: "Seconds of media in the first phase.")
    var media = 3600.0

    @Option(help: "Seconds on the clock of the second phase; 0 leaves it out.")
    var overload = 60.0

    @Option(help: "Streams of the second phase.")
    var streams = 16

    @Option(help: "Seconds between two frames of a window, and between decisions, in the second phase.")
    var overloadStride = 0.05

    @Option(help: "Frames that may wait in the second phase.")
    var queue = 8

    @Option(help: "Seconds between two frames of a window in the first phase.")
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
        var failures: [String] = []
        if media > 0 {
            let result = try await SoakRun(recognizer: recognizer(session(model), stride), media: media).run(path)
            try report(result)
            failures += result.failures
        }
        if overload > 0 {
            let session = try await session(overloadModel)
            let recognizers = try (0..<streams).map { _ in try recognizer(session, overloadStride) }
            let result = try await OverloadRun(recognizers: recognizers, seconds: overload, queue: queue).run(path)
            try report(result)
            failures += result.failures
        }
        for failure in Set(failures).sorted() { FileHandle.standardError.write(Data("failed: \(failure)\n".utf8)) }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func session(_ model: String) async throws -> Session {
        let library = ModelLibrary()
        let loaded = try await library.load(library.locate(model))
        let labels = try loaded.classNames.map { try LabelSet($0) } ?? LabelSet(Puppets.trainingActions.map(\.name))
        return try await Session(loaded, labels: labels)
    }

    private func recognizer(_ session: Session, _ stride: Double) throws -> StreamRecognizer {
        var settings = StreamSettings(frames: session.frames ?? 8, stride: stride)
        settings.smoothing = 0.5
        return try StreamRecognizer(session: session, settings: settings)
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
