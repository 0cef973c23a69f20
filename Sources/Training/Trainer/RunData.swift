internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

/// The lists of a run, with classes that agree.
struct RunData: Sendable {
    let train: VideoList
    let validation: [VideoSample]?
    let classes: ClassList
    private let recipe: TrainingRecipe
    private let group: ProcessGroup

    init(_ recipe: TrainingRecipe, _ group: ProcessGroup) throws {
        self.recipe = recipe
        self.group = group
        train = try VideoList(reading: recipe.lists.train.path, recipe.lists.train.options)
        guard let classes = train.classes else {
            throw TrainingError.badRecipe(
                "\(train.path) has no class names; put classes.txt beside it, or name the file as lists.train.classes")
        }
        self.classes = classes
        let unlabelled = train.samples.first {
            $0.labels.isEmpty || ($0.labels.count > 1 && recipe.run.task == .single)
        }
        if let unlabelled {
            throw TrainingError.badRecipe(
                "\(unlabelled.source.path) has \(unlabelled.labels.count) labels; "
                    + (unlabelled.labels.isEmpty ? "every clip needs one" : "--set run.task=multiple allows several"))
        }
        validation = try recipe.lists.validation.map { reference in
            let list = try VideoList(reading: reference.path, reference.options)
            guard let own = list.classes, own.digest != classes.digest else { return list.samples }
            let places = try own.mapping(to: classes)
            return list.samples.map { VideoSample(source: $0.source, labels: $0.labels.map { places[$0] }) }
        }
    }

    /// The names of the classes as sentences hold them.
    func names(_ rule: LabelText?) -> [String] { classes.names.map((rule ?? .standard).text) }

    /// Clips to train on, this process's part.
    func trainingLoader(batch: Int, _ normalization: PixelNormalization) throws -> ClipLoader {
        guard let clips = recipe.preset.data?.training else { fatalError("RunData: a recipe without training clips") }
        var settings = settings(batch: batch, normalization)
        settings.dropsLast = recipe.run.dropsLast
        if recipe.run.isFixed, let fixed = recipe.preset.data?.evaluation {
            return try ClipLoader(
                train.samples, fixed: fixed, frames: frames, imageSize: imageSize, settings: settings)
        }
        try clips.checkMirroring(of: classes.names)
        return try ClipLoader(
            train.samples, training: clips, frames: frames, imageSize: imageSize, settings: settings)
    }

    /// Clips of a list as they are evaluated, this process's part.
    func evaluationLoader(_ samples: [VideoSample], _ normalization: PixelNormalization) throws -> ClipLoader {
        guard let clips = recipe.preset.data?.evaluation else { fatalError("RunData: a recipe without clips") }
        let batch = max(1, 32 / clips.views) * group.size
        return try ClipLoader(
            samples, evaluation: clips, frames: frames, imageSize: imageSize,
            settings: settings(batch: batch, normalization))
    }

    var frames: Int { recipe.preset.model.configuration.frames ?? 8 }
    var imageSize: Int { recipe.preset.model.configuration.vision.imageSize }

    private func settings(batch: Int, _ normalization: PixelNormalization) -> LoaderSettings {
        var settings = LoaderSettings()
        (settings.seed, settings.batch, settings.normalization) = (recipe.run.seed, batch, normalization)
        settings.workers = recipe.run.workers ?? settings.workers
        (settings.skipLimit, settings.deadline) = (recipe.run.skipLimit, recipe.run.deadline)
        settings.shard = Shard(rank: group.rank, count: group.size)
        return settings
    }
}
