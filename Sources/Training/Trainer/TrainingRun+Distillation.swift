internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

extension TrainingRun {
    /// Reads and checks everything that the recipe's student learns from.
    @TorchActor
    func distillationSources(_ data: RunData) throws -> DistillationSources {
        var sources = DistillationSources()
        guard case .distillation(_, let recipe?) = self.recipe.preset.model else { return sources }
        try checkMirroring(recipe)
        let student = StudentClips(
            frames: data.frames, imageSize: data.imageSize,
            normalization: start.checkpoint.preprocessing.normalization)
        if let teacher = recipe.teacher, recipe.asksTeacher {
            switch teacher.input {
            case .same:
                let model = try builtTeacher(teacher)
                sources.teacher = .online(
                    try FrozenTeacher(
                        model, classes: data.names(self.recipe.lists.text), student: student,
                        isCompared: recipe.affinity != nil))
                sources.digests["the teacher"] = model.digest
                sources.digests["the teacher's architecture"] = model.architectureDigest
            case .cached:
                let said = try teacherPredictions(teacher, data)
                sources.teacher = .cached(said)
                sources.digests["what the teacher said"] = said.manifest.predictionsSHA256
            }
        }
        if let spatial = recipe.spatial {
            let (source, digest) = try spatialSource(spatial, data, student)
            (sources.spatial, sources.digests["the spatial targets"]) = (source, digest)
            let questions = try SortedJSON.bytes(source.groups, isPretty: false)
            sources.digests["the spatial questions"] = WeightDigest.sha256(of: questions)
        }
        if recipe.temporalInit == .teacher { sources.temporal = try temporalModule() }
        return sources
    }

    /// What a teacher said before, about this list, these classes and clips; of its weights where they are at hand.
    @TorchActor
    private func teacherPredictions(_ settings: TeacherRecipe, _ data: RunData) throws -> TeacherPredictions {
        let path = settings.folder ?? ""
        let said = try TeacherPredictions(
            at: path, for: data.train.samples, classes: data.names(recipe.lists.text))
        if teacher != nil { try predictionRun(settings, data).check(said.manifest, at: path) }
        return said
    }

    @TorchActor
    private func spatialSource(
        _ spatial: SpatialRecipe, _ data: RunData, _ student: StudentClips
    ) throws -> (DistillationSources.Spatial, digest: String) {
        guard spatial.input == .online else {
            let path = spatial.folder ?? "", targets = try SpatialTargets(at: path, for: data.train.samples)
            let digest = targets.manifest.targetsSHA256
            guard let wanted = try spatialRun(spatial, data) else { return (.cached(targets), digest) }
            let differences = targets.manifest.source.differences(from: wanted.source)
            guard differences.isEmpty else {
                throw TrainingError.spatialTargets(path: path, .otherSettings(differences))
            }
            return (.cached(targets.weighted(by: wanted.vocabulary)), digest)
        }
        let model = try builtSpatialModel(spatial), questions = try SpatialVocabulary.find(spatial.vocabulary ?? "")
        try spatial.prediction.validate(for: questions)
        try questions.check(againstActions: data.classes.names)
        let adjustment = ClipAdjustment(
            own: student.normalization, other: model.normalization, imageSize: model.configuration.vision.imageSize)
        let predictor = try SpatialPredictor(model, questions.groups, spatial.prediction)
        return (.online(predictor, adjustment), model.digest + questions.digest)
    }

    /// The teacher that the recipe names, built.
    @TorchActor
    func builtTeacher(_ settings: TeacherRecipe) throws -> EvaluationModel {
        guard let teacher else { throw TrainingError.badRecipe("the teacher \(settings.checkpoint) was not read") }
        return try EvaluationModel(teacher)
    }

    /// The CLIP of spatial targets that the recipe names, built.
    @TorchActor
    func builtSpatialModel(_ settings: SpatialRecipe) throws -> EvaluationModel {
        guard let spatialModel else {
            throw TrainingError.badRecipe("the CLIP \(settings.model ?? "of spatial.model") was not read")
        }
        return try EvaluationModel(spatialModel)
    }
}

extension EvaluationModel {
    /// The model that somebody named, built.
    @TorchActor
    fileprivate init(_ start: StartingPoint) throws {
        try self.init(start.checkpoint, tokenizer: start.tokenizer)
    }
}
