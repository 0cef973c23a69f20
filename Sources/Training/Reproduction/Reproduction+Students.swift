internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch

extension Reproduction {
    /// The small CLIP of students: verb-tiny half as wide and half as deep, by TinyCLIP's method.
    public static var smallCLIP: PretrainingRecipe {
        var recipe = PretrainingRecipe()
        (recipe.visionWidth, recipe.visionLayers, recipe.textWidth, recipe.textLayers) = (96, 2, 64, 2)
        (recipe.steps, recipe.batch) = (2000, 64)
        return recipe
    }

    /// The CLIP that students start from and the spatial targets, made if they are not there; nil where no row is a
    /// student's.
    ///
    /// Of several processes one makes them while the others wait.
    func prepareStudents(_ events: @escaping @Sendable (Event) -> Void) async throws -> StartingPoint? {
        guard rows.contains(where: { $0.family == .distillation }) else { return nil }
        if let student, student.checkpoint.configuration.kind != .clip {
            throw TrainingError.badRecipe(
                "\(student.checkpoint.path) is \(student.checkpoint.configuration.kind.title), and students start from a "
                    + "CLIP; name one that `verb pretrain` made, or none")
        }
        let lock = try await RunLock.waited(for: RunFolder(folder))
        defer { withExtendedLifetime(lock) {} }
        if student == nil, !FileManager.default.fileExists(atPath: smallPath) {
            try await pretrain(events)
        }
        guard let small = try await smallStart() else { return nil }
        try await SmallCLIPNote(digest: small.digest, steps: student == nil ? studentRecipe.steps : nil)
            .check(in: folder)
        try await makeTargets(small, events)
        return small
    }

    /// Makes the targets that all rows with technique II read.
    private func makeTargets(_ small: StartingPoint, _ events: @escaping @Sendable (Event) -> Void) async throws {
        guard let row = DistillationRow.all.first(where: \.hasSpatial)?.ablation,
            var run = try run(row, seeds[0], small)
        else { return }
        run.spatialModel = start
        try await run.makeTargets { events(.training($0)) }
    }

    /// The small CLIP, if there is one.
    func smallStart() async throws -> StartingPoint? {
        if let student { return student }
        let path = smallPath, tokenizer = start.tokenizer
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let checkpoint = try await TorchThread.run { () throws(ActionModelError) in
            try ActionModelCheckpoint(path: path)
        }
        // It reads texts with the vocabulary of the CLIP that taught it.
        return StartingPoint(checkpoint, tokenizer: tokenizer, hasOwnVocabulary: start.vocabulary != nil)
    }

    private var smallPath: String { folder + "/small" }

    private func pretrain(_ events: @escaping @Sendable (Event) -> Void) async throws {
        let run = try Pretraining(
            studentRecipe, data: CaptionedClips(folder: folder + "/train", split: "train"),
            teacher: PretrainingTeacher(start, inherits: true))
        let outcome = try await run.run { events(.pretraining($0)) }
        let path = smallPath
        try await TorchThread.run { () throws(CLIPError) in
            try outcome.write(to: path, command: "verb reproduce --suite distillation")
        }
    }

    /// The model of a row that students of a seed learn from.
    func teacher(_ row: String, _ seed: UInt64) async throws -> StartingPoint {
        let path = RunFolder(place(row, seed)).last
        guard FileManager.default.fileExists(atPath: path) else {
            throw TrainingError.badRecipe(
                "the teacher of seed \(seed) is the model of \(row), which is not trained yet; run --only \(row) --seeds "
                    + "\(seed) first")
        }
        let checkpoint = try await TorchThread.run { () throws(ActionModelError) in
            try ActionModelCheckpoint(path: path)
        }
        return StartingPoint(checkpoint, tokenizer: start.tokenizer, hasOwnVocabulary: start.vocabulary != nil)
    }

    /// What a student's recipe is told of its start, its teacher and where targets are kept.
    func studentAssignments(
        _ row: Ablation, _ seed: UInt64, _ start: StartingPoint
    ) throws(TrainingError) -> [String] {
        guard row.family == .distillation, case .clip(let clip) = start.checkpoint.configuration else { return [] }
        let sizes: String
        do { sizes = String(decoding: try SortedJSON.bytes(clip, isPretty: false), as: UTF8.self) } catch {
            throw .badRecipe("\(start.checkpoint.path): \(error)")
        }
        return ["model.clip=\(sizes)", "recipe.spatial.folder=\(folder)/spatial-targets", "start.inherit="]
            + (row.startsSmall ? ["start.checkpoint=\(start.checkpoint.path)"] : [])
            + (row.teacher.map { ["recipe.teacher.checkpoint=\(RunFolder(place($0, seed)).last)"] } ?? [])
    }
}
