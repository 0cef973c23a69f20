internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

extension TrainingRun {
    /// Makes the spatial targets and the teacher's predictions that the recipe reads and that are not there yet.
    ///
    /// Predictions are shared among processes; process 0 makes spatial targets while the others wait. What is there is
    /// checked and left alone. Recipes of other methods need nothing.
    ///
    /// - Parameter events: told what happens.
    /// - Throws: `TrainingError` for models that are missing or cannot be used, `DatasetError`, `CancellationError`,
    ///   after which the same call goes on.
    public func prepare(_ events: @escaping @Sendable (Event) -> Void = { _ in }) async throws {
        guard case .distillation(_, let recipe?) = self.recipe.preset.model else { return }
        let data = try RunData(self.recipe, group)
        if let spatial = recipe.spatial, spatial.input == .cached, let folder = spatial.folder {
            if group.rank == 0 { try await prepareTargets(spatial, folder, data, events) }
            try await TorchThread.run { [group] () throws(ProcessGroupError) in try group.barrier() }
        }
        if let teacher = recipe.teacher, recipe.asksTeacher, teacher.input == .cached, let folder = teacher.folder {
            guard let clips = self.recipe.preset.data?.evaluation else { return }
            var run = TeacherPredictionRun(
                try await teacherModel(teacher), data.train, classes: data.names(self.recipe.lists.text), clips: clips,
                student: (data.frames, data.imageSize))
            (run.group, run.workers) = (group, self.recipe.run.workers)
            try await run.write(to: folder) { events(.preparing(.teacherPredictions, done: $0, total: $1)) }
            try await TorchThread.run { [group] () throws(ProcessGroupError) in try group.barrier() }
        }
    }

    private func prepareTargets(
        _ spatial: SpatialRecipe, _ folder: String, _ data: RunData, _ events: @escaping @Sendable (Event) -> Void
    ) async throws {
        guard let vocabulary = spatial.vocabulary, spatial.model != nil else {
            // Nothing says what to make them of: what is there must do, which the run checks.
            return
        }
        var run = try SpatialPredictionRun(
            try await spatialModel(spatial), try SpatialVocabulary.find(vocabulary), spatial.prediction, data.train)
        run.workers = recipe.run.workers
        _ = try await run.write(to: folder) { events(.preparing(.spatialTargets, done: $0, total: $1)) }
    }

    /// Reads and checks everything that the recipe's student learns from.
    @TorchActor
    func distillationSources(_ data: RunData) throws -> DistillationSources {
        var sources = DistillationSources()
        guard case .distillation(_, let recipe?) = self.recipe.preset.model else { return sources }
        let classes = data.names(self.recipe.lists.text)
        let student = StudentClips(
            frames: data.frames, imageSize: data.imageSize,
            normalization: start.checkpoint.preprocessing.normalization)
        if let teacher = recipe.teacher, recipe.asksTeacher {
            switch teacher.input {
            case .same:
                let model = try teacherModel(teacher)
                sources.teacher = .online(
                    try FrozenTeacher(model, classes: classes, student: student, isCompared: recipe.affinity != nil))
                sources.digests["the teacher"] = model.digest
            case .cached:
                let digest = try self.teacher.map { try EvaluationModel($0).digest }
                let said = try TeacherPredictions(
                    at: teacher.folder ?? "", for: data.train.samples, classes: classes, teacherDigest: digest)
                sources.teacher = .cached(said)
                sources.digests["what the teacher said"] = said.manifest.predictionsSHA256
            }
        }
        if let spatial = recipe.spatial {
            let (source, digest) = try spatialSource(spatial, data, student)
            (sources.spatial, sources.digests["the spatial targets"]) = (source, digest)
        }
        if recipe.temporalInit == .teacher { sources.temporal = try temporalModule() }
        return sources
    }

    @TorchActor
    private func spatialSource(
        _ spatial: SpatialRecipe, _ data: RunData, _ student: StudentClips
    ) throws -> (DistillationSources.Spatial, digest: String) {
        guard spatial.input == .online else {
            let targets = try SpatialTargets(at: spatial.folder ?? "", for: data.train.samples)
            return (.cached(targets), targets.manifest.targetsSHA256)
        }
        let model = try spatialModel(spatial), questions = try SpatialVocabulary.find(spatial.vocabulary ?? "")
        try questions.check(againstActions: data.classes.names)
        let adjustment = ClipAdjustment(
            own: student.normalization, other: model.normalization, imageSize: model.configuration.vision.imageSize)
        let predictor = try SpatialPredictor(model, questions.groups, spatial.prediction)
        return (.online(predictor, adjustment), model.digest + questions.digest)
    }

    @TorchActor
    private func teacherModel(_ settings: TeacherRecipe) throws -> EvaluationModel {
        guard let teacher else { throw TrainingError.badRecipe("the teacher \(settings.checkpoint) was not read") }
        return try EvaluationModel(teacher)
    }

    @TorchActor
    private func spatialModel(_ settings: SpatialRecipe) throws -> EvaluationModel {
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
