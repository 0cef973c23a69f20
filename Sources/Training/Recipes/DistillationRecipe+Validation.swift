internal import ActionModels

extension DistillationRecipe {
    /// Checks every number, and that the switches have what they need.
    ///
    /// - Parameter model: the student.
    /// - Throws: `TrainingError.badRecipe` for the first thing that cannot be, with what to set.
    func validate(for model: ActionCLIPConfiguration) throws(TrainingError) {
        try actionCLIP.validate()
        try heads?.validate()
        try affinity?.validate()
        try teacher?.validate()
        try validateHeads(model)
        try validateTeacher(model)
        try validateSpatial(model)
    }

    private func validateHeads(_ model: ActionCLIPConfiguration) throws(TrainingError) {
        let mode = heads?.mode ?? .single
        guard !mode.hasTwoViews || model.token != nil else {
            throw .badRecipe(
                "heads.mode \(mode.rawValue) trains a second head, and the model has one; set model.aggregator.Transf.token"
            )
        }
        guard mode.hasTwoViews || model.token == nil || model.fusion == .frame else {
            throw .badRecipe(
                "nothing trains the model's second head; set heads.mode to one with two heads, leave out "
                    + "model.aggregator.Transf.token, or answer by the first head alone with model.fusion=frame")
        }
    }

    private func validateTeacher(_ model: ActionCLIPConfiguration) throws(TrainingError) {
        if let mode = heads?.mode, mode.needsTeacher, teacher == nil {
            throw .badRecipe("heads.mode \(mode.rawValue) learns from a teacher; set teacher.checkpoint")
        }
        guard affinity == nil || teacher?.input == .same else {
            throw .badRecipe(
                "affinity compares features of a teacher that sees the same clips; set teacher.checkpoint, and "
                    + "teacher.input=same")
        }
        guard temporalInit == .teacher else { return }
        guard teacher != nil else { throw .badRecipe("temporalInit teacher needs a teacher; set teacher.checkpoint") }
        guard model.aggregator != .mean, model.temporal != .joint else {
            throw .badRecipe("temporalInit teacher: the model has no temporal module that could begin anywhere")
        }
    }

    private func validateSpatial(_ model: ActionCLIPConfiguration) throws(TrainingError) {
        guard let spatial else { return }
        try spatial.validate()
        guard trainsTexts || spatial.objectives.prototypes == .constant else {
            throw .badRecipe(
                "spatial.objectives.prototypes trainable trains the text tower, which isTextFixed or mode "
                    + "\(mode.rawValue) keeps as it is; set it to constant")
        }
        guard model.temporal != .joint || spatial.objectives.view == .fused else {
            throw .badRecipe(
                "spatial.objectives.view \(spatial.objectives.view.rawValue) reads single frames, which a joint model "
                    + "does not have; set it to fused")
        }
    }
}
