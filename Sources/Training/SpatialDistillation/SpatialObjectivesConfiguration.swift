/// How a student learns from spatial targets.
///
/// Source: the threefold distillation page, section 3.3; keys that are left out have the page's defaults.
public struct SpatialObjectivesConfiguration: Codable, Sendable, Equatable {
    /// What turns a video's feature into answers.
    public enum Adapter: String, Codable, Sendable, CaseIterable {
        /// A trained matrix for each group, the identity at first, before the similarity to prototypes.
        case identity
        /// Nothing: the feature itself meets the prototypes.
        case none
        /// An ordinary classifier for each group, without prototypes.
        case linearHead = "linear_head"
    }

    /// Where the prototypes of labels come from: always the student's own text tower.
    public enum Prototypes: String, Codable, Sendable, CaseIterable {
        /// Encoded at the start.
        case constant
        /// Encoded in each step, with gradients.
        case trainable
    }

    /// Which features of the student answer.
    public enum View: String, Codable, Sendable, CaseIterable {
        /// What comes out of the temporal module.
        case fused
        /// The mean of the frames' features, which go into it.
        case frames
        /// Both; the mean of their losses.
        case both
    }

    /// What a video counts.
    public enum SampleWeight: String, Codable, Sendable, CaseIterable {
        /// 1.
        case equal
        /// 1 - H(q) / ln K: the surer the answer, the more.
        case confidence
    }

    /// How the losses are added.
    public enum Combination: String, Codable, Sendable, CaseIterable {
        /// The action's loss and λ times the mean of the groups'.
        case sum
        /// Σ exp(-η_k) L_k + η_k with learned η, from 0.
        case uncertainty
    }

    /// In which form the targets are learned.
    public enum Form: String, Codable, Sendable, CaseIterable {
        /// As one more loss for each group.
        case objectives
        /// As a second sentence for each clip, by ``SpatialCaptions``.
        case captions
    }

    /// λ_s at the start.
    public var lambda = 0.25
    /// λ_s at the end, to which it goes in a straight line; nil keeps it.
    public var lambdaEnd: Double?
    /// What turns a video's feature into answers.
    public var adapter = Adapter.identity
    /// Where the prototypes of labels come from.
    public var prototypes = Prototypes.constant
    /// Which features of the student answer.
    public var view = View.fused
    /// What a video counts.
    public var sampleWeight = SampleWeight.equal
    /// How the losses are added.
    public var combination = Combination.sum
    /// In which form the targets are learned.
    public var form = Form.objectives

    /// Makes the page's defaults.
    public init() {}

    /// λ_s at a point of the run.
    ///
    /// - Parameter progress: the part of the run that is over, 0 to 1.
    /// - Returns: the weight of the mean of the groups' losses.
    public func lambda(at progress: Double) -> Double {
        guard let lambdaEnd else { return lambda }
        let progress = min(max(progress, 0), 1)
        // So written, both ends are exact.
        return lambda * (1 - progress) + lambdaEnd * progress
    }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        for case (let name, let value?) in [("lambda", lambda), ("lambdaEnd", lambdaEnd)]
        where !(value >= 0 && value.isFinite) {
            throw .badRecipe("spatial.\(name) is \(value); it must be a number from 0")
        }
        guard form == .objectives || (combination == .sum && adapter != .linearHead) else {
            throw .badRecipe(
                "spatial.form captions has sentences and no losses of groups; leave out combination uncertainty and "
                    + "adapter linear_head")
        }
    }
}

extension SpatialObjectivesConfiguration {
    private enum CodingKeys: String, CodingKey {
        case lambda, lambdaEnd, adapter, prototypes, view, sampleWeight, combination, form
    }

    /// Reads settings; what is left out has its default.
    ///
    /// - Parameter decoder: where from.
    /// - Throws: `DecodingError` for values of other types.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, or value: T) throws -> T {
            try file.decodeIfPresent(T.self, forKey: key) ?? value
        }
        lambda = try read(.lambda, or: lambda)
        lambdaEnd = try file.decodeIfPresent(Double.self, forKey: .lambdaEnd)
        adapter = try read(.adapter, or: adapter)
        prototypes = try read(.prototypes, or: prototypes)
        view = try read(.view, or: view)
        sampleWeight = try read(.sampleWeight, or: sampleWeight)
        combination = try read(.combination, or: combination)
        form = try read(.form, or: form)
    }
}
