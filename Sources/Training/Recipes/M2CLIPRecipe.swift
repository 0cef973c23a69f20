public import Torch

/// How M2-CLIP is trained: the released scripts' optimiser, schedule, losses and masking.
///
/// Source: M2-CLIP `main.py`, `scripts/`.
public struct M2CLIPRecipe: Codable, Sendable, Equatable {
    /// What the contrastive task reads.
    public enum ContrastiveText: String, Codable, Sendable, CaseIterable {
        /// The same sentences as the masked words' task, masks included: the released code.
        case masked
        /// The whole sentences, by a text pass of their own.
        case plain
    }

    /// The number of clips a step, over all devices.
    public var batch: Int
    /// The number of epochs.
    public var epochs: Double
    /// The number of epochs of growing learning rate.
    public var warmupEpochs = 2.0
    /// The highest learning rate.
    public var learningRate: Double
    /// What the rate of text adapters is multiplied by.
    public var textRateScale = 0.5
    /// AdamW's weight decay.
    public var weightDecay = 0.01
    /// How much of the average of gradients stays in each step.
    public var beta1 = 0.9
    /// How much of the average of squared gradients stays in each step.
    public var beta2 = 0.999
    /// Added to the denominator of a step.
    public var eps = 1e-8
    /// The losses' weights and variants.
    public var loss = M2CLIPLoss()
    /// How much is masked.
    public var masking = LabelMasking.Options()
    /// What the contrastive task reads.
    public var contrastiveText = ContrastiveText.masked

    /// Makes a recipe with the reference's rule for learning rates.
    ///
    ///     rate = 10⁻³ batch / 256
    ///
    /// - Parameters:
    ///   - batch: the number of clips a step.
    ///   - epochs: the number of epochs.
    public init(batch: Int = 72, epochs: Double = 12) {
        self.batch = batch
        self.epochs = epochs
        learningRate = Double(batch) / 256_000
    }

    /// The Kinetics script: 72 clips a step, 12 epochs.
    public static let kinetics = M2CLIPRecipe()
    /// The Something-Something script: 128 clips a step, 50 epochs.
    public static let somethingSomething = M2CLIPRecipe(batch: 128, epochs: 50)

    /// The factor of rates over epochs, from 0 at the first step.
    public var schedule: EpochSchedule { EpochSchedule(warmup: warmupEpochs, end: epochs) }

    /// The learning rate of a step, to be multiplied by each group's scale.
    ///
    /// - Parameters:
    ///   - step: counted from 0, whose rate is 0 with a warm-up.
    ///   - stepsPerEpoch: the number of steps of an epoch, the last incomplete batch counted; at least 1.
    /// - Returns: the rate.
    public func learningRate(at step: Int, stepsPerEpoch: Int) -> Double {
        precondition(stepsPerEpoch > 0, "M2CLIPRecipe: an epoch of \(stepsPerEpoch) steps")
        return learningRate * schedule.factor(at: Double(step) / Double(stepsPerEpoch))
    }

    /// The reference's four groups: decay; text decay; no decay; text no decay.
    ///
    /// A name that holds `textad_` is text, one that holds `.bias` does not decay; weights of convolutions and norms do.
    ///
    /// - Parameter trained: the trained parameters.
    /// - Returns: four groups in this order, also empty ones.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        [(decays: true, isText: false), (true, true), (false, false), (false, true)].map { decays, isText in
            ParameterGroup(
                trained.filter { name, _ in
                    name.contains(".bias") != decays && name.contains("textad_") == isText
                },
                learningRateScale: isText ? textRateScale : 1, weightDecay: decays ? weightDecay : 0)
        }
    }

    /// The optimiser with empty averages.
    ///
    /// Parameters with a gradient of zeros are stepped too, so they decay: those of the last block's difference branch
    /// before the feed-forward part, and the word head's while nothing is masked.
    ///
    /// - Parameter trained: the trained parameters.
    /// - Returns: AdamW over the four groups.
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
        guard (1...1_000_000).contains(batch) else { throw .badRecipe("batch is \(batch); it must be 1 to 1000000") }
        try checkAdamW(learningRate: learningRate, weightDecay: weightDecay, betas: (beta1, beta2), eps: eps)
        try check(epochs: epochs, warmup: warmupEpochs)
        let weights = [
            ("text rate scale", textRateScale),
            ("contrastive weight", loss.weights.contrastive), ("cross-modal weight", loss.weights.crossModal),
            ("visual weight", loss.weights.visual), ("word weight", loss.weights.words),
        ]
        for (name, value) in weights where !(value >= 0 && value < 1e6) {
            throw .badRecipe("\(name) is \(value); it must be 0 or a positive number")
        }
        try masking.validate()
    }
}
