internal import ActionModels
internal import CLIP
public import Datasets
internal import Foundation
internal import Torch

/// The spatial prediction of a list of videos: from videos to a folder of targets.
///
///     videos -> answers about F frames each -> prior, mixing, information over the list -> spatial_targets.safetensors
///
/// One video at a time is in memory, and a row of answers of each. An interrupted run goes on where it was; a finished
/// one is found again. Source: the threefold distillation page, section 3.2.
public struct SpatialPredictionRun: Sendable {
    /// The frozen CLIP.
    public let model: EvaluationModel
    /// The questions.
    public let vocabulary: SpatialVocabulary
    /// How answers become targets.
    public let prediction: SpatialPrediction
    /// The videos that will be trained on.
    public let list: VideoList
    /// The number of threads that decode; nil means one less than the cores.
    public var workers: Int?

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - model: a CLIP.
    ///   - vocabulary: the questions.
    ///   - prediction: how answers become targets.
    ///   - list: the videos that will be trained on.
    /// - Throws: `TrainingError.badPrediction` for settings that cannot be, or need actions that the list does not have;
    ///   `badVocabulary` for labels that are names of the list's actions.
    public init(
        _ model: EvaluationModel, _ vocabulary: SpatialVocabulary, _ prediction: SpatialPrediction, _ list: VideoList
    ) throws(TrainingError) {
        try prediction.validate(for: vocabulary)
        if let classes = list.classes { try vocabulary.check(againstActions: classes.names) }
        let needsActions = prediction.actionMixing > 0 || prediction.minInformation != nil
        guard !needsActions || list.samples.allSatisfy({ !$0.labels.isEmpty }) else {
            throw .badPrediction(
                "\(list.path) has videos without a label; action mixing and the information about actions need one")
        }
        (self.model, self.vocabulary, self.prediction, self.list) = (model, vocabulary, prediction, list)
    }

    /// Makes the targets.
    ///
    /// - Parameters:
    ///   - path: the folder; made if it is missing.
    ///   - progress: told how many videos were looked at, and of how many.
    /// - Returns: what the answers say.
    /// - Throws: `TrainingError.spatialTargets`, `TrainingError.badPrediction` for another model than a CLIP,
    ///   `CancellationError`, after which the same run goes on.
    public func write(
        to path: String, _ progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> SpatialReport {
        let folder = SpatialFolder(path), source = source
        if folder.isFinished { return try finished(folder, source) }
        try folder.make()
        let predictor = try await SpatialPredictor(model, vocabulary.groups, prediction)
        let answers = await SpatialAnswers(predictor, model.normalization)
        let digest = try WeightDigest.sha256(of: SortedJSON.bytes(source.withoutPaths, isPretty: false))
        try await answers.restore(from: folder.draftPath, digest, of: list.samples.count)
        do { try await ask(answers, folder, digest, progress) } catch {
            // Whatever stops it, the next run goes on from here.
            if await answers.done > 0 { try await answers.save(to: folder.draftPath, digest) }
            throw error
        }
        return try await finish(answers, folder, source)
    }

    /// The targets that are there already, if they were made the same way.
    private func finished(_ folder: SpatialFolder, _ source: SpatialManifest.Source) throws(TrainingError)
        -> SpatialReport
    {
        let differences = try folder.manifest().source.differences(from: source)
        guard differences.isEmpty else { throw .spatialTargets(path: folder.path, .otherSettings(differences)) }
        _ = try SpatialTargets(at: folder.path, for: list.samples)
        return try SortedJSON.read(from: folder.reportPath)
    }

    /// Looks at the videos that are left, and keeps the answers every now and then.
    private func ask(
        _ answers: SpatialAnswers, _ folder: SpatialFolder, _ digest: String, _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        let total = list.samples.count, every = max(64, total / 50)
        var loading = LoaderSettings()
        (loading.batch, loading.normalization) = (1, model.normalization)
        loading.workers = workers ?? loading.workers
        let loader = try ClipLoader(
            list.samples, evaluation: clips, frames: prediction.frames,
            imageSize: model.configuration.vision.imageSize, settings: loading)
        let first = await answers.done
        guard first < total else { return }
        for try await batch in loader.batches(epoch: 0, from: first) {
            try Task.checkCancellation()
            await answers.add(batch)
            let done = await answers.done
            if done.isMultiple(of: every) { try await answers.save(to: folder.draftPath, digest) }
            progress(done, total)
        }
    }

    /// Goes through the steps over the whole list, and writes.
    @TorchActor
    private func finish(
        _ answers: SpatialAnswers, _ folder: SpatialFolder, _ source: SpatialManifest.Source
    ) throws(TrainingError) -> SpatialReport {
        let samples = list.samples, n = samples.count
        let unreadable = answers.unreadable.sorted { $0.key < $1.key }.map { position, reason in
            UnreadableVideo(
                path: samples[position].source.path, reason: reason, labels: samples[position].labels,
                position: position)
        }
        guard !answers.positions.isEmpty else {
            throw .spatialTargets(path: list.path, .nothingReadable(unreadable.first?.reason ?? "the list is empty"))
        }
        let labels = answers.positions.compactMap { samples[$0].labels.first }
        let actions = labels.count == answers.positions.count ? labels : nil
        let results = zip(vocabulary.groups, answers.answers()).map {
            SpatialGroupTargets($0, $1, actions: actions, prediction)
        }
        let kept = results.filter(\.report.isKept)
        guard !kept.isEmpty else {
            throw .spatialTargets(
                path: folder.path,
                .nothingLeft(results.first.map { "\($0.group.name): \($0.report.reason ?? "")" } ?? ""))
        }
        var matrices: [String: Tensor] = [:]
        for result in kept { matrices[result.group.name] = matrix(result, answers.positions, of: n) }
        let manifest = SpatialManifest(
            source, try SpatialVocabulary(name: vocabulary.name, groups: kept.map(\.group)),
            videos: samples.map { SpatialVideoName.name(of: $0.source, root: list.root) }, unreadable: unreadable,
            targetsSHA256: WeightDigest.sha256(of: matrices))
        let report = SpatialReport(videos: n, unreadable: unreadable, groups: results.map(\.report))
        try folder.write(matrices, manifest, report)
        return report
    }

    /// The targets of all videos; of those that could not be read they are uniform.
    private func matrix(_ result: SpatialGroupTargets, _ positions: [Int], of videos: Int) -> Tensor {
        let k = result.group.labels.count
        let rows = Tensor(positions).unsqueezed(1).expanded(positions.count, k)
        return Tensor.full([videos, k], 1 / Double(k)).scattered(0, rows, from: result.targets).to(dtype: .float16)
    }

    /// The centres of equal parts, as CLIP is evaluated.
    private var clips: EvaluationClips { .released(for: .clip, model.preprocessing) }

    /// What the targets are made of.
    var source: SpatialManifest.Source {
        SpatialManifest.Source(
            vocabulary: vocabulary.name, vocabularySHA256: vocabulary.digest,
            clip: SpatialManifest.Predictor(
                path: model.path, sha256: model.digest, activation: model.configuration.activation.rawValue),
            clips: clips, imageSize: model.configuration.vision.imageSize, normalization: model.normalization,
            prediction: prediction, list: list.path, listSHA256: list.digest, actionsSHA256: list.classes?.digest)
    }
}
