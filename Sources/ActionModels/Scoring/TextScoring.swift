public import Torch

/// How the similarities of a clip to label texts become probabilities.
///
///     A[b, p, k] = scale · cos(v_b, t_pk)
///
/// for clip b, template p and label k.
public struct TextScoring: Sendable, Equatable {
    /// How the templates of one label are combined.
    public enum Ensemble: String, Sendable, Codable, CaseIterable {
        /// The mean over templates of the softmax over labels. Source: ActionCLIP `test.py`.
        case probabilities
        /// The softmax of similarities to the mean of the templates' unit features. Source: CLIP, section 3.1.4.
        case features
    }

    /// What similarities are multiplied by; 100 in ActionCLIP and M2-CLIP, `exp(logitScale)` in CLIP.
    public let scale: Double
    /// How the templates of one label are combined.
    public let ensemble: Ensemble
    /// The sentences that the method puts labels into.
    public let templates: [PromptTemplate]

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - scale: what similarities are multiplied by.
    ///   - ensemble: how the templates of one label are combined.
    ///   - templates: the sentences that the method puts labels into.
    public init(scale: Double, ensemble: Ensemble, templates: [PromptTemplate]) {
        self.scale = scale
        self.ensemble = ensemble
        self.templates = templates
    }

    /// What the probabilities need of label texts, computed once for all clips.
    ///
    /// - Parameters:
    ///   - rows: the text tower's features `[P K, E]`, not normalised, template-major.
    ///   - labels: the number K of labels.
    /// - Returns: one feature a template, or one for all where the ensemble is of features.
    public func labelFeatures(_ rows: Tensor, labels: Int) -> LabelFeatures {
        let features = LabelFeatures(rows, labels: labels)
        return switch ensemble {
        case .probabilities: features
        case .features: features.merged
        }
    }

    /// The similarities of clips to every sentence.
    ///
    /// - Parameters:
    ///   - embedding: clips `[B, E]`, not normalised.
    ///   - labels: the labels' features.
    /// - Returns: `[B, P, K]`, scaled.
    public func similarities(_ embedding: Tensor, to labels: LabelFeatures) -> Tensor {
        let (p, k) = (labels.unit.shape[0], labels.unit.shape[1])
        let unit = embedding.normalized().to(dtype: labels.unit.dtype)
        return (unit.matmul(labels.unit.reshaped(p * k, -1).transposed()) * scale).reshaped(-1, p, k)
    }

    /// The probabilities of labels.
    ///
    /// - Parameters:
    ///   - embedding: clips `[B, E]`, not normalised.
    ///   - labels: the labels' features.
    /// - Returns: `[B, K]`; rows sum to one.
    public func probabilities(_ embedding: Tensor, of labels: LabelFeatures) -> Tensor {
        switch ensemble {
        case .probabilities: similarities(embedding, to: labels).softmax(-1).mean(1)
        case .features: similarities(embedding, to: labels.merged).squeezed(1).softmax(-1)
        }
    }
}

/// The text features of labels in every template, encoded once.
public struct LabelFeatures: Sendable {
    /// Unit features of template p and label k, `[P, K, E]`.
    public let unit: Tensor

    /// Takes the text tower's features.
    ///
    /// - Parameters:
    ///   - rows: features `[P K, E]`, not normalised, row `p * K + k`: template-major.
    ///   - labels: the number K of labels.
    public init(_ rows: Tensor, labels: Int) { unit = rows.normalized().reshaped(-1, labels, rows.shape[1]) }

    private init(unit: Tensor) { self.unit = unit }

    /// The templates of each label as one feature: the mean of unit features, unit again, `[1, K, E]`.
    public var merged: LabelFeatures {
        unit.shape[0] == 1 ? self : LabelFeatures(unit: unit.mean(0, keepingAxes: true).normalized())
    }
}
