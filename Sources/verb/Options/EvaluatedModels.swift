import ActionModels
import Datasets
import Foundation
import Recognition
import Torch
import Training

/// The models of an evaluation: finds and reads them, their recipes, and the frozen CLIP beside them.
struct EvaluatedModels {
    let options: ModelOptions
    let frames: Int?
    /// Whether another process tells the user what is worth knowing.
    let isQuiet: Bool
    private let library = ModelLibrary.withHubCache

    init(_ options: ModelOptions, frames: Int?, isQuiet: Bool) {
        (self.options, self.frames, self.isQuiet) = (options, frames, isQuiet)
    }

    /// Reads a model's files.
    func files(_ name: String?, _ options: ActionModelOptions? = nil) async throws -> ModelFiles {
        let reference = try library.locate(name), vocabulary = self.options.vocabulary, library = library
        let reading = try options ?? self.options.video.options(frames: frames, library)
        let files = try await TorchThread.run { () throws(RecognitionError) in
            try library.files(of: reference, options: reading, vocabulary: vocabulary)
        }
        for warning in files.checkpoint.warnings { note("warning: \(files.checkpoint.path): \(warning)") }
        return files
    }

    /// The recipe of the run whose model `best` or `last` this is; nil for other models.
    func recipe(of model: String) -> TrainingRecipe? {
        let place = URL(fileURLWithPath: model).standardizedFileURL
        let folder = RunFolder(place.deletingLastPathComponent().path)
        guard ["best", "last"].contains(place.lastPathComponent), FileManager.default.fileExists(atPath: folder.recipe)
        else { return nil }
        do { return try TrainingRecipe(contentsOf: folder.recipe) } catch {
            note("warning: the recipe beside the model is left aside: \(error)")
            return nil
        }
    }

    /// The frozen CLIP that stands beside a model; nil where there is none, which is told.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - named: what the user says: a model, `none`, or nothing.
    /// - Returns: its files; nil also where the model is a CLIP itself.
    /// - Throws: `RecognitionError` for a model that cannot be found or used.
    func baseline(of model: ModelFiles, named: String?) async throws -> ModelFiles? {
        if named == "none" { return nil }
        if let named {
            let files = try await files(named, ActionModelOptions())
            guard files.tokenizer != nil else {
                throw TrainingError.badEvaluation("\(named): the baseline is asked for texts, and has no text tower")
            }
            return files
        }
        if model.checkpoint.configuration.kind == .clip { return nil }
        if let start = try await start(of: model.checkpoint.path) { return start }
        let bundled = try await files(BundledModel.clip.name, ActionModelOptions())
        if bundled.checkpoint.configuration.vision == model.checkpoint.configuration.vision { return bundled }
        note("note: there is no frozen CLIP to compare with; name the model's start with --baseline")
        return nil
    }

    /// The CLIP at the beginning of the runs that a model came out of.
    private func start(of model: String) async throws -> ModelFiles? {
        var model = model
        for _ in 0..<8 {
            guard let name = recipe(of: model)?.start.checkpoint else { return nil }
            let files: ModelFiles
            do { files = try await self.files(name, ActionModelOptions()) } catch {
                note("note: the run's start \(name) is not the baseline: \(error)")
                return nil
            }
            if files.checkpoint.configuration.kind == .clip { return files }
            model = files.checkpoint.path
        }
        return nil
    }

    func note(_ line: String) {
        if !isQuiet { Notices.write(line) }
    }
}

extension ModelFiles {
    /// Builds the model.
    func evaluationModel() async throws -> EvaluationModel {
        try await EvaluationModel(checkpoint, tokenizer: tokenizer)
    }
}
