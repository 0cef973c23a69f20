internal import ActionModels
internal import CLIP
internal import Torch

extension TrainingRun {
    /// The teacher's temporal module by the names of the student's, each tensor its own.
    ///
    /// - Returns: what both have; the student's second head begins anew where the teacher has none like it.
    /// - Throws: `TrainingError.badRecipe` for a teacher with another temporal module.
    @TorchActor
    func temporalModule() throws(TrainingError) -> [String: Tensor] {
        guard let teacher, case .actionCLIP(let student) = recipe.preset.model.configuration else {
            throw .badRecipe("temporalInit teacher: the teacher was not read")
        }
        return try teacher.checkpoint.temporalModule(for: student)
    }
}

extension ActionModelCheckpoint {
    /// What a second head adds to a temporal module.
    private static let secondHead: Set = ["fusion.token", "fusion.head.weight", "fusion.head_dist.weight"]

    /// The model's temporal module for another one, each tensor its own.
    ///
    /// - Parameter student: the other one; where its second head is another, or the only one, that is left out.
    /// - Returns: by the other's names.
    /// - Throws: `TrainingError.badRecipe` for a model with another temporal module.
    @TorchActor
    func temporalModule(for student: ActionCLIPConfiguration) throws(TrainingError) -> [String: Tensor] {
        guard case .actionCLIP(let own) = configuration, student.clip.embedDim == own.clip.embedDim,
            student.aggregator.withoutSecondHead == own.aggregator.withoutSecondHead
        else {
            throw .badRecipe(
                "temporalInit teacher: \(path) has no temporal module of the student's sizes; the same aggregator and "
                    + "embedDim are needed")
        }
        let declared: Parameters
        do throws(ParameterError) {
            declared = try Parameters.build(.outline) { ActionCLIP($0, student) }.parameters
        } catch { throw .badRecipe("the student cannot be: \(error)") }
        let isSameHead = student.token == own.token
        var module: [String: Tensor] = [:]
        for name in declared.names where name.hasPrefix("fusion.") && (isSameHead || !Self.secondHead.contains(name)) {
            module[name] = tensors[name]?.to(dtype: .float32).cloned()
        }
        return module
    }
}

extension AggregatorConfiguration {
    /// What two temporal modules must have in common to have the same weights.
    fileprivate var withoutSecondHead: AggregatorConfiguration {
        guard case .transformer(var sizes) = self else { return self }
        (sizes.token, sizes.positionStd) = (nil, nil)
        return .transformer(sizes)
    }
}
