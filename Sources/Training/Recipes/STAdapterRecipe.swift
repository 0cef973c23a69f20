public import Torch

/// How ST-Adapter is trained: AdamW and a half cosine, cross-entropy, no clipping.
///
/// Source: ST-Adapter `main.py` and `scripts/*`; the defaults are the script for Kinetics-400.
public struct STAdapterRecipe: Codable, Sendable, Equatable {
    /// The number of clips a step, all processes together.
    public var batch: Int
    /// The highest learning rate.
    public var learningRate: Double
    /// The decay of weights; parameters with `.bias` in their name do not decay.
    public var weightDecay = 0.01
    /// How much of the average of gradients stays in each step.
    public var beta1 = 0.9
    /// How much of the average of their squares stays in each step.
    public var beta2 = 0.999
    /// Added to AdamW's denominator.
    public var eps = 1e-8
    /// The number of passes over the data.
    public var epochs: Double
    /// The epochs of linear growth from zero.
    public var warmupEpochs = 2.0

    /// Makes a recipe with the reference's rule for learning rates.
    ///
    ///     rate = 10⁻³ batch / 256
    ///
    /// - Parameters:
    ///   - batch: the number of clips a step.
    ///   - epochs: the number of passes over the data.
    public init(batch: Int = 192, epochs: Double = 12) {
        self.batch = batch
        self.epochs = epochs
        learningRate = 1e-3 * Double(batch) / 256
    }

    /// The Kinetics script: 192 clips a step, 12 epochs.
    public static let kinetics = STAdapterRecipe()
    /// The Something-Something script: 256 clips a step, 50 epochs.
    public static let somethingSomething = STAdapterRecipe(batch: 256, epochs: 50)

    /// The factor of the rate over epochs, from 0 at the first step.
    public var schedule: EpochSchedule { EpochSchedule(warmup: warmupEpochs, end: epochs) }

    /// The learning rate of a step.
    ///
    /// - Parameters:
    ///   - step: counted from 0, whose rate is 0 with a warm-up.
    ///   - stepsPerEpoch: the number of steps of an epoch.
    /// - Returns: the rate.
    public func learningRate(at step: Int, stepsPerEpoch: Int) -> Double {
        learningRate * schedule.factor(at: Double(step) / Double(stepsPerEpoch))
    }

    /// The parameters by what they have in common.
    ///
    /// - Parameter trained: the adapters and the class head.
    /// - Returns: those that decay and those that do not, without empty groups.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        [
            ParameterGroup(trained.filter { name, _ in !name.contains(".bias") }, weightDecay: weightDecay),
            ParameterGroup(trained.filter { name, _ in name.contains(".bias") }),
        ].filter { $0.parameters.count > 0 }
    }

    /// Makes the optimiser.
    ///
    /// - Parameter trained: the adapters and the class head.
    /// - Returns: AdamW over both groups.
    public func optimizer(_ trained: TrainedParameters) -> AdamW { optimizer(over: groups(trained)) }

    /// The optimiser over groups that were divided further than by `groups`.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: AdamW with the recipe's numbers.
    func optimizer(over groups: [ParameterGroup]) -> AdamW { AdamW(groups, betas: (beta1, beta2), eps: eps) }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (1...1_048_576).contains(batch) else { throw .badRecipe("batch is \(batch); it must be at least 1") }
        try checkAdamW(learningRate: learningRate, weightDecay: weightDecay, betas: (beta1, beta2), eps: eps)
        try check(epochs: epochs, warmup: warmupEpochs)
    }
}
