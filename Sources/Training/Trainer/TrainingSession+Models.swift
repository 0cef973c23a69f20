internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch
internal import Video

extension TrainingSession {
    /// Evaluates the model, or the average of its weights where there is one.
    ///
    /// - Parameters:
    ///   - samples: the list; its labels are positions in the classes.
    ///   - loader: of these samples, this process's part.
    ///   - classes: the names of the classes.
    ///   - names: the same as sentences hold them.
    ///   - tokenizer: of models that are asked by texts.
    ///   - progress: told how many batches are done, and of how many.
    /// - Returns: the scores of all processes' videos.
    /// - Throws: `TokenizerError`, `ProcessGroupError`, `CancellationError`.
    func evaluate(
        _ samples: [VideoSample], _ loader: ClipLoader, classes: [String], names: [String], tokenizer: Tokenizer?,
        _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> ClipScores {
        average?.swap()
        defer { average?.swap() }
        let model = method.model
        let question: LabelQuestion =
            if method.answersByTexts, let tokenizer {
                .texts(LabelTexts(names: names, tokenizer: tokenizer))
            } else {
                .trained
            }
        let labels = try question.labels(for: model)
        let encoded = try await ClipEncoding(model, loader, normalization: normalization, group: group).run(progress)
        return encoded.scores(of: labels, by: model.textScoring, in: samples, classes: classes, settings.task)
    }

    /// Writes the model, or the average of its weights, as a directory.
    func writeModel(
        to path: String, _ run: TrainingRun, _ data: RunData, _ report: ClassificationReport?
    ) throws {
        average?.swap()
        defer { average?.swap() }
        let configuration = method.configuration
        var contents = ActionModelDirectory.Contents(
            configuration: configuration, preprocessing: preprocessing(run, configuration),
            classNames: configuration.classes == nil ? nil : data.classes.names, vocabulary: run.start.vocabulary,
            card: ModelCard(run: run, data: data, report: report).text)
        if let clips = run.recipe.preset.data?.evaluation {
            contents.files[ModelClips.fileName] = try ModelClips(clips: clips, text: run.recipe.lists.text).json()
        }
        // What a student is trained beside is no part of it.
        let tensors = method.parameters.tensors.filter { !SpatialObjectives.owns($0.key) }.mapValues { $0.detached() }
        try run.folder.replace(path) { path throws(ActionModelError) in
            try ActionModelDirectory.write(contents, tensors: tensors, to: path)
        }
    }

    /// How single pictures become the model's input, as near as 8-bit pictures allow.
    private func preprocessing(_ run: TrainingRun, _ configuration: ActionModelConfiguration) -> Preprocessing {
        var result = configuration.referencePreprocessing
        (result.mean, result.std) = (normalization.mean, normalization.std)
        guard let clips = run.recipe.preset.data?.evaluation else { return result }
        result.shortSide = clips.shortSide == result.imageSize ? nil : clips.shortSide
        switch clips.resize {
        case .bilinear, .pillowBilinear: result.interpolation = .bilinear
        case .bicubic, .pillowBicubic: result.interpolation = .bicubic
        }
        return result
    }
}
