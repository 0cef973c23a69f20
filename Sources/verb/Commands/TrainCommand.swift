import ArgumentParser
import Foundation
import Recognition
import Torch
import Training

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model by a recipe.",
        discussion: """
            A recipe is a YAML file that says everything of a run: model, optimiser, clips, where it starts and which \
            lists it reads. `verb train NAME --print` writes a bundled one out, to be copied and changed.

            A run lives in a folder. Started again with the same recipe, a run that was interrupted or killed goes on \
            from its newest checkpoint, to the same numbers. ctrl-C saves first. Several processes share a run when they \
            are started by `torchrun --no-python`, Slurm or MPI.

            EXAMPLES
              verb train puppets-m2clip --output runs/m2clip
              verb train recipe.yaml --output runs/mine --set recipe.learningRate=1e-4 --set run.seed=2
            """)

    @Argument(help: "A recipe: a YAML file's path, or the name of a bundled one.")
    var recipe: String

    @Option(help: "The folder of the run; made if it is missing (default: runs/RECIPE).")
    var output: String?

    @Option(name: .customLong("set"), help: "A value over the recipe's, such as run.seed=2; may come several times.")
    var assignments: [String] = []

    @Flag(help: "Write the recipe out and do nothing.")
    var print = false

    @Flag(help: "Print one JSON object for each evaluation and at the end.")
    var json = false

    @Option(help: "The vocabulary, for models that came without one.")
    var vocabulary: String?

    @OptionGroup var processes: ProcessOptions

    func run() async throws {
        let plan = try TrainingRecipe.find(recipe, setting: assignments)
        if self.print { return Swift.print(plan.text, terminator: "") }
        TorchRuntime.threads = plan.run.threads ?? TorchRuntime.threads
        let group = try await processes.join()
        let start = try await StartingPoint.named(plan.start.checkpoint, vocabulary: vocabulary)
        var run = TrainingRun(plan, start: start, folder: RunFolder(output ?? "runs/\(plan.preset.name)"), group: group)
        run.command = command
        let printer = TrainingPrinter(title: plan.preset.name, json: json, isQuiet: group.rank > 0)
        let outcome = try await run.run { printer.show($0) }
        printer.show(outcome, folder: run.folder)
    }

    private var command: String {
        (["verb train \(recipe)"] + (output.map { ["--output \($0)"] } ?? []) + assignments.map { "--set \($0)" })
            .joined(separator: " ")
    }
}
