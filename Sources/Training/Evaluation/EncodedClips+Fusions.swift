internal import ActionModels
internal import Datasets
internal import Torch

extension EncodedClips {
    /// What every way of making one answer of two heads gives.
    ///
    /// Source: the page of the threefold distillation, section 4.4.
    ///
    /// - Parameters:
    ///   - labels: what to score against.
    ///   - scoring: the model's rule for texts; nil for models without a text tower.
    ///   - list: the list that was encoded.
    ///   - classes: the names of the labels.
    ///   - task: whether classes exclude one another.
    /// - Returns: top-1 by the fusion's name, what cannot be read counted as wrong; nil for models with one head, or
    ///   without texts.
    /// - Throws: `TrainingError.badEvaluation` for a list without videos.
    @TorchActor
    func fusions(
        of labels: ActionLabels, by scoring: TextScoring?, in list: [VideoSample], classes: [String],
        _ task: ClassificationLoss.Task = .single
    ) throws(TrainingError) -> [String: Double]? {
        guard tokens != nil, case .texts = labels, let scoring else { return nil }
        var top1: [String: Double] = [:]
        for fusion in ViewFusion.allCases {
            let scores = scores(of: labels, by: scoring.fusing(by: fusion), in: list, classes: classes, task)
            top1[fusion.rawValue] = try ClassificationReport(scores).top1OverAll
        }
        return top1
    }
}
