internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

extension TrainingRun {
    /// Makes the spatial targets and the teacher's predictions that the recipe reads and that are not there yet.
    ///
    /// Several processes share predictions. Spatial targets are made by one process: several ask for them to be there.
    /// What is there is checked and left alone. Recipes of other methods need nothing.
    ///
    /// - Parameter events: told what happens.
    /// - Throws: `TrainingError` for models that are missing or cannot be used, a folder of another run, or spatial targets
    ///   that several processes miss; `DatasetError`, `ProcessGroupError`; `CancellationError`, after which the same call
    ///   goes on.
    public func prepare(_ events: @escaping @Sendable (Event) -> Void = { _ in }) async throws {
        guard case .distillation(_, let recipe?) = self.recipe.preset.model else { return }
        let data = try RunData(self.recipe, group)
        try await agree(on: data)
        try checkMirroring(recipe)
        // A folder of another run is refused before anything is computed for this one.
        let lock = try group.rank == 0 && folder.exists ? claimed() : nil
        defer { withExtendedLifetime(lock) {} }
        if group.size > 1 {
            try await requireTargets(of: recipe)
        } else {
            try await makeTargets(data, events)
        }
        guard let teacher = recipe.teacher, recipe.asksTeacher, teacher.input == .cached, let path = teacher.folder
        else { return }
        var run = try await predictionRun(teacher, data)
        (run.group, run.workers) = (group, self.recipe.run.workers)
        try await run.write(to: path) { events(.preparing(.teacherPredictions, done: $0, total: $1)) }
        try await TorchThread.run { [group] () throws(ProcessGroupError) in try group.barrier() }
    }

    /// Makes the spatial targets that the recipe reads, where it says what to make them of.
    func makeTargets(_ data: RunData? = nil, _ events: @escaping @Sendable (Event) -> Void) async throws {
        guard case .distillation(_, let recipe?) = self.recipe.preset.model, let spatial = recipe.spatial,
            let folder = spatial.keptFolder
        else { return }
        let data = if let data { data } else { try RunData(self.recipe, group) }
        // Where nothing says what to make them of, what is there must do, which the run checks.
        guard var run = try await spatialRun(spatial, data) else { return }
        run.workers = self.recipe.run.workers
        _ = try await run.write(to: folder) { events(.preparing(.spatialTargets, done: $0, total: $1)) }
    }

    @TorchActor
    private func agree(on data: RunData) throws(ProcessGroupError) {
        try group.verifySame(recipe.text, "the recipe")
        try group.verifySame(data.train.digest, "the list of clips to train on")
    }

    /// Refuses in all processes what one of them would make for longer than the others may wait.
    @TorchActor
    private func requireTargets(of recipe: DistillationRecipe) throws {
        guard let path = recipe.spatial?.keptFolder else { return }
        let targets = SpatialFolder(path)
        guard try group.any(group.rank == 0 && !targets.isFinished, "whether spatial targets are missing") else {
            return
        }
        throw TrainingError.spatialTargets(
            path: path,
            .notTargets("there is no \(targets.manifestPath); make them first, by the same command in one process"))
    }

    /// Refuses kept answers about clips that are shown mirrored as another class.
    func checkMirroring(_ student: DistillationRecipe) throws(TrainingError) {
        guard !recipe.run.isFixed, let clips = recipe.preset.data?.training, clips.flip > 0,
            clips.flipLabels?.isEmpty == false
        else { return }
        let isCached = student.asksTeacher && student.teacher?.input == .cached
        guard isCached || student.spatial?.input == .cached else { return }
        throw .badRecipe(
            "data.training.flip shows clips as their mirror images' classes, which kept answers about the clips know "
                + "nothing of; set data.training.flip=0, or recipe.\(isCached ? "teacher.input=same" : "spatial.input=online")"
        )
    }

    /// What gives the recipe's spatial targets; nil where nothing says what they are made of.
    @TorchActor
    func spatialRun(_ settings: SpatialRecipe, _ data: RunData) throws -> SpatialPredictionRun? {
        guard let vocabulary = settings.vocabulary, settings.model != nil else { return nil }
        return try SpatialPredictionRun(
            try builtSpatialModel(settings), try SpatialVocabulary.find(vocabulary), settings.prediction, data.train)
    }

    /// What gives the teacher's predictions.
    @TorchActor
    func predictionRun(_ settings: TeacherRecipe, _ data: RunData) throws -> TeacherPredictionRun {
        guard let clips = recipe.preset.data?.evaluation else { fatalError("TrainingRun: a recipe without clips") }
        return TeacherPredictionRun(
            try builtTeacher(settings), data.train, classes: data.names(recipe.lists.text), clips: clips,
            student: (data.frames, data.imageSize))
    }
}

extension SpatialRecipe {
    /// The folder of targets that are made before the run; nil where there are none.
    fileprivate var keptFolder: String? { input == .cached ? folder : nil }
}
