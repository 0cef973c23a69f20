internal import ActionModels
internal import CLIP
internal import Torch

extension PresetModel {
    /// Builds a student on its start, with what stands beside it.
    @TorchActor
    func distillation(
        _ configuration: ActionCLIPConfiguration, _ recipe: DistillationRecipe, _ inputs: MethodInputs
    ) throws -> any TrainingMethod {
        let sources = inputs.distillation, tokenizer = try inputs.start.requiredTokenizer
        try recipe.check(sources)
        let settings = recipe.spatial?.objectives
        let groups = settings?.form == .objectives ? sources.spatial?.groups : nil
        let (built, parameters) = try build(inputs, replacing: sources.temporal) { scope in
            let student = ActionCLIP(scope, configuration)
            let objectives = settings.flatMap { settings in
                groups.map { SpatialObjectives(scope, settings, groups: $0, width: configuration.clip.embedDim) }
            }
            return (student: student, objectives: objectives)
        }
        let spatial = try built.objectives.map { try SpatialStudent($0, built.student.clip.text, tokenizer) }
        let prompts = try PromptTable(
            classes: inputs.classes, tokenizer: tokenizer, contextLength: configuration.clip.text.contextLength)
        return DistillationTraining((built.student, spatial, parameters), recipe, prompts, sources)
    }
}

extension DistillationRecipe {
    /// Checks that what the recipe names was read; a program that trains has to bring it.
    fileprivate func check(_ sources: DistillationSources) throws(TrainingError) {
        guard !asksTeacher || sources.teacher != nil else {
            throw .badRecipe("the teacher \(teacher?.checkpoint ?? "") was not read")
        }
        guard spatial == nil || sources.spatial != nil else { throw .badRecipe("spatial targets were not read") }
        guard temporalInit == .start || !sources.temporal.isEmpty else {
            throw .badRecipe("temporalInit teacher: the teacher \(teacher?.checkpoint ?? "") was not read")
        }
    }
}
