package import Torch

/// The targets of a group over the readable videos of a list, and what became of it.
package struct SpatialGroupTargets {
    /// With the labels that are left.
    package let group: SpatialGroup
    /// `[n, K]`.
    package let targets: Tensor
    /// What became of the group.
    package let report: SpatialReport.Group

    /// Goes through the steps 5 to 8.
    ///
    /// - Parameters:
    ///   - group: with all its labels.
    ///   - answers: what the predictor said of each readable video `[n, K]`.
    ///   - actions: the action of each; nil where the list has none.
    ///   - prediction: the settings.
    package init(_ group: SpatialGroup, _ answers: Tensor, actions: [Int]?, _ prediction: SpatialPrediction) {
        var targets = prediction.priorCorrected(answers)
        if let actions { targets = prediction.actionMixed(targets, actions: actions) }
        let information = SpatialInformation(targets, actions: actions)
        let least = prediction.minSupport * Double(answers.shape[0])
        let kept = information.histogram.indices.filter { Double(information.histogram[$0]) >= least }
        var reason: String?
        if let known = information.information, let wanted = prediction.minInformation, known < wanted {
            reason = "it says \(known) nats about the action, less than \(wanted)"
        } else if kept.count < 2 {
            reason = "\(kept.count) of its labels have enough videos"
        }
        let isWhole = kept.count == group.labels.count || reason != nil
        if !isWhole { targets = SpatialPrediction.renormalised(targets.selected(1, Tensor(kept))) }
        self.group = isWhole ? group : group.keeping(kept)
        self.targets = prediction.hardened(targets)
        let removed = Set(group.labels.indices).subtracting(kept).sorted().map { group.labels[$0] }
        report = SpatialReport.Group(
            name: group.name, mode: group.mode, labels: group.labels, information: information,
            removedLabels: removed, reason: reason)
    }
}
