import ArgumentParser
import Foundation
import Torch

/// Full-size models side by side: forward passes, and EVL's training step beside an end-to-end one.
struct ModelsBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Time and peak memory of full-size models with random weights.",
        discussion: """
            Each case runs in processes of its own, in turn, so that noise falls on all of them; medians over all rounds. \
            Memory is the peak of resident memory of the process: weights, activations, gradients and the optimiser's state.
            """)

    @Option(help: "Only these cases.")
    var only: [ModelCase] = []

    @Option(help: "Clips of a batch in the training steps; forward passes take one.")
    var batch = 2

    @Option(help: "How often all cases run in turn.")
    var rounds = 3

    @Option(help: "Measured steps in each run, after one for warming up.")
    var steps = 3

    @Option(help: "Threads of LibTorch.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Print one JSON object a case.")
    var json = false

    func validate() throws {
        guard batch > 0, rounds > 0, steps > 0, threads > 0 else { throw ValidationError("Numbers must be positive.") }
    }

    func run() async throws {
        let cases = only.isEmpty ? ModelCase.allCases : only
        var results: [ModelCase: [Measurement]] = [:]
        for round in 1...rounds {
            for item in cases {
                note("round \(round) of \(rounds): \(item.rawValue)")
                results[item, default: []].append(try Probe(arguments: arguments(item)).run())
            }
        }
        if !json { print("\(Machine.name), \(threads) threads, float32, 8 frames; medians of \(rounds) x \(steps)") }
        try report("Forward, one clip", ModelCase.forward.filter(cases.contains), results)
        try report("Training step, \(batch) clips", ModelCase.steps.filter(cases.contains), results)
    }

    private func arguments(_ item: ModelCase) -> [String] {
        let batch = ModelCase.steps.contains(item) ? batch : 1
        return [
            "probe", item.rawValue, "--batch", "\(batch)", "--warmup", "1", "--steps", "\(steps)", "--threads",
            "\(threads)",
        ]
    }

    private func report(_ title: String, _ cases: [ModelCase], _ results: [ModelCase: [Measurement]]) throws {
        let lines = try cases.map { try Line($0, results[$0] ?? []) }
        guard let first = lines.first else { return }
        if json {
            for line in lines { print(String(decoding: try JSONEncoder().encode(line), as: UTF8.self)) }
            return
        }
        print("\n\(title)\n" + Line.header)
        for line in lines { print(line.text(against: first)) }
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// One row of the table.
struct Line: Encodable {
    let name: String
    let title: String
    let gmacPerClip: Double
    let medianSeconds: Double
    let startGiB: Double
    let peakGiB: Double

    init(_ item: ModelCase, _ measurements: [Measurement]) throws {
        func gib(_ bytes: [Int]) -> Double { Statistics.median(bytes.map { Double($0) / 1_073_741_824 }) }
        name = item.rawValue
        title = item.title
        gmacPerClip = Double(try item.clipMACs()) / 1e9
        medianSeconds = Statistics.median(measurements.flatMap(\.seconds))
        startGiB = gib(measurements.map(\.startBytes))
        peakGiB = gib(measurements.map(\.peakBytes))
    }

    static let header =
        "case".padding(toLength: 44, withPad: " ", startingAt: 0)
        + "GMAC/clip  median s  against first  start GiB  peak GiB  against first"

    func text(against first: Line) -> String {
        title.padding(toLength: 44, withPad: " ", startingAt: 0)
            + String(
                format: "%9.1f  %8.2f  %12.2fx  %9.2f  %8.2f  %12.2fx", gmacPerClip, medianSeconds,
                medianSeconds / first.medianSeconds, startGiB, peakGiB, peakGiB / first.peakGiB)
    }
}

enum Machine {
    /// The processor's name.
    static var name: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line.flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown processor"
    }
}
