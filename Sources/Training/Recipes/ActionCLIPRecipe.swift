public import ActionModels
public import Torch

/// How ActionCLIP is trained on labelled clips.
///
/// The defaults are those of the released Kinetics-400 configuration. The reference trains in half precision on GPUs
/// without a full-precision copy of the weights, so that its smallest steps round to nothing; here weights are
/// float32. Source: ActionCLIP `configs/k400/k400_train.yaml`, `utils/solver.py`, `train.py`.
public struct ActionCLIPRecipe: Codable, Sendable, Equatable {
    /// The optimiser with what it does to weights.
    public enum Method: Codable, Sendable, Equatable {
        /// AdamW, used everywhere: text, image and aggregator have rates of their own.
        case adamW(weightDecay: Double)
        /// Adam with a decay of 0.2 in the gradient: one rate for CLIP, one for the aggregator.
        case adam
        /// Stochastic gradient descent: one rate for CLIP, one for the aggregator.
        case sgd(momentum: Double, weightDecay: Double)

        private enum CodingKeys: String, CodingKey {
            case adamW = "adamw"
            case adam, sgd
        }

        /// The share of the rate by which weights decay.
        public var weightDecay: Double {
            switch self {
            case .adamW(let decay), .sgd(_, let decay): decay
            case .adam: 0.2
            }
        }
    }

    /// The optimiser; `optim`.
    public var method: Method = .adamW(weightDecay: 0.2)
    /// The highest rate of the text tower; `lr`.
    public var learningRate = 5e-6
    /// The image tower's rate by the text tower's, for AdamW; `ratio`.
    public var imageRatio = 1.0
    /// The aggregator's rate by the text tower's; `f_ratio`.
    public var aggregatorRatio = 10.0
    /// The number of epochs N; `epochs`.
    public var epochs = 50
    /// The epochs of growing rate; `lr_warmup_step`.
    public var warmupEpochs = 5.0
    /// What happens to the rate afterwards; `type`.
    public var decay = EpochSchedule.Decay.cosine
    /// At which iterations the rate follows the schedule.
    public var refresh = RateRefresh()
    /// The number of clips a step, on which the loss depends; 64 and 32 for HMDB51 and UCF101.
    public var batch = 128
    /// Whether the text tower stays as it is; `fix_text`.
    ///
    /// Texts are encoded without gradient; the scale of similarities is still trained.
    public var isTextFixed = false

    /// Makes the recipe for Kinetics-400.
    public init() {}

    /// The rate over the epochs, as a factor of each group's base rate.
    public var schedule: EpochSchedule { EpochSchedule(warmup: warmupEpochs, end: Double(epochs), decay: decay) }

    /// The base rate of an iteration; groups scale it.
    ///
    /// - Parameters:
    ///   - epoch: counted from 0.
    ///   - iteration: counted from 0 in its epoch.
    ///   - iterations: the number of iterations of an epoch.
    /// - Returns: the rate that the optimiser's step takes.
    public func learningRate(epoch: Int, iteration: Int, of iterations: Int) -> Double {
        learningRate * schedule.factor(at: refresh.position(epoch: epoch, iteration: iteration, of: iterations))
    }

    /// The groups of parameters with their rates and decay.
    ///
    /// Decay applies to everything that has a gradient: biases, norms, positions and the scale too.
    ///
    /// - Parameter trained: the model's trained parameters.
    /// - Returns: the groups, without empty ones.
    public func groups(_ trained: TrainedParameters) -> [ParameterGroup] {
        func group(_ scale: Double, _ isIncluded: (String) -> Bool) -> ParameterGroup {
            ParameterGroup(
                trained.filter { name, _ in isIncluded(name) }, learningRateScale: scale,
                weightDecay: method.weightDecay)
        }
        let isAggregator = { (name: String) in name.hasPrefix("fusion.") }
        let isImage = { (name: String) in name.hasPrefix("model.visual.") }
        let groups =
            switch method {
            case .adamW:
                [
                    group(1) { !isAggregator($0) && !isImage($0) }, group(imageRatio, isImage),
                    group(aggregatorRatio, isAggregator),
                ]
            case .adam, .sgd: [group(1) { !isAggregator($0) }, group(aggregatorRatio, isAggregator)]
            }
        return groups.filter { $0.parameters.count > 0 }
    }

    /// The optimiser of a run.
    ///
    /// - Parameter trained: the model's trained parameters.
    /// - Returns: the optimiser over `groups`.
    public func optimizer(_ trained: TrainedParameters) -> any Optimizer { optimizer(over: groups(trained)) }

    /// The optimiser over groups that were divided further than by `groups`.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: the optimiser.
    func optimizer(over groups: [ParameterGroup]) -> any Optimizer {
        switch method {
        case .adamW: AdamW(groups, betas: (0.9, 0.98), eps: 1e-8)
        case .adam: AdamW(groups, betas: (0.9, 0.98), eps: 1e-8, decay: .gradient)
        case .sgd(let momentum, _): SGD(groups, momentum: momentum)
        }
    }

    /// The loss of a batch: clips and texts matched both ways, clips of one class each other's positives.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - tokens: ids of text i, clip i's class name in a drawn template, `[B, L]`.
    ///   - labels: class indices `[B]`.
    ///   - training: whether to drop; false gives the loss of what the model would say.
    /// - Returns: both directions and their mean.
    public func loss(
        of model: ActionCLIP, clips: Tensor, tokens: Tensor, labels: Tensor, training: Bool = true
    ) -> SoftTargetContrastiveLoss.Value {
        let (videos, texts) = features(of: model, clips: clips, tokens: tokens, training: training)
        return SoftTargetContrastiveLoss()(model.logits(videos: videos, texts: texts), labels: labels)
    }

    /// What the loss compares: features of clips and of their texts, these without a graph where the text tower is fixed.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - tokens: ids of each clip's text `[B, L]`.
    ///   - training: whether to drop.
    /// - Returns: both `[B, E]`, not normalised.
    func features(
        of model: ActionCLIP, clips: Tensor, tokens: Tensor, training: Bool
    ) -> (videos: Tensor, texts: Tensor) {
        let videos = model.encodeVideo(clips, training: training)
        let texts =
            isTextFixed
            ? withoutGradient { model.encodeText(tokens, training: training) }
            : model.encodeText(tokens, training: training)
        return (videos, texts)
    }

    /// Checks every number.
    ///
    /// - Throws: `TrainingError.badRecipe` for the first that cannot be.
    public func validate() throws(TrainingError) {
        for (name, value) in [("epochs", epochs), ("batch", batch), ("refresh interval", refresh.interval)] {
            guard (1...1_000_000).contains(value) else { throw .badRecipe("\(name) is \(value)") }
        }
        if case .sgd(let momentum, _) = method, !(0..<1).contains(momentum) {
            throw .badRecipe("momentum is \(momentum); it must be 0 to below 1")
        }
        let numbers = [
            ("learning rate", learningRate), ("image ratio", imageRatio), ("aggregator ratio", aggregatorRatio),
            ("weight decay", method.weightDecay),
        ]
        for (name, value) in numbers where !(value >= 0 && value.isFinite) {
            throw .badRecipe("\(name) is \(value); it must be a number from 0")
        }
        try check(epochs: Double(epochs), warmup: warmupEpochs)
        guard case .multistep(let milestones) = decay else { return }
        guard milestones.allSatisfy({ $0 > warmupEpochs && $0.isFinite }) else {
            throw .badRecipe("the milestones \(milestones) must lie behind the warm-up of \(warmupEpochs) epochs")
        }
    }
}
