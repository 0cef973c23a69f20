import ArgumentParser

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

    @OptionGroup var options: TrainingOptions

    func run() async throws {
        guard let plan = try options.plan() else { return }
        try await options.train(plan, as: "train")
    }
}
