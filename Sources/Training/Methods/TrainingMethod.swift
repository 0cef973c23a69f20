public import ActionModels
public import Torch
public import Video

/// What the trainer needs to know of a method: its model, what is trained, at which rate, and the loss of a batch.
///
/// One conformance a method. Everything else of a run, from decoding to checkpoints, is the same for all of them.
@TorchActor
public protocol TrainingMethod: AnyObject, Sendable {
    /// The architecture.
    var configuration: ActionModelConfiguration { get }
    /// The model as it is evaluated.
    var model: any ActionModel { get }
    /// All its parameters.
    var parameters: Parameters { get }
    /// The trained ones.
    var trained: TrainedParameters { get }
    /// The number of clips a step, all processes together.
    var batch: Int { get }
    /// The length of a run.
    var length: RunLength { get }
    /// The number of parts that the recipe cuts a step's clips into; a run may cut further.
    var batchSplit: Int { get }
    /// Whether what is learned answers by texts; if not, by the class head.
    var answersByTexts: Bool { get }

    /// The parameters by rates and decay.
    var groups: [ParameterGroup] { get }

    /// The optimiser with empty averages.
    ///
    /// - Parameter groups: the parameters by rates and decay, perhaps divided further than by `groups`.
    /// - Returns: the optimiser.
    func optimizer(over groups: [ParameterGroup]) -> any Optimizer

    /// The learning rate of a step, which groups scale.
    ///
    /// - Parameter position: where the run is.
    /// - Returns: the rate.
    func learningRate(at position: RunPosition) -> Double

    /// The sentences that a step reads of its clips' classes; nil for methods without a text tower.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - draws: where each clip's random numbers come from, one source a clip.
    /// - Returns: token ids.
    /// - Throws: `TokenizerError` or `TrainingError` for names that no sentence can hold.
    func texts(for labels: [Int], draws: inout [SeededDraws]) throws -> ClipTexts?

    /// The sentences, for methods whose sentences depend on the video too.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - positions: the clips' positions in the list.
    ///   - draws: where each clip's random numbers come from, one source a clip.
    /// - Returns: token ids.
    /// - Throws: `TokenizerError` or `TrainingError` for names that no sentence can hold.
    func texts(for labels: [Int], at positions: [Int], draws: inout [SeededDraws]) throws -> ClipTexts?

    /// The loss of a batch, as this process's share of the loss of all.
    ///
    /// - Parameters:
    ///   - batch: clips, labels and sentences.
    ///   - processes: the other processes of the run.
    /// - Returns: the share with its graph, and its parts for the log.
    /// - Throws: `ProcessGroupError` when another process is gone.
    func loss(of batch: TrainingBatch, across processes: LossSharing) throws -> StepLoss
}

extension TrainingMethod {
    /// The clips of a step stay together.
    public var batchSplit: Int { 1 }
    /// Models with a class head answer by it.
    public var answersByTexts: Bool { model.classes == nil }

    /// The sentences of the classes, whatever the videos.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - positions: without effect.
    ///   - draws: where each clip's random numbers come from.
    /// - Returns: what ``texts(for:draws:)`` gives.
    /// - Throws: what it throws.
    public func texts(for labels: [Int], at positions: [Int], draws: inout [SeededDraws]) throws -> ClipTexts? {
        try texts(for: labels, draws: &draws)
    }
}

/// How long a run is.
public enum RunLength: Sendable, Equatable {
    /// So many passes over the data.
    case epochs(Double)
    /// So many steps.
    case steps(Int)
}

/// Where a run is.
public struct RunPosition: Sendable, Equatable {
    /// The number of steps before this one.
    public let step: Int
    /// The number of steps of an epoch.
    public let stepsPerEpoch: Int

    /// Makes a position.
    ///
    /// - Parameters:
    ///   - step: the number of steps before this one.
    ///   - stepsPerEpoch: the number of steps of an epoch, at least 1.
    public init(step: Int, stepsPerEpoch: Int) {
        precondition(stepsPerEpoch > 0, "RunPosition: an epoch of \(stepsPerEpoch) steps")
        self.step = step
        self.stepsPerEpoch = stepsPerEpoch
    }

    /// The epoch, counted from 0.
    public var epoch: Int { step / stepsPerEpoch }
    /// The step in its epoch, counted from 0.
    public var iteration: Int { step % stepsPerEpoch }
}

/// What a loss says of one batch.
public struct StepLoss: Sendable {
    /// This process's share of the loss, one number with its graph; the shares of all processes and parts add up to it.
    public let share: Tensor
    /// Shares of the loss's parts by name, without a graph.
    public let parts: [String: Tensor]

    /// Makes a loss.
    ///
    /// - Parameters:
    ///   - share: this process's share, one number with its graph.
    ///   - parts: shares of the loss's parts by name.
    public init(share: Tensor, parts: [String: Tensor] = [:]) {
        self.share = share
        self.parts = parts.mapValues { $0.detached() }
    }
}
