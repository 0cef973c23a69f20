internal import Foundation
public import Torch

/// TinyCLIP's affinity mimicking: a student's similarities of clips and texts follow a teacher's.
///
///     A_v = softmax_rows(s v tᵀ),   A_t = softmax_rows(s t vᵀ)          of unit features; the teacher's A' likewise
///     L_v = -(1/B) Σ_bj A'_v[b, j] ln A_v[b, j],   L_t likewise
///     L = weight (α (L_v + L_t) / 2 + (1-α) L_hard)
///
/// It is a cross entropy: the gradients are those of the divergence. The rows may be gathered from all processes.
/// Source: Wu et al., "TinyCLIP: CLIP Distillation via Affinity Mimicking and Weight Inheritance"; wkcn/TinyCLIP.
public struct AffinityLoss: Codable, Sendable, Equatable {
    /// Features of a batch of pairs and their scale, of a student or a teacher.
    public struct Pairs: Sendable {
        /// Of clips or pictures, not normalised, `[B, E]`.
        public let videos: Tensor
        /// Of texts, row i belonging to clip i, not normalised, `[B, E]`.
        public let texts: Tensor
        /// The logarithm of the scale s, one number.
        public let logitScale: Tensor

        /// Collects features.
        ///
        /// - Parameters:
        ///   - videos: of clips or pictures `[B, E]`.
        ///   - texts: of their texts `[B, E]`.
        ///   - logitScale: the logarithm of the scale, one number; TinyCLIP's scripts fix both models' at ln 50.
        public init(videos: Tensor, texts: Tensor, logitScale: Tensor) {
            self.videos = videos
            self.texts = texts
            self.logitScale = logitScale
        }

        /// Scaled cosines of clips (rows) and texts, `[B, B]`.
        var similarities: Tensor {
            videos.normalized().matmul(texts.normalized().transposed()) * logitScale.exp
        }
    }

    /// The losses of one batch, not weighted but for the total.
    public struct Value: Sendable {
        /// From clips to texts, one number.
        public let video: Tensor
        /// From texts to clips, one number.
        public let text: Tensor
        /// The contrastive loss of the student alone, one number.
        public let hard: Tensor
        /// The weighted sum.
        public let total: Tensor
    }

    /// The share α of the teacher's affinities; the released scripts have no hard term.
    public var alpha: Double
    /// What the whole counts.
    public var weight: Double
    /// The scale s of both models; nil means each one's own, TinyCLIP's scripts fix it at 50.
    public var scale: Double?

    /// Makes a loss; the defaults are the released scripts'.
    ///
    /// - Parameters:
    ///   - alpha: the share of the teacher's affinities.
    ///   - weight: what the whole counts.
    public init(alpha: Double = 1, weight: Double = 1) {
        self.alpha = alpha
        self.weight = weight
    }

    /// Checks the numbers.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (0...1).contains(alpha) else { throw .badRecipe("affinity alpha is \(alpha); it must be 0 to 1") }
        guard weight >= 0, weight.isFinite else {
            throw .badRecipe("affinity weight is \(weight); it must be a number from 0")
        }
        if let scale, !(scale > 0 && scale.isFinite) {
            throw .badRecipe("affinity scale is \(scale); it must be a number above 0")
        }
    }

    /// Computes the losses of a batch.
    ///
    /// - Parameters:
    ///   - student: the student's features and scale.
    ///   - teacher: the teacher's, perhaps of another width; no gradient reaches them.
    ///   - labels: class indices `[B]` where classes repeat in a batch, which make several texts equally right for the
    ///     hard term; nil means that every clip has its own text, TinyCLIP's captions.
    /// - Returns: both directions, the hard term and the weighted sum.
    public func callAsFunction(student: Pairs, teacher: Pairs, labels: Tensor? = nil) -> Value {
        let own = scaled(student).similarities, target = scaled(teacher).similarities.detached()
        let video = own.crossEntropy(target.softmax(-1))
        let text = own.transposed().crossEntropy(target.transposed().softmax(-1))
        let hard = contrast(own, labels)
        return Value(
            video: video, text: text, hard: hard,
            total: ((video + text) * (alpha / 2) + hard * (1 - alpha)) * weight)
    }

    private func scaled(_ pairs: Pairs) -> Pairs {
        guard let scale else { return pairs }
        return Pairs(videos: pairs.videos, texts: pairs.texts, logitScale: Tensor(Float(log(scale))))
    }

    private func contrast(_ similarities: Tensor, _ labels: Tensor?) -> Tensor {
        if let labels { return SoftTargetContrastiveLoss()(similarities, labels: labels).total }
        let own = Tensor.arange(0..<similarities.shape[0], device: similarities.device)
        return (similarities.crossEntropy(own) + similarities.transposed().crossEntropy(own)) * 0.5
    }
}

extension AffinityLoss {
    private enum CodingKeys: String, CodingKey { case alpha, weight, scale }

    /// Reads a loss; what is left out has its default.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        alpha = try file.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
        weight = try file.decodeIfPresent(Double.self, forKey: .weight) ?? weight
        scale = try file.decodeIfPresent(Double.self, forKey: .scale)
    }
}
