public import Datasets

/// How a released model was given its clips.
public struct PresetData: Sendable, Equatable, Codable {
    /// The clips of training; nil for models that are used as they are.
    public var training: TrainingClips?
    /// The clips of evaluation.
    public var evaluation: EvaluationClips

    /// The first setting that cannot be, and where it stands below `data`.
    func problem(imageSize: Int) -> ClipProblem? {
        training?.problem(imageSize: imageSize)?.below("training")
            ?? evaluation.problem(imageSize: imageSize)?.below("evaluation")
    }
}
