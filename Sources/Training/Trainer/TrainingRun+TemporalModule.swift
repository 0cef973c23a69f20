internal import ActionModels
internal import CLIP
internal import Torch

extension TrainingRun {
    /// The teacher's temporal module by the names of the student's, each tensor its own.
    ///
    /// - Returns: what both have; the student's second head begins anew where the teacher has none.
    /// - Throws: `TrainingError.badRecipe` for a teacher with another temporal module.
    @TorchActor
    func temporalModule() throws(TrainingError) -> [String: Tensor] {
        guard let teacher, case .actionCLIP(let student) = recipe.preset.model.configuration else {
            throw .badRecipe("temporalInit teacher: the teacher was not read")
        }
        guard case .actionCLIP(let other) = teacher.checkpoint.configuration,
            student.clip.embedDim == other.clip.embedDim,
            student.aggregator.withoutSecondHead == other.aggregator.withoutSecondHead
        else {
            throw .badRecipe(
                "temporalInit teacher: \(teacher.checkpoint.path) has no temporal module of the student's sizes; the "
                    + "same aggregator and embedDim are needed")
        }
        let declared: Parameters
        do throws(ParameterError) {
            declared = try Parameters.build(.outline) { ActionCLIP($0, student) }.parameters
        } catch { throw .badRecipe("the student cannot be: \(error)") }
        let shared = declared.names.filter { $0.hasPrefix("fusion.") && teacher.checkpoint.tensors[$0] != nil }
        var tensors: [String: Tensor] = [:]
        for name in shared { tensors[name] = teacher.checkpoint.tensors[name]?.to(dtype: .float32).cloned() }
        return tensors
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
