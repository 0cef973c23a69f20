public import Torch

/// How the answers of a frozen image CLIP about single frames become the targets of a video.
///
///     p_t = softmax_l(σ f_t·c_l / τ),   f_t = n(image feature of frame t),   c_l = prototype of label l
///     q   = mean over t of p_t                                    groups with one answer
///     q   = max over t of p_t, the m largest kept, divided by their sum     groups with several
///
/// All functions are pure. Source: the threefold distillation page, section 3.2, whose steps they name.
public struct SpatialPrediction: Codable, Sendable, Equatable {
    /// How frames become one answer, step 4.
    public enum Aggregation: String, Codable, Sendable, CaseIterable {
        /// By the group's mode: the mean over frames, or the maximum.
        case byMode = "by_mode"
        /// The answer to the mean of the frames' features, made unit again.
        case meanFeature = "mean_feature"
        /// The shares of the frames that answer each label first.
        case majority
    }

    /// What the student is given, step 7.
    public enum Target: String, Codable, Sendable, CaseIterable {
        /// The distribution.
        case soft
        /// Its largest label.
        case hard
        /// Its largest label, and nothing where that is not probable enough.
        case hardConfident = "hard_confident"
    }

    /// F, the number of frames of a video: the centres of equal parts.
    public var frames = 8
    /// τ, by which similarities are divided; of groups that ``temperatures`` does not name.
    public var temperature = 1.0
    /// τ of single groups by name.
    public var temperatures: [String: Double] = [:]
    /// How frames become one answer.
    public var aggregation = Aggregation.byMode
    /// κ, from 0 to 1: how much of what CLIP says about every video is taken away.
    public var priorCorrection = 0.0
    /// β, from 0 to 1: the share of the mean over all videos of the same action.
    public var actionMixing = 0.0
    /// What the student is given.
    public var target = Target.soft
    /// θ: the smallest probability of a label that ``Target/hardConfident`` keeps.
    public var confidence = 0.5
    /// Groups that say less about the action, in nats, are left out; nil keeps all.
    public var minInformation: Double?
    /// Labels that are the first answer of a smaller share of the videos are left out.
    public var minSupport = 0.0

    /// Makes the page's defaults.
    public init() {}

    /// The probabilities of labels, step 3.
    ///
    /// - Parameters:
    ///   - features: unit features of frames `[…, E]`.
    ///   - prototypes: unit features of the labels `[K, E]`.
    ///   - scale: σ, the CLIP's own scale.
    ///   - group: the group, for its temperature.
    /// - Returns: `[…, K]`; rows sum to one.
    public func frameProbabilities(
        _ features: Tensor, _ prototypes: Tensor, scale: Double, of group: SpatialGroup
    ) -> Tensor {
        let temperature = temperatures[group.name] ?? temperature
        return (features.matmul(prototypes.transposed()) * (scale / temperature)).softmax(-1)
    }

    /// The answer about videos, steps 3 and 4.
    ///
    /// - Parameters:
    ///   - features: unit features of frames `[B, T, E]`.
    ///   - prototypes: unit features of the labels `[K, E]`.
    ///   - scale: σ, the CLIP's own scale.
    ///   - group: the group.
    /// - Returns: `[B, K]`; rows sum to one.
    public func videoTargets(
        _ features: Tensor, _ prototypes: Tensor, scale: Double, of group: SpatialGroup
    ) -> Tensor {
        func probabilities(_ features: Tensor) -> Tensor {
            frameProbabilities(features, prototypes, scale: scale, of: group)
        }
        let pooled: Tensor =
            switch aggregation {
            case .byMode where group.mode == .single: probabilities(features).mean(1)
            case .byMode: probabilities(features).max(1)
            case .meanFeature: probabilities(features.mean(1).normalized())
            case .majority: probabilities(features).argmax(-1).oneHot(group.labels.count).mean(1)
            }  // [B, K]
        return group.mode == .single ? pooled : Self.keepingLargest(pooled, group.topM)
    }

    /// The m largest of each row, divided by their sum; zeros elsewhere.
    static func keepingLargest(_ rows: Tensor, _ m: Int) -> Tensor {
        let kept = rows.topK(m)
        let only = Tensor.zeros(rows.shape, dtype: rows.dtype, device: rows.device)
            .scattered(-1, kept.indices, from: kept.values)
        return only / only.sum(-1, keepingAxes: true)
    }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badPrediction` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (1...1024).contains(frames) else { throw .badPrediction("\(frames) frames; 1 to 1024 can be") }
        for value in [temperature] + temperatures.values where !(value > 0 && value.isFinite) {
            throw .badPrediction("a temperature is \(value); it must be above 0")
        }
        let shares = [
            ("priorCorrection", priorCorrection), ("actionMixing", actionMixing), ("confidence", confidence),
            ("minSupport", minSupport),
        ]
        for (name, value) in shares where !(0...1).contains(value) {
            throw .badPrediction("\(name) is \(value); it must be 0 to 1")
        }
        if let minInformation, !(minInformation >= 0 && minInformation.isFinite) {
            throw .badPrediction("minInformation is \(minInformation); it must be a number from 0")
        }
    }

    /// Checks every number, and that single temperatures are those of groups.
    func validate(for vocabulary: SpatialVocabulary) throws(TrainingError) {
        try validate()
        let groups = Set(vocabulary.groups.map(\.name))
        guard let unknown = temperatures.keys.sorted().first(where: { !groups.contains($0) }) else { return }
        throw .badPrediction("a temperature is given for \(unknown), which is no group of \(vocabulary.name)")
    }
}
