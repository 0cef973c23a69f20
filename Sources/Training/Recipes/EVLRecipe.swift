public import Torch

/// How EVL is trained: AdamW with decay on everything, half a cosine over the steps without warm-up, cross-entropy.
///
/// Source: EVL `main.py` and `scripts/*`; the defaults are those of every script for Kinetics-400.
public struct EVLRecipe: Codable, Sendable, Equatable {
    /// The learning rate of the first step, whatever the batch.
    public var learningRate = 4e-4
    /// The decay of all trained parameters, biases and norms included.
    public var weightDecay = 0.05
    /// How much of the average of gradients stays in each step.
    public var beta1 = 0.9
    /// How much of the average of their squares stays in each step.
    public var beta2 = 0.999
    /// Added to AdamW's denominator.
    public var eps = 1e-8
    /// The number of clips a step, all processes together.
    public var batch = 256
    /// The number of steps.
    public var steps = 50_000
    /// The number of parts that the clips of a step are cut into to save memory, `batch_split`.
    public var batchSplit = 1

    /// Makes the recipe for Kinetics-400.
    public init() {}

    /// The factor of the learning rate over the number of steps taken.
    public var schedule: EpochSchedule { EpochSchedule(end: Double(steps)) }

    /// The parameters by what they have in common: there is one group.
    ///
    /// - Parameter trained: decoder and class head; the tower too if it is trained.
    /// - Returns: all of them, decaying.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        [ParameterGroup(trained, weightDecay: weightDecay)]
    }

    /// Makes the optimiser.
    ///
    /// - Parameter trained: decoder and class head; the tower too if it is trained.
    /// - Returns: AdamW, whose steps take ``learningRate(at:)``.
    public func optimizer(_ trained: TrainedParameters) -> AdamW { optimizer(over: groups(trained)) }

    /// The optimiser over groups that were divided further than by `groups`.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: AdamW with the recipe's numbers.
    func optimizer(over groups: [ParameterGroup]) -> AdamW { AdamW(groups, betas: (beta1, beta2), eps: eps) }

    /// The learning rate of a step.
    ///
    /// - Parameter step: counted from 0.
    /// - Returns: the rate.
    public func learningRate(at step: Int) -> Double { learningRate * schedule.factor(at: Double(step)) }

    /// How a step's clips are cut into parts.
    public var microBatches: MicroBatches { MicroBatches(count: batchSplit) }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        try checkAdamW(learningRate: learningRate, weightDecay: weightDecay, betas: (beta1, beta2), eps: eps)
        for (name, value) in [("batch", batch), ("steps", steps)] where !(1...1_000_000_000).contains(value) {
            throw .badRecipe("\(name) is \(value); it must be at least 1")
        }
        guard (1...batch).contains(batchSplit) else {
            throw .badRecipe("batchSplit is \(batchSplit); it must be 1 to the batch of \(batch)")
        }
    }
}
