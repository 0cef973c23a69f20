import ActionModels
import ArgumentParser
import Training

struct DistillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill",
        abstract: "Train a small model as a student of larger ones.",
        discussion: """
            Trains by a recipe of the method distillation, as `verb train` does, and first makes what the recipe reads \
            and what is not there yet: spatial targets of the list, and a teacher's predictions where they are cached. \
            A run that was interrupted goes on with the same command. docs/distillation.md describes the switches.

            EXAMPLES
              verb distill puppets-distillation --output runs/student
              verb distill puppets-distillation --output runs/taught --set recipe.heads.mode=deit_hard \
            --set recipe.teacher.checkpoint=runs/puppets-actionclip/best
            """)

    @OptionGroup var options: TrainingOptions

    func run() async throws {
        guard let plan = try options.plan() else { return }
        guard case .distillation = plan.preset.model else {
            throw TrainingError.badRecipe(
                "\(options.recipe) is a recipe of \(plan.preset.model.configuration.kind.title), which is no student; "
                    + "`verb train` trains it")
        }
        try await options.train(plan, as: "distill", isPreparing: true)
    }
}
