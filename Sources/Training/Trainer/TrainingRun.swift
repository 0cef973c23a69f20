internal import ActionModels
internal import Datasets
public import Torch

/// A training run in a folder: from a recipe to models, log and report; killed at any moment, it goes on to the same
/// numbers.
///
///     recipe, start, lists -> steps, evaluations, checkpoints -> best and last model, report
///
/// With several processes each has a part of every batch and of every evaluation; process 0 writes the folder.
public struct TrainingRun: Sendable {
    /// What happens in a run.
    public enum Event: Sendable {
        /// The run begins, or goes on after so many steps.
        case began(step: Int, total: Int)
        /// So many batches of clips were encoded, whose features are kept.
        case encoding(done: Int, total: Int)
        /// A step is done.
        case stepped(StepRecord)
        /// Videos that were first met in this epoch cannot be read; others were shown in their places.
        case skipped([BrokenVideo])
        /// An evaluation has done so many of its batches.
        case evaluating(done: Int, total: Int)
        /// An evaluation is done.
        case evaluated(step: Int, ClassificationReport, isBest: Bool)
        /// So much of what a student learns from is made.
        case preparing(Preparation, done: Int, total: Int)
        /// A checkpoint was written.
        case saved(step: Int)
    }

    /// What is made before a student can learn from it.
    public enum Preparation: Sendable, CaseIterable {
        /// What a frozen CLIP sees in the videos.
        case spatialTargets
        /// What a teacher says of the videos.
        case teacherPredictions
    }

    /// What a run gives.
    public struct Outcome: Sendable {
        /// The number of steps.
        public let steps: Int
        /// The best evaluation; nil without a list to evaluate on.
        public let best: RunState.Best?
        /// The last evaluation.
        public let last: ClassificationReport?
        /// Seconds of training, all sessions together.
        public let seconds: Double
    }

    /// The recipe.
    public let recipe: TrainingRecipe
    /// The model that the run starts from.
    public let start: StartingPoint
    /// The folder.
    public let folder: RunFolder
    /// The processes.
    public let group: ProcessGroup
    /// The teacher that a student's recipe names.
    public var teacher: StartingPoint?
    /// The CLIP that a student's recipe names for spatial targets.
    public var spatialModel: StartingPoint?
    /// The command that made the run, for its report.
    public var command = ""

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - recipe: the recipe.
    ///   - start: the model that the run starts from.
    ///   - folder: where everything is written.
    ///   - group: the processes.
    public init(_ recipe: TrainingRecipe, start: StartingPoint, folder: RunFolder, group: ProcessGroup = .alone) {
        self.recipe = recipe
        self.start = start
        self.folder = folder
        self.group = group
    }

    /// Begins the run, or goes on where it was, until its end.
    ///
    /// When the task is cancelled a checkpoint is written first.
    ///
    /// - Parameter events: told what happens.
    /// - Returns: what came out.
    /// - Throws: `TrainingError`, `DatasetError`, `ProcessGroupError`, and `CancellationError`.
    public func run(_ events: @escaping @Sendable (Event) -> Void = { _ in }) async throws -> Outcome {
        let data = try RunData(recipe, group)
        let distillation = try await distillationSources(data)
        let sources = await RunSources(data, start, lessons: distillation.digests)
        try await sources.verifySame(recipe, over: group)
        // A folder that is there is taken first; a new one is made when all else is known to fit.
        var lock = try group.rank == 0 && folder.exists ? claimed() : nil
        defer { withExtendedLifetime(lock) {} }
        let inputs = MethodInputs(
            start: start, resetHead: recipe.start.resetHead ?? false, classes: data.names(recipe.lists.text),
            settings: recipe.run, inherits: recipe.start.inherit ?? false,
            distillation: distillation)
        let session = try await TrainingSession(recipe, inputs, start.checkpoint.preprocessing.normalization, group)
        if group.rank == 0, lock == nil { lock = try claimed() }
        let state = try await session.resume(folder, sources)
        var loop = try await RunLoop(self, data, session, state, events)
        return try await loop.run()
    }

    /// Takes the folder for this run, and makes it where it is missing.
    func claimed() throws(TrainingError) -> RunLock {
        try folder.make()
        let lock = try RunLock(folder)
        if folder.exists { try checkFolder() } else { try folder.write(recipe.text, to: folder.recipe) }
        return lock
    }

    /// Checks that a folder that is there is this run's.
    func checkFolder() throws(TrainingError) {
        guard folder.exists else { return }
        folder.tidy()
        let found = try TrainingRecipe(contentsOf: folder.recipe)
        guard !found.isSame(as: recipe) else { return }
        throw .badRecipe(
            "\(folder.path) holds a run of another recipe: "
                + recipe.differences(from: found).prefix(5).joined(separator: "; ")
                + "; choose another folder, or the same recipe to go on")
    }
}

/// A step of a run.
public struct StepRecord: Sendable, Equatable {
    /// The number of finished steps.
    public let step: Int
    /// The number of steps of the run.
    public let total: Int
    /// The loss over all processes.
    public let loss: Double
    /// The learning rate.
    public let learningRate: Double
    /// Pictures a second, all processes together.
    public let imagesPerSecond: Double
    /// The share of the step's time that it waited for pictures.
    public let dataWait: Double
}
