public import Torch

/// What the targets of a group say, so that useless and leaking groups are seen, step 8.
///
///     entropy     = mean over i of H(q_i)
///     information = H(mean over i of q_i) - Σ_a π_a H(q_a),   q_a the mean of action a, π_a its share of the videos
///
/// All in nats. Source: the threefold distillation page, section 3.2.
public struct SpatialInformation: Codable, Sendable, Equatable {
    /// The mean entropy of a video's target.
    public let entropy: Double
    /// The entropy of the mean target: the most that a group could tell.
    public let meanEntropy: Double
    /// Of how many videos each label is the first answer; videos without any answer are of none.
    public let histogram: [Int]
    /// What the label tells of the action, I(action; label); nil where the videos have no actions.
    public let information: Double?

    /// Measures targets.
    ///
    /// - Parameters:
    ///   - targets: `[N, K]`, N at least 1.
    ///   - actions: the action of each video; nil where they have none.
    public init(_ targets: Tensor, actions: [Int]?) {
        let rows = targets.detached().to(dtype: .float64)
        entropy = Self.entropies(rows).mean().item()
        meanEntropy = Self.entropies(rows.mean(0)).item()
        var counts = [Int](repeating: 0, count: rows.shape[1])
        for (label, largest) in zip(rows.argmax(-1).array(of: Int.self), rows.max(-1).array(of: Double.self))
        where largest > 0 { counts[label] += 1 }
        histogram = counts
        let total = meanEntropy
        information = actions.map { actions in
            let (means, shares) = SpatialPrediction.actionMeans(rows, actions: actions)
            return total - (Self.entropies(means) * shares).sum().item(Double.self)
        }
    }

    /// The entropy of each row in nats; a probability of zero adds nothing.
    ///
    /// - Parameter rows: probabilities `[…, K]`.
    /// - Returns: `[…]`.
    static func entropies(_ rows: Tensor) -> Tensor { -(rows * rows.clamped(to: 1e-30...1).log).sum(-1) }
}
