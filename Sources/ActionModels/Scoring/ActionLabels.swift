public import Torch

/// What a clip's features are scored against.
public enum ActionLabels: Sendable {
    /// The classes that the model was trained on, by its class head.
    case trained
    /// Texts, by similarity: zero-shot where the model has not seen them.
    case texts(LabelFeatures)
}

extension ActionModel {
    /// The probabilities of labels, as the model's paper computes them.
    ///
    /// With trained classes the softmax of the class head; with texts the rule of ``TextScoring``.
    ///
    /// - Parameters:
    ///   - labels: what to score against.
    ///   - features: of clips, from `features(of:)`; a programmer's mistake if they lack what the labels need.
    /// - Returns: `[B, K]`; rows sum to one.
    public func probabilities(of labels: ActionLabels, for features: ClipFeatures) -> Tensor {
        switch labels {
        case .trained:
            guard let logits = features.classLogits else { fatalError("probabilities: the model has no class head") }
            return logits.softmax(-1)
        case .texts(let texts):
            guard features.embedding != nil, let textScoring else {
                fatalError("probabilities: the model has no text tower")
            }
            return textScoring.probabilities(features, of: texts)
        }
    }

    /// The probabilities of labels over several views of each clip: the mean over views of each view's probabilities.
    ///
    /// Source: all four methods' evaluation code.
    ///
    /// - Parameters:
    ///   - labels: what to score against.
    ///   - views: normalised RGB `[B, V, T, 3, H, W]`.
    /// - Returns: `[B, K]`; rows sum to one.
    public func probabilities(of labels: ActionLabels, views: Tensor) -> Tensor {
        let (b, v) = (views.shape[0], views.shape[1])
        let clips = views.reshaped([b * v] + views.shape[2...])
        return probabilities(of: labels, for: features(of: clips)).reshaped(b, v, -1).mean(1)
    }
}
