public import Torch

/// How a linear probe is trained: AdamW and half a cosine, cross-entropy.
///
/// CLIP fits its probes by logistic regression (L-BFGS) to the end; this reaches the same optimum by steps, so that a
/// probe is trained, logged and resumed like every other model.
public struct LinearProbeRecipe: Codable, Sendable, Equatable {
    /// The number of clips a step, all processes together.
    public var batch = 256
    /// The number of passes over the data.
    public var epochs = 50.0
    /// The epochs of linear growth from zero.
    public var warmupEpochs = 0.0
    /// The highest learning rate.
    public var learningRate = 1e-2
    /// The decay of the head's weights; its bias does not decay.
    public var weightDecay = 1e-4

    /// Makes the recipe.
    public init() {}

    /// The factor of the rate over epochs.
    public var schedule: EpochSchedule { EpochSchedule(warmup: warmupEpochs, end: epochs) }

    /// The learning rate of a step.
    ///
    /// - Parameters:
    ///   - step: counted from 0.
    ///   - stepsPerEpoch: the number of steps of an epoch.
    /// - Returns: the rate.
    public func learningRate(at step: Int, stepsPerEpoch: Int) -> Double {
        learningRate * schedule.factor(at: Double(step) / Double(stepsPerEpoch))
    }

    /// The head's weights, which decay, and its bias, which does not.
    ///
    /// - Parameter trained: the class head.
    /// - Returns: both groups.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        ParameterGroup.decayingMatrices(trained, weightDecay: weightDecay)
    }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (1...1_048_576).contains(batch) else { throw .badRecipe("batch is \(batch); it must be at least 1") }
        try checkAdamW(learningRate: learningRate, weightDecay: weightDecay)
        try check(epochs: epochs, warmup: warmupEpochs)
    }
}
