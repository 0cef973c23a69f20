public import Torch

/// How much of a model shall be gone at a step: linear from a start to an end.
///
///     t(step) = t₀ + (t₁ - t₀) min(1, step / warmup)
public struct SparsityTarget: Codable, Sendable, Equatable {
    /// The share t₀ at the first step.
    public var start: Double
    /// The share t₁ after the warm-up.
    public var end: Double
    /// The steps of the way; 1000 in TinyCLIP's scripts.
    public var warmupSteps: Int

    /// Makes a schedule.
    ///
    /// - Parameters:
    ///   - start: the share at the first step.
    ///   - end: the share after the warm-up; 0.25, 0.5 and 0.75 in TinyCLIP's three stages.
    ///   - warmupSteps: the steps of the way.
    public init(start: Double = 0, end: Double, warmupSteps: Int = 1000) {
        self.start = start
        self.end = end
        self.warmupSteps = warmupSteps
    }

    /// The share at a step.
    ///
    /// - Parameter step: counted from 0.
    /// - Returns: from `start` to `end`.
    public func share(at step: Int) -> Double {
        start + (end - start) * min(1, Double(step) / Double(max(warmupSteps, 1)))
    }

    /// Checks the numbers.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        for (name, share) in [("start", start), ("end", end)] where !(0..<1).contains(share) {
            throw .badRecipe("sparsity \(name) is \(share); it must be 0 to below 1")
        }
        guard warmupSteps >= 0 else { throw .badRecipe("sparsity warmupSteps is \(warmupSteps)") }
    }
}

/// The penalty that drives masks to a target sparsity, with multipliers that are trained against it.
///
///     L = λ₁ max(t - e, 0) + λ₂ max(t - e, 0)²,   e = 1 - Σ N / Σ M over towers
///
/// The multipliers begin at 10 and are trained by ascent, at a rate of -0.02; the masks' logits at 0.02 without decay.
/// Source: TinyCLIP `l0module.py`; section 3.3 of the page on TinyCLIP.
public struct SparsityPenalty: Sendable {
    /// The penalty of one step.
    public struct Value: Sendable {
        /// The penalty, one number.
        public let penalty: Tensor
        /// The expected sparsity e, one number.
        public let sparsity: Tensor
        /// The target t.
        public let target: Double
    }

    /// The multiplier λ₁, one number.
    public let linear: Tensor
    /// The multiplier λ₂, one number.
    public let quadratic: Tensor
    /// The target over steps.
    public let target: SparsityTarget

    /// Declares `lambda_1` and `lambda_2`.
    ///
    /// - Parameters:
    ///   - scope: the multipliers' place, `l0_module` in TinyCLIP.
    ///   - target: the target over steps.
    public init(_ scope: Scope, _ target: SparsityTarget) {
        linear = scope.parameter("lambda_1", shape: [], initial: .constant(10))
        quadratic = scope.parameter("lambda_2", shape: [], initial: .constant(10))
        self.target = target
    }

    /// Computes the penalty.
    ///
    /// - Parameters:
    ///   - masks: of the towers that share the target, at least one.
    ///   - step: counted from 0.
    /// - Returns: the penalty, and what it compares.
    public func callAsFunction(_ masks: [L0Masks], step: Int) -> Value {
        guard let first = masks.first else { fatalError("SparsityPenalty: no masks") }
        let expected = masks.dropFirst().reduce(first.expectedParameters) { $0 + $1.expectedParameters }
        let prunable = masks.reduce(0) { $0 + $1.prunableParameters }
        let sparsity = 1 - expected / Double(prunable), goal = target.share(at: step)
        let gap = (goal - sparsity).relu
        return Value(penalty: linear * gap + quadratic * gap * gap, sparsity: sparsity, target: goal)
    }
}
