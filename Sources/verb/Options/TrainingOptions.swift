import ArgumentParser
import Recognition
import Torch
import Training

/// What every command that trains by a recipe is told.
struct TrainingOptions: ParsableArguments {
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

    /// Reads the recipe; nil where it is only printed.
    func plan() throws -> TrainingRecipe? {
        let plan = try TrainingRecipe.find(recipe, setting: assignments)
        guard self.print else { return plan }
        Swift.print(plan.text, terminator: "")
        return nil
    }

    /// Trains.
    ///
    /// - Parameters:
    ///   - plan: the recipe.
    ///   - name: the command's name.
    ///   - isPreparing: whether what a student learns from is made first.
    /// - Throws: what training throws.
    func train(_ plan: TrainingRecipe, as name: String, isPreparing: Bool = false) async throws {
        TorchRuntime.threads = plan.run.threads ?? TorchRuntime.threads
        let group = try await processes.join()
        let start = try await StartingPoint.named(plan.start.checkpoint, vocabulary: vocabulary)
        var run = TrainingRun(plan, start: start, folder: RunFolder(output ?? "runs/\(plan.preset.name)"), group: group)
        run.command = command(name)
        try await addModels(to: &run)
        let printer = TrainingPrinter(title: plan.preset.name, json: json, isQuiet: group.rank > 0)
        if isPreparing { try await run.prepare { printer.show($0) } }
        let outcome = try await run.run { printer.show($0) }
        printer.show(outcome, folder: run.folder)
    }

    /// Reads the models beside the start that a student's recipe names.
    private func addModels(to run: inout TrainingRun) async throws {
        guard case .distillation(_, let recipe?) = run.recipe.preset.model else { return }
        if let teacher = recipe.teacher, recipe.asksTeacher || recipe.temporalInit == .teacher {
            run.teacher = try await StartingPoint.named(teacher.checkpoint, vocabulary: vocabulary)
        }
        if let model = recipe.spatial?.model {
            run.spatialModel = try await StartingPoint.named(model, vocabulary: vocabulary)
        }
    }

    private func command(_ name: String) -> String {
        (["verb \(name) \(recipe)"] + (output.map { ["--output \($0)"] } ?? []) + assignments.map { "--set \($0)" })
            .joined(separator: " ")
    }
}
