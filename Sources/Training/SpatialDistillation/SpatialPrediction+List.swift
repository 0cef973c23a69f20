public import Torch

// What is computed over all videos of a list.

extension SpatialPrediction {
    /// Takes away what CLIP says about every video, step 5.
    ///
    ///     q'_il ∝ q_il / p_l^κ,   p = mean over i of q_i
    ///
    /// - Parameter targets: `[N, K]`, of all videos.
    /// - Returns: `[N, K]`; rows sum to one.
    public func priorCorrected(_ targets: Tensor) -> Tensor {
        guard priorCorrection > 0 else { return targets }
        // A label that no video has stays at zero.
        let prior = targets.mean(0).clamped(to: 1e-12...1)
        return Self.renormalised(targets / prior.pow(priorCorrection))
    }

    /// Mixes each video's target with the mean of its action's, step 6.
    ///
    ///     q_i <- (1 - β) q_i + β mean over the videos of the same action of q
    ///
    /// - Parameters:
    ///   - targets: `[N, K]`, of all videos.
    ///   - actions: the action of each video.
    /// - Returns: `[N, K]`; rows sum to one.
    public func actionMixed(_ targets: Tensor, actions: [Int]) -> Tensor {
        guard actionMixing > 0 else { return targets }
        let means = Self.actionMeans(targets, actions: actions).means.selected(0, Tensor(Self.places(actions)))
        return targets * (1 - actionMixing) + means * actionMixing
    }

    /// What the student is given, step 7: as it is, or a one in the place of the largest; a row that is not confident
    /// enough becomes zeros, which no loss counts.
    ///
    /// - Parameter targets: `[N, K]`.
    /// - Returns: `[N, K]`.
    public func hardened(_ targets: Tensor) -> Tensor {
        guard target != .soft else { return targets }
        let largest = targets.max(-1, keepingAxes: true)
        let least = target == .hard ? 0 : confidence
        // A row of zeros knows nothing, whatever is asked of it.
        let isKept = largest.greater(than: 0).and(largest.less(than: least).inverted).to(dtype: targets.dtype)
        return targets.argmax(-1).oneHot(targets.shape[1]).to(dtype: targets.dtype) * isKept
    }

    /// The mean target of each action that occurs, in ascending order of actions, and the share of the videos it has.
    ///
    /// - Parameters:
    ///   - targets: `[N, K]`, of all videos.
    ///   - actions: the action of each video.
    /// - Returns: means `[A, K]` and shares `[A]`.
    public static func actionMeans(_ targets: Tensor, actions: [Int]) -> (means: Tensor, shares: Tensor) {
        guard actions.count == targets.shape[0] else {
            fatalError("actionMeans: \(actions.count) actions of \(targets.shape[0]) videos")
        }
        let (n, k) = (targets.shape[0], targets.shape[1])
        let places = places(actions), count = (places.max() ?? -1) + 1, rows = Tensor(places)
        let counts = Tensor.zeros([count], dtype: targets.dtype)
            .scatterAdded(0, rows, from: .ones([n], dtype: targets.dtype))
        let sums = Tensor.zeros([count, k], dtype: targets.dtype)
            .scatterAdded(0, rows.unsqueezed(1).expanded(n, k), from: targets)
        return (sums / counts.unsqueezed(1), counts / Double(n))
    }

    /// The place of each action among those that occur.
    private static func places(_ actions: [Int]) -> [Int] {
        let order = Dictionary(uniqueKeysWithValues: Set(actions).sorted().enumerated().map { ($1, $0) })
        return actions.compactMap { order[$0] }
    }

    /// Rows that sum to one; rows of zeros stay.
    static func renormalised(_ rows: Tensor) -> Tensor {
        rows / rows.sum(-1, keepingAxes: true).clamped(to: 1e-12...Double.infinity)
    }
}
