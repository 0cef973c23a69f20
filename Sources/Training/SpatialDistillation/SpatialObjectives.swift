internal import Foundation
public import Torch

/// The student's side of spatial distillation: adapters, and the losses of the groups.
///
///     z_g = s · n(W_g v) · c_gᵀ
///     S_g = -(1/B) Σ_i w_i Σ_l q_il log softmax(z_i)_l
///     L   = A + λ (1/G) Σ_g weight_g S_g
///
/// Its parameters are `spatial.GROUP.adapter` `[D, D]`, or `spatial.GROUP.head` `[K, D]` with a bias, and `spatial.eta`
/// `[1 + G]`; none of them is part of the model that is kept. All functions are pure, over the rows that they are given:
/// a process's own, or those of all. Source: the threefold distillation page, section 3.3.
public struct SpatialObjectives: Sendable {
    /// The features of the student that may answer.
    public struct Views: Sendable {
        /// What comes out of the temporal module, `[B, D]`; the frame view where there are two heads.
        public let fused: Tensor
        /// The mean of the frames' features, `[B, D]`.
        public let frames: Tensor?

        /// Names the features.
        ///
        /// - Parameters:
        ///   - fused: what comes out of the temporal module, `[B, D]`.
        ///   - frames: the mean of the frames' features, `[B, D]`; may be nil where no setting asks for it.
        public init(fused: Tensor, frames: Tensor? = nil) { (self.fused, self.frames) = (fused, frames) }
    }

    /// What the losses of a batch are.
    public struct Value: Sendable {
        /// S_g of each group, one number each.
        public let groups: [Tensor]
        /// The same as divergences: S_g less the entropy of its targets; without a graph, for logs.
        public let divergences: [Tensor]
        /// (1/G) Σ_g weight_g S_g, one number.
        public let mean: Tensor
    }

    private enum Answer: Sendable {
        case matrix(Tensor?)
        case head(Linear)
    }

    /// How the student learns.
    public let configuration: SpatialObjectivesConfiguration
    /// The groups of the targets, in the order of ``SpatialBatch/targets``.
    public let groups: [SpatialGroup]
    private let answers: [Answer]
    /// η of the action's loss and of each group's, `[1 + G]`; nil where losses are simply added.
    private let eta: Tensor?

    /// Declares the parameters.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: how the student learns.
    ///   - groups: the groups of the targets.
    ///   - width: D, the size of the common space.
    public init(_ scope: Scope, _ configuration: SpatialObjectivesConfiguration, groups: [SpatialGroup], width: Int) {
        (self.configuration, self.groups) = (configuration, groups)
        let place = scope / "spatial"
        answers = groups.map { group -> Answer in
            switch configuration.adapter {
            case .identity:
                .matrix(
                    (place / group.name).parameter(
                        "adapter", width, width, initial: .copy(of: Tensor.identity(width))))
            case .none: .matrix(nil)
            case .linearHead: .head(Linear(place / group.name / "head", width, group.labels.count))
            }
        }
        eta =
            configuration.combination == .uncertainty
            ? place.parameter("eta", 1 + groups.count, initial: .zeros) : nil
    }

    /// Whether a parameter belongs to spatial distillation and not to the model.
    ///
    /// - Parameter name: the parameter's full name.
    /// - Returns: true below `spatial.`.
    public static func owns(_ name: String) -> Bool { name.hasPrefix("spatial.") }

    /// The answers about one group.
    ///
    /// - Parameters:
    ///   - videos: features `[B, D]`, not normalised.
    ///   - group: the position of the group.
    ///   - prototypes: unit features of its labels `[K, D]` from the student's text tower.
    ///   - scale: s, one number.
    /// - Returns: logits `[B, K]`.
    public func logits(_ videos: Tensor, group: Int, prototypes: Tensor, scale: Tensor) -> Tensor {
        switch answers[group] {
        case .matrix(let matrix):
            let adapted = matrix.map { videos.linear($0) } ?? videos
            return adapted.normalized().matmul(prototypes.transposed()) * scale
        case .head(let head): return head(videos)
        }
    }

    /// The losses of a batch.
    ///
    /// - Parameters:
    ///   - views: the student's features.
    ///   - prototypes: unit features of each group's labels `[K, D]`; ``SpatialTexts`` of the student gives them.
    ///   - scale: s = exp(logit scale) of the student, one number.
    ///   - batch: the targets of the same clips.
    /// - Returns: the losses with their graph.
    public func callAsFunction(
        _ views: Views, prototypes: [Tensor], scale: Tensor, targets batch: SpatialBatch
    ) -> Value {
        guard batch.targets.count == groups.count, prototypes.count == groups.count else {
            fatalError(
                "SpatialObjectives: \(groups.count) groups, \(batch.targets.count) of targets, \(prototypes.count) of "
                    + "prototypes")
        }
        let chosen = chosen(views)
        var losses: [Tensor] = [], divergences: [Tensor] = []
        for (place, targets) in batch.targets.enumerated() {
            let weights = sampleWeights(targets, batch.weights)
            let parts = chosen.map { view in
                let logits = logits(view, group: place, prototypes: prototypes[place], scale: scale)
                return -((targets * logits.logSoftmax(-1)).sum(-1) * weights).mean()
            }
            let loss = parts.count == 1 ? parts[0] : (parts[0] + parts[1]) * 0.5
            losses.append(loss)
            divergences.append(loss.detached() - (SpatialInformation.entropies(targets) * weights).mean())
        }
        let sum = zip(losses, groups).map { $0 * $1.weight }.reduce(Tensor(Float(0)), +)
        return Value(groups: losses, divergences: divergences, mean: sum / Double(groups.count))
    }

    /// The loss of a step.
    ///
    /// With λ = 0 it is the action's loss, and the adapters' gradients are zeros.
    ///
    /// - Parameters:
    ///   - action: A, one number.
    ///   - value: the groups' losses.
    ///   - lambda: λ now; with learned weights only whether it is 0 counts.
    /// - Returns: one number.
    public func total(action: Tensor, _ value: Value, lambda: Double) -> Tensor {
        guard let eta, lambda > 0 else { return action + value.mean * lambda }
        let losses = [action] + zip(value.groups, groups).map { $0 * $1.weight }
        return ((-eta).exp * Tensor.stacked(losses) + eta).sum()
    }

    private func chosen(_ views: Views) -> [Tensor] {
        switch (configuration.view, views.frames) {
        case (.fused, _): return [views.fused]
        case (.frames, let frames?): return [frames]
        case (.both, let frames?): return [views.fused, frames]
        case (.frames, nil), (.both, nil):
            fatalError("SpatialObjectives: view \(configuration.view.rawValue) without the frames' features")
        }
    }

    /// w_i `[B]`.
    private func sampleWeights(_ targets: Tensor, _ weights: Tensor) -> Tensor {
        switch configuration.sampleWeight {
        case .equal: return weights
        case .confidence:
            let most = log(Double(targets.shape[1]))
            return weights * (1 - SpatialInformation.entropies(targets) / most).clamped(to: 0...1)
        }
    }
}
