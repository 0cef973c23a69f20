internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

/// The lists of a run, with classes that agree.
struct RunData: Sendable {
    let train: VideoList
    let validation: [VideoSample]?
    /// SHA-256 of the list that is evaluated on.
    let validationDigest: String?
    let classes: ClassList
    private let recipe: TrainingRecipe
    private let group: ProcessGroup

    init(_ recipe: TrainingRecipe, _ group: ProcessGroup) throws {
        self.recipe = recipe
        self.group = group
        train = try Self.list(recipe.lists.train, recipe.run.task)
        guard let classes = train.classes else {
            throw TrainingError.badRecipe(
                "\(train.path) has no class names; put classes.txt beside it, or name the file as lists.train.classes")
        }
        self.classes = classes
        let validation = try recipe.lists.validation.map { try Self.list($0, recipe.run.task) }
        validationDigest = validation?.digest
        self.validation = try validation.map { try Self.samples(of: $0, as: classes) }
    }

    /// Reads a list whose videos have as many classes as the task says.
    private static func list(_ reference: ListReference, _ task: ClassificationLoss.Task) throws -> VideoList {
        let list = try VideoList(reading: reference.path, reference.options)
        let wrong = list.samples.first { sample in
            switch task {
            case .single: sample.labels.count != 1
            case .multiple: sample.labels.isEmpty && !list.isMultiLabel
            }
        }
        guard let wrong else { return list }
        let remedy =
            switch task {
            case .single where wrong.labels.isEmpty: "every clip needs one"
            case .single: "--set run.task=multiple allows several"
            case .multiple: "only lists of the format multi-label say that a clip shows none of the classes"
            }
        throw TrainingError.badRecipe(
            "\(list.path): \(wrong.source.path) has \(wrong.labels.count) labels; \(remedy)")
    }

    /// The videos of a list with the numbers of other classes.
    private static func samples(of list: VideoList, as classes: ClassList) throws -> [VideoSample] {
        if let own = list.classes, own != classes {
            let places = try own.mapping(to: classes)
            return list.samples.map { VideoSample(source: $0.source, labels: $0.labels.map { places[$0] }) }
        }
        if let wrong = list.samples.first(where: { !$0.labels.allSatisfy(classes.names.indices.contains) }) {
            throw TrainingError.badRecipe(
                "\(list.path): \(wrong.source.path) is of class \(wrong.labels.max() ?? 0), but \(classes.count) are "
                    + "trained; name the list's own classes as lists.validation.classes")
        }
        return list.samples
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
