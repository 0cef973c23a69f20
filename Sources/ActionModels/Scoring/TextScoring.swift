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
    /// How two views become one answer; of no effect where there is one.
    public let fusion: ViewFusion

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - scale: what similarities are multiplied by.
    ///   - ensemble: how the templates of one label are combined.
    ///   - templates: the sentences that the method puts labels into.
    ///   - fusion: how two views become one answer.
    public init(
        scale: Double, ensemble: Ensemble, templates: [PromptTemplate], fusion: ViewFusion = .averageProbabilities
    ) {
        self.scale = scale
        self.ensemble = ensemble
        self.templates = templates
        self.fusion = fusion
    }

    /// The same rule with another fusion, for example to report them all.
    ///
    /// - Parameter fusion: how two views become one answer.
    /// - Returns: the rule.
    public func fusing(by fusion: ViewFusion) -> TextScoring {
        TextScoring(scale: scale, ensemble: ensemble, templates: templates, fusion: fusion)
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
        probabilities(ClipFeatures(embedding: embedding), of: labels)
    }

    /// The probabilities of labels, by all views that a model has.
    ///
    /// - Parameters:
    ///   - features: of clips; a programmer's mistake without an embedding.
    ///   - labels: the labels' features.
    /// - Returns: `[B, K]`; rows sum to one.
    public func probabilities(_ features: ClipFeatures, of labels: LabelFeatures) -> Tensor {
        scores(features, of: labels).softmax(-1).mean(1)
    }

    /// The numbers whose softmaxes over labels have the probabilities as their mean.
    ///
    /// S is the number of templates, or one where the ensemble is of features; twice that where the probabilities of two
    /// views are averaged.
    ///
    /// - Parameters:
    ///   - features: of clips; a programmer's mistake without an embedding.
    ///   - labels: the labels' features.
    /// - Returns: `[B, S, K]`.
    public func scores(_ features: ClipFeatures, of labels: LabelFeatures) -> Tensor {
        guard let frame = features.embedding else { fatalError("TextScoring: features without an embedding") }
        let labels = ensemble == .features ? labels.merged : labels
        func scores(_ view: Tensor) -> Tensor { similarities(view, to: labels) }
        guard let token = features.token else { return scores(frame) }
        return switch fusion {
        case .averageProbabilities: Tensor.concatenated([scores(frame), scores(token)], axis: 1)
        case .averageLogits: (scores(frame) + scores(token)) * 0.5
        case .averageEmbedding: scores(frame.normalized() + token.normalized())
        case .frame: scores(frame)
        case .token: scores(token)
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

    /// One unit vector a label, the mean of its templates' unit features made unit again, `[K, E]`.
    public var classVectors: Tensor { merged.unit.squeezed(0) }
}
