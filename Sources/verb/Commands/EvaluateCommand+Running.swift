import ActionModels
import CLIP
import Datasets
import Foundation
import Recognition
import Torch
import Training

extension EvaluateCommand {
    /// Evaluates what the options say.
    func outcome(_ group: ProcessGroup) async throws -> EvaluationOutcome {
        let wanted = method ?? .supervised
        let models = EvaluatedModels(model, frames: clips.frames, isQuiet: group.rank > 0)
        let files = try await models.files(model.model)
        let settings = try settings(files, models)
        let lists = EvaluatedLists(reading: reading, competing: among)
        var evaluation = try Evaluation(wanted, lists.read(self.lists, for: wanted), settings, group: group)
        evaluation.halves = try halves.map { try ClassHalves(folder: $0) }

        var scores = [try await self.scores(evaluation, files, "model")]
        for name in moreModels {
            scores.append(try await self.scores(evaluation, try await models.files(name), name))
        }
        let frozen = try await baselineScores(evaluation, scores[0], files, models)
        let draws = try draws(of: scores.map(\.model.path))
        var outcome = try EvaluationOutcome(evaluation, scores, draws: draws, baseline: frozen)
        if let interpolate {
            let start = try await models.files(interpolate)
            outcome.curve = try await curve(evaluation, from: start, to: files)
        }
        return outcome
    }

    /// How all models are evaluated.
    func settings(_ files: ModelFiles, _ models: EvaluatedModels) throws -> EvaluationSettings {
        let own = try ModelClips.read(besideModel: files.checkpoint.path)
        let (clips, frames, origin) = try clips.settings(for: files.checkpoint, own)
        models.note(
            "clips: \(frames) frames, \(clips.sampling.words), \(clips.temporalViews) x \(clips.crops) views, short side "
                + "\(clips.shortSide), \(clips.resize.rawValue) (\(origin))")
        let rule = labelText ?? own?.text ?? .standard
        var settings = EvaluationSettings(clips: clips, frames: frames, labelText: rule)
        (settings.head, settings.workers) = (scoreBy, workers)
        settings.templates = prompt.isEmpty ? nil : prompt.compactMap(PromptTemplate.init)
        return settings
    }

    /// Scores the lists by a model, and shows how far it is.
    func scores(_ evaluation: Evaluation, _ files: ModelFiles, _ title: String) async throws -> EvaluationScores {
        let model = try await files.evaluationModel()
        let progress = evaluation.group.rank == 0 ? ProgressReporter(title, unit: "videos") : nil
        return try await evaluation.scores(of: model) { progress?.update($0, of: $1) }
    }

    /// Scores the lists by the frozen CLIP, if there is one.
    func baselineScores(
        _ evaluation: Evaluation, _ own: EvaluationScores, _ files: ModelFiles, _ models: EvaluatedModels
    ) async throws -> EvaluationScores? {
        guard let frozen = try await models.baseline(of: files, named: baseline) else { return nil }
        guard evaluation.lists.allSatisfy({ $0.classes != nil }) || own.model.classNames != nil else {
            models.note("note: nothing names the classes, so the frozen CLIP cannot be asked for them")
            return nil
        }
        var settings = evaluation.settings
        settings.head = .texts
        let (side, other) = (own.model.configuration.vision.imageSize, frozen.checkpoint.configuration.vision.imageSize)
        settings.clips.shortSide = settings.clips.shortSide * other / side
        var same = try Evaluation(evaluation.protocol, own.lists, settings, group: evaluation.group)
        same.halves = evaluation.halves
        return try await scores(same, frozen, "frozen CLIP")
    }

    private func curve(
        _ evaluation: Evaluation, from start: ModelFiles, to tuned: ModelFiles
    ) async throws -> InterpolationCurve {
        let line = try await InterpolatedModels(
            from: start.checkpoint, to: tuned.checkpoint, tokenizer: tuned.tokenizer)
        if line.additions > 0, evaluation.group.rank == 0 {
            Notices.write(
                "note: \(start.checkpoint.path) lacks \(line.additions) of the model's \(tuned.checkpoint.tensors.count) "
                    + "tensors; they are the tuned ones on the whole line")
        }
        let unseen = try zeroShotList.map { try zeroShot($0, evaluation) }
        let progress = evaluation.group.rank == 0 ? ProgressReporter("between start and tuned", unit: "videos") : nil
        return try await line.curve(evaluation, zeroShot: unseen) { coefficient, done, total in
            progress?.update(done, of: total, String(format: "at %.1f", coefficient))
        }
    }

    private func zeroShot(_ path: String, _ evaluation: Evaluation) throws -> Evaluation {
        var options = reading.options
        options.classes = zeroShotClasses
        let list = try VideoList(reading: path, options)
        var settings = evaluation.settings
        settings.head = .texts
        return try Evaluation(
            .zeroShotFull, [EvaluationList(list, onlyOccurring: among == .occurring)], settings, group: evaluation.group
        )
    }
}
