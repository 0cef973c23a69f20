internal import ActionModels
internal import CLIP
public import Datasets
internal import Foundation
public import Torch

/// The predictions of a teacher about a list of videos, made once.
///
/// Each video is seen once, its first view of evaluation. With several processes each has a part of the list.
/// Source: the page of the threefold distillation, section 4.3, `cached`.
public struct TeacherPredictionRun: Sendable {
    /// The teacher.
    public let teacher: EvaluationModel
    /// The videos that will be trained on.
    public let list: VideoList
    /// The names of the classes as sentences hold them.
    public let classes: [String]
    /// How the teacher's clips are made.
    public let clips: EvaluationClips
    /// The number of frames of a clip.
    public let frames: Int
    /// The processes that share the list.
    public var group = ProcessGroup.alone
    /// The number of threads that decode; nil means one less than the cores.
    public var workers: Int?

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - teacher: a model that is asked by texts.
    ///   - list: the videos that will be trained on.
    ///   - classes: the names of the classes as sentences hold them.
    ///   - clips: how the student is evaluated; other sizes of pictures are taken over by proportion.
    ///   - student: the number of frames and the side of pictures of the student.
    public init(
        _ teacher: EvaluationModel, _ list: VideoList, classes: [String], clips: EvaluationClips,
        student: (frames: Int, imageSize: Int)
    ) {
        (self.teacher, self.list, self.classes) = (teacher, list, classes)
        frames = teacher.model.frames ?? student.frames
        let side = teacher.model.vision.imageSize
        var own = clips
        if side != student.imageSize { own.shortSide = max(side, clips.shortSide * side / student.imageSize) }
        self.clips = own
    }

    /// Makes the predictions, or finds those that are there already.
    ///
    /// - Parameters:
    ///   - path: the folder; made if it is missing.
    ///   - progress: told how many batches are done, and of how many.
    /// - Throws: `TrainingError.teacherPredictions`, `badRecipe` for a model that cannot teach, `CancellationError`.
    public func write(to path: String, _ progress: @Sendable (Int, Int) -> Void = { _, _ in }) async throws {
        let folder = TeacherPredictionsFolder(path), scoring = try await teacher.asTeacher
        if folder.isFinished { return try await checkFinished(folder) }
        var loading = LoaderSettings()
        loading.batch = max(1, 32 / clips.views) * group.size
        loading.normalization = teacher.normalization
        loading.workers = workers ?? loading.workers
        loading.shard = Shard(rank: group.rank, count: group.size)
        let loader = try ClipLoader(
            list.samples, evaluation: clips, frames: frames, imageSize: teacher.model.vision.imageSize,
            settings: loading)
        let encoded = try await ClipEncoding(
            teacher.model, loader, normalization: teacher.normalization, group: group
        ).run(progress)
        if let (position, reason) = encoded.unreadable.min(by: { $0.key < $1.key }) {
            throw TrainingError.teacherPredictions(
                path: path, .unreadableVideo(list.samples[position].source.path, reason: reason))
        }
        guard group.rank == 0 else { return }
        try await finish(encoded, scoring, folder)
    }

    /// Scores the videos, and writes.
    @TorchActor
    private func finish(
        _ encoded: EncodedClips, _ scoring: (scoring: TextScoring, tokenizer: Tokenizer),
        _ folder: TeacherPredictionsFolder
    ) throws {
        guard let embeddings = encoded.embeddings else {
            throw TrainingError.badRecipe("\(list.path): there are no videos to ask the teacher \(teacher.path) about")
        }
        let features = ClipFeatures(
            embedding: embeddings.select(1, 0), token: encoded.tokens?.select(1, 0))
        let labels = try teacher.classFeatures(classes, scoring.scoring, scoring.tokenizer)
        let scores = withoutGradient { TeacherScores(features, of: labels, by: scoring.scoring) }
        let tensors = ["logits": scores.logits.to(dtype: .float16), "labels": scores.labels]
        try folder.write(
            tensors,
            TeacherPredictionsManifest(
                source, list: list.path,
                videos: list.samples.map { SpatialVideoName.name(of: $0.source, root: list.root) },
                predictionsSHA256: WeightDigest.sha256(of: tensors)))
    }

    @TorchActor
    private func checkFinished(_ folder: TeacherPredictionsFolder) throws(TrainingError) {
        try check(try folder.manifest(), at: folder.path)
        _ = try TeacherPredictions(at: folder.path, for: list.samples, classes: classes)
    }

    /// Refuses predictions that were made otherwise.
    func check(_ manifest: TeacherPredictionsManifest, at path: String) throws(TrainingError) {
        let differences = manifest.source.mismatches(with: source)
        guard differences.isEmpty else { throw .teacherPredictions(path: path, .otherSource(differences)) }
    }

    /// What the predictions are made of.
    var source: TeacherPredictionsManifest.Source {
        TeacherPredictionsManifest.Source(
            teacher: teacher.path, teacherSHA256: teacher.digest, teacherArchitecture: teacher.architectureDigest,
            classes: classes, clips: clips, frames: frames, imageSize: teacher.model.vision.imageSize,
            normalization: teacher.normalization)
    }
}
