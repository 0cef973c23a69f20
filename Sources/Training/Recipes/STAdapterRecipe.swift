public import Torch

/// How ST-Adapter is trained: AdamW and a half cosine, cross-entropy, no clipping.
///
/// Source: ST-Adapter `main.py` and `scripts/*`; the defaults are the script for Kinetics-400.
public struct STAdapterRecipe: Codable, Sendable, Equatable {
    /// The number of clips a step, all processes together.
    public var batch = 192
    /// The learning rate of a batch of 256 clips.
    public var learningRate = 1e-3
    /// The decay of weights; parameters with `.bias` in their name do not decay.
    public var weightDecay = 0.01
    /// The number of passes over the data.
    public var epochs = 12.0
    /// The epochs of linear growth from zero; the first step's rate is zero.
    public var warmupEpochs = 2.0

    /// Makes the recipe for Kinetics-400.
    public init() {}

    /// The highest learning rate: the one of 256 clips, scaled by the batch.
    public var peakLearningRate: Double { learningRate * Double(batch) / 256 }

    /// The factor of the rate over the position in epochs, step by step.
    public var schedule: EpochSchedule { EpochSchedule(warmup: warmupEpochs, end: epochs) }

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
    /// - Returns: AdamW, whose steps take ``rate(at:)``.
    public func optimizer(_ trained: TrainedParameters) -> AdamW { AdamW(groups(trained)) }

    /// The learning rate of a step.
    ///
    /// - Parameter epoch: the position in epochs, `step / steps of an epoch`.
    /// - Returns: the rate.
    public func rate(at epoch: Double) -> Double { peakLearningRate * schedule.factor(at: epoch) }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        guard (1...1_048_576).contains(batch) else { throw .badRecipe("batch is \(batch); it must be at least 1") }
        guard learningRate > 0, learningRate.isFinite, weightDecay >= 0, weightDecay.isFinite else {
            throw .badRecipe("learningRate and weightDecay must be positive numbers")
        }
        guard epochs > 0, epochs.isFinite, warmupEpochs >= 0, warmupEpochs < epochs else {
            throw .badRecipe("warmupEpochs \(warmupEpochs) must be at least 0 and less than epochs \(epochs)")
        }
    }
}
