import ArgumentParser
import Datasets
import Foundation
import Torch
import Training

/// An evaluation that is done again as its manifest says.
struct EvaluationRerun {
    let manifest: String

    /// Evaluates again and prints every difference; ends with 1 where a figure differs.
    func run(_ group: ProcessGroup) async throws {
        let before = try EvaluationManifest(contentsOf: manifest)
        let command = try command(of: before)
        if command.model.threads == nil { TorchRuntime.threads = before.environment.threads }
        let outcome = try await command.outcome(group)
        guard group.rank == 0 else { return }
        let after = await outcome.manifest(
            command: before.environment.command, version: Verb.configuration.version)
        print(EvaluationPrinter.text(outcome))
        let differences = after.differences(from: before)
        for difference in differences { print(difference) }
        guard !differences.isEmpty else { return print("nothing differs from \(manifest)") }
        if differences.contains(where: \.isOutcome) { throw ExitCode.failure }
        print("the figures are those of \(manifest)")
    }

    private func command(of manifest: EvaluationManifest) throws -> EvaluateCommand {
        let words = manifest.environment.command
        guard words.starts(with: ["verb", "evaluate"]), (1...1024).contains(manifest.environment.threads) else {
            throw TrainingError.unreadable(path: self.manifest, detail: "its command is none of `verb evaluate`")
        }
        let command: EvaluateCommand
        do { command = try EvaluateCommand.parse(Array(words.dropFirst(2))) } catch {
            throw TrainingError.unreadable(
                path: self.manifest, detail: "its command cannot be done again: \(EvaluateCommand.message(for: error))")
        }
        guard command.rerun == nil else {
            throw TrainingError.unreadable(path: self.manifest, detail: "its command runs a manifest again itself")
        }
        return command
    }
}
