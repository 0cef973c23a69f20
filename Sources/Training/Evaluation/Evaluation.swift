internal import ActionModels
internal import CLIP
internal import Datasets
public import Torch

/// The evaluation of models on lists of videos by a protocol.
///
///     lists -> every video encoded once, over all processes -> scores against classes or texts -> the protocol's figures
///
/// Videos that cannot be read are listed, and wrong. Each video is encoded by itself, so that no figure depends on the
/// number of processes.
public struct Evaluation: Sendable {
    /// How the figures come about.
    public let `protocol`: EvaluationProtocol
    /// The lists, whose videos may be the same.
    public let lists: [EvaluationList]
    /// How models are evaluated.
    public let settings: EvaluationSettings
    /// The names of base and novel classes, for that protocol.
    public var halves: ClassHalves?
    /// The processes that share the lists.
    public let group: ProcessGroup

    /// Prepares an evaluation.
    ///
    /// - Parameters:
    ///   - protocol: how the figures come about.
    ///   - lists: one, or several of ``EvaluationProtocol/zeroShotSplits``.
    ///   - settings: how models are evaluated.
    ///   - group: the processes that share the lists.
    /// - Throws: `TrainingError.badEvaluation` for a number of lists that the protocol does not have.
    public init(
        _ protocol: EvaluationProtocol, _ lists: [EvaluationList], _ settings: EvaluationSettings,
        group: ProcessGroup = .alone
    ) throws(TrainingError) {
        guard !lists.isEmpty, lists.count == 1 || `protocol` == .zeroShotSplits else {
            throw .badEvaluation("\(lists.count) lists; \(`protocol`.rawValue) takes one")
        }
        (self.protocol, self.lists, self.settings, self.group) = (`protocol`, lists, settings, group)
    }

    /// Scores every video of the lists by one model.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - progress: told how many videos of this process are done, and of how many.
    /// - Returns: the scores against the model's trained classes or each list's own, the same in all processes.
    /// - Throws: `TrainingError.badEvaluation` for a model that cannot be asked, `DatasetError` for classes that differ
    ///   from the trained ones or clips that cannot be, `TokenizerError`, `ProcessGroupError`, `CancellationError`.
    public func scores(
        of model: EvaluationModel, _ progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> EvaluationScores {
        try await verifySame(model)
        let head = try head(of: model)
        let lists = try head == .classes ? numbered(for: model) : lists
        let pool = VideoPool(lists)
        let encoded = try await ClipEncoding(
            model.model, try loader(pool.samples, model), normalization: model.normalization, group: group
        ).run(progress)
        var tables: [ClipScores] = [], digests: [String] = [], fusions: [[String: Double]] = []
        for (list, places) in zip(lists, pool.places) {
            let (question, names) = try question(model, list, head)
            let labels = try await question.labels(for: model.model)
            let part = await encoded.selecting(places)
            let task: ClassificationLoss.Task = list.isMultiLabel ? .multiple : .single, rule = model.model.textScoring
            tables.append(await part.scores(of: labels, by: rule, in: list.samples, classes: names, task))
            let heads = try await part.fusions(of: labels, by: rule, in: list.samples, classes: names, task)
            if let heads { fusions.append(heads) }
            digests.append(FrameIndexDigest.sha256(of: Self.frames(of: part, list)))
        }
        return EvaluationScores(
            model: model, head: head, lists: lists, tables: tables, indicesDigests: digests, fusions: fusions)
    }

    /// Checks that all processes evaluate the same model on the same lists in the same way.
    @TorchActor
    private func verifySame(_ model: EvaluationModel) throws(ProcessGroupError) {
        var settings = settings
        settings.workers = nil
        try group.verifySame("\(`protocol`.rawValue), \(settings)", "how models are evaluated")
        let texts = lists.map { "\($0.digest), classes \($0.classes?.digest ?? "unnamed")" }
        try group.verifySame(texts.joined(separator: "\n"), "the lists")
        try group.verifySame(model.digest, "the weights")
    }

    /// By what a model scores.
    ///
    /// - Parameter model: the model.
    /// - Returns: what the settings say, else what the protocol suggests.
    /// - Throws: `TrainingError.badEvaluation` for a model that cannot.
    public func head(of model: EvaluationModel) throws(TrainingError) -> EvaluationSettings.Head {
        let isTrained = `protocol` == .supervised || `protocol` == .fewShot
        let head = settings.head ?? (isTrained && model.model.classes != nil ? .classes : .texts)
        let title = model.configuration.kind.title
        switch head {
        case .classes where model.model.classes == nil:
            throw .badEvaluation(
                "\(model.path): \(title) has no trained classes; --score-by texts asks for class names")
        case .classes where `protocol` == .baseToNovel:
            throw .badEvaluation("base-to-novel asks each half for its own texts; trained classes cannot be asked")
        case .texts where model.tokenizer == nil:
            throw .badEvaluation(
                "\(model.path): \(title) has no text tower and knows its trained classes only; "
                    + "\(isTrained ? "--score-by classes asks for them" : "supervised and few-shot evaluate those")")
        default: return head
        }
    }

    private func numbered(for model: EvaluationModel) throws(DatasetError) -> [EvaluationList] {
        let count = model.model.classes ?? 0
        return try lists.map { list throws(DatasetError) in try list.numbered(by: model.classNames, count: count) }
    }

    private func question(
        _ model: EvaluationModel, _ list: EvaluationList, _ head: EvaluationSettings.Head
    ) throws(DatasetError) -> (LabelQuestion, [String]) {
        guard let classes = list.classes else {
            throw .badOption("\(list.path): nothing names its classes; give their list with --classes")
        }
        guard head == .texts, let tokenizer = model.tokenizer else { return (.trained, classes.names) }
        let texts = LabelTexts(
            names: classes.names.map(settings.labelText.text), templates: settings.templates, tokenizer: tokenizer)
        return (.texts(texts), classes.names)
    }

    private func loader(_ samples: [VideoSample], _ model: EvaluationModel) throws(DatasetError) -> ClipLoader {
        var loading = LoaderSettings()
        // One video at a time: products of other sizes may round otherwise.
        (loading.batch, loading.normalization) = (group.size, model.normalization)
        loading.workers = settings.workers ?? loading.workers
        loading.shard = Shard(rank: group.rank, count: group.size)
        return try ClipLoader(
            samples, evaluation: settings.clips, frames: settings.frames,
            imageSize: model.configuration.vision.imageSize, settings: loading)
    }

    private static func frames(of part: EncodedClips, _ list: EvaluationList) -> [(path: String, views: [[Int]])] {
        let numbers = Dictionary(uniqueKeysWithValues: zip(part.positions, part.frameNumbers))
        return list.samples.enumerated().map { ($1.source.path, numbers[$0] ?? []) }
    }
}

/// The videos of several lists, each once.
struct VideoPool {
    private(set) var samples: [VideoSample] = []
    /// For each list the place of each of its videos.
    private(set) var places: [[Int]] = []

    init(_ lists: [EvaluationList]) {
        var known: [VideoSource: Int] = [:]
        for list in lists {
            places.append(
                list.samples.map { sample in
                    if let place = known[sample.source] { return place }
                    known[sample.source] = samples.count
                    samples.append(sample)
                    return samples.count - 1
                })
        }
    }
}
