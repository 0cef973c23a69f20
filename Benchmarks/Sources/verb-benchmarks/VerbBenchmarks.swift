import ArgumentParser
import Foundation
import Torch

@main
struct VerbBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verb-benchmarks", abstract: "Measure Verb on this machine.",
        subcommands: [
            ModelsBenchmark.self, LoaderBenchmark.self, TransformsBenchmark.self, TrainingBenchmark.self,
            RealtimeBenchmark.self, SoakBenchmark.self,
            ProbeCommand.self, LoaderProbe.self, TrainingProbe.self, TrainingCheck.self, RealtimeProbe.self,
        ])
}

/// Measures one case in this process; the benchmarks start it.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probe", shouldDisplay: false)

    @Argument var name: ModelCase
    @Option var batch: Int
    @Option var warmup: Int
    @Option var steps: Int
    @Option var threads: Int

    func run() async throws {
        TorchRuntime.threads = threads
        let command = self
        let measurement = try await TorchThread.run {
            try command.name.measure(batch: command.batch, warmup: command.warmup, steps: command.steps)
        }
        FileHandle.standardOutput.write(try JSONEncoder().encode(measurement))
    }
}
