public import ActionModels
internal import CLIP
public import Torch
public import Video

/// The training of methods whose only loss is that of a class head: EVL, ST-Adapter and linear probes.
public final class ClassHeadTraining: TrainingMethod {
    /// A model with its recipe.
    public enum Method: Sendable {
        /// EVL, by clips or by features that were kept.
        case evl(EVL, EVLRecipe)
        /// ST-Adapter.
        case stAdapter(STAdapter, STAdapterRecipe)
        /// A linear probe, by clips or by features that were kept.
        case linearProbe(LinearProbe, LinearProbeRecipe)
    }

    /// The model with its recipe.
    public let method: Method
    /// All parameters.
    public let parameters: Parameters
    /// The trained ones.
    public let trained: TrainedParameters
    private let classification: ClassificationLoss

    /// Switches training on for what the method trains.
    ///
    /// - Parameters:
    ///   - method: the model with its recipe.
    ///   - parameters: the model's parameters.
    ///   - classification: the loss of the class head.
    public init(_ method: Method, _ parameters: Parameters, _ classification: ClassificationLoss = .init()) {
        self.method = method
        self.parameters = parameters
        self.classification = classification
        let configuration = method.configuration
        trained = parameters.train(configuration.isTrained)
    }

    /// The architecture.
    public var configuration: ActionModelConfiguration { method.configuration }

    /// The model as it is evaluated.
    public var model: any ActionModel {
        switch method {
        case .evl(let model, _): model
        case .stAdapter(let model, _): model
        case .linearProbe(let model, _): model
        }
    }

    /// The number of clips a step, all processes together.
    public var batch: Int {
        switch method {
        case .evl(_, let recipe): recipe.batch
        case .stAdapter(_, let recipe): recipe.batch
        case .linearProbe(_, let recipe): recipe.batch
        }
    }

    /// The number of parts that EVL's recipe cuts a step's clips into.
    public var batchSplit: Int {
        switch method {
        case .evl(_, let recipe): recipe.batchSplit
        case .stAdapter, .linearProbe: 1
        }
    }

    /// The length of a run; EVL counts steps.
    public var length: RunLength {
        switch method {
        case .evl(_, let recipe): .steps(recipe.steps)
        case .stAdapter(_, let recipe): .epochs(recipe.epochs)
        case .linearProbe(_, let recipe): .epochs(recipe.epochs)
        }
    }

    /// The parameters by rates and decay.
    public var groups: [ParameterGroup] {
        switch method {
        case .evl(_, let recipe): recipe.groups(trained)
        case .stAdapter(_, let recipe): recipe.groups(trained)
        case .linearProbe(_, let recipe): recipe.groups(trained)
        }
    }

    /// AdamW with the recipe's numbers.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: the optimiser.
    public func optimizer(over groups: [ParameterGroup]) -> any Optimizer {
        switch method {
        case .evl(_, let recipe): recipe.optimizer(over: groups)
        case .stAdapter(_, let recipe): recipe.optimizer(over: groups)
        case .linearProbe: AdamW(groups)
        }
    }

    /// The learning rate of a step.
    ///
    /// - Parameter position: where the run is.
    /// - Returns: the rate.
    public func learningRate(at position: RunPosition) -> Double {
        switch method {
        case .evl(_, let recipe): recipe.learningRate(at: position.step)
        case .stAdapter(_, let recipe):
            recipe.learningRate(at: position.step, stepsPerEpoch: position.stepsPerEpoch)
        case .linearProbe(_, let recipe):
            recipe.learningRate(at: position.step, stepsPerEpoch: position.stepsPerEpoch)
        }
    }

    /// Nothing: there is no text tower.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - draws: where random numbers come from.
    /// - Returns: nil.
    public func texts(for labels: [Int], draws: inout [SeededDraws]) -> ClipTexts? { nil }

    /// The class head's loss.
    ///
    /// - Parameters:
    ///   - batch: clips or features, and labels.
    ///   - processes: the other processes of the run; the loss is a mean over clips, so they do not matter.
    /// - Returns: the share.
    public func loss(of batch: TrainingBatch, across processes: LossSharing) -> StepLoss {
        classification.share(logits(of: batch), batch)
    }

    private func logits(of batch: TrainingBatch) -> Tensor {
        let training = batch.isDropping
        return switch (method, batch.input) {
        case (.evl(let model, _), .clips(let clips)): model(clips, training: training)
        case (.evl(let model, _), .features(let features)): model.head(features, training: training)
        case (.stAdapter(let model, _), .clips(let clips)): model(clips, training: training)
        case (.stAdapter, .features): fatalError("ST-Adapter: its tower is trained, it has no frozen features")
        case (.linearProbe(let model, _), .clips(let clips)): model(clips)
        case (.linearProbe(let model, _), .features(let features)): model.logits(of: features)
        }
    }
}

extension ClassHeadTraining.Method {
    fileprivate var configuration: ActionModelConfiguration {
        switch self {
        case .evl(let model, _): .evl(model.configuration)
        case .stAdapter(let model, _): .stAdapter(model.configuration)
        case .linearProbe(let model, _): .linearProbe(model.configuration)
        }
    }
}

extension LinearProbe {
    /// Classifies clips by the last block's kept streams.
    ///
    /// - Parameter features: of the tower's last block at least.
    /// - Returns: logits `[B, K]`.
    public func logits(of features: EVLFeatures) -> Tensor {
        guard let stream = features.layers.last?.stream else { fatalError("LinearProbe: features of no block") }
        let (b, t) = (stream.shape[0], stream.shape[1])
        let frames = withoutGradient {
            visual.projected(stream.select(2, 0).reshaped(b * t, -1).to(dtype: .float32)).reshaped(b, t, -1)
        }
        return logits(ofFrames: frames)  // [B, K]
    }
}
