public import ActionModels
public import CLIP
public import Torch
public import Video

/// The training of ActionCLIP: clips and sentences of their class names, matched both ways.
///
/// Source: ActionCLIP `train.py`; the loss is computed over the whole batch of all processes.
public final class ActionCLIPTraining: TrainingMethod {
    private let actionCLIP: ActionCLIP
    private let recipe: ActionCLIPRecipe
    private let prompts: ClassPrompts
    /// All parameters.
    public let parameters: Parameters
    /// The trained ones.
    public let trained: TrainedParameters

    /// Switches training on for everything, or for everything but a fixed text tower.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - parameters: its parameters.
    ///   - recipe: how it is trained.
    ///   - classes: the names of the classes as sentences hold them.
    ///   - tokenizer: the text tower's.
    public init(
        _ model: ActionCLIP, _ parameters: Parameters, _ recipe: ActionCLIPRecipe, classes: [String],
        tokenizer: Tokenizer
    ) {
        actionCLIP = model
        self.parameters = parameters
        self.recipe = recipe
        prompts = ClassPrompts(
            classes: classes, draw: PromptDraw(), tokenizer: tokenizer,
            contextLength: model.configuration.clip.text.contextLength)
        trained = parameters.train(ActionCLIPConfiguration.isTrained)
    }

    /// The architecture.
    public var configuration: ActionModelConfiguration { .actionCLIP(actionCLIP.configuration) }
    /// The model as it is evaluated.
    public var model: any ActionModel { actionCLIP }
    /// The number of clips a step, all processes together.
    public var batch: Int { recipe.batch }
    /// The length of a run.
    public var length: RunLength { .epochs(Double(recipe.epochs)) }
    /// The parameters by rates and decay.
    public var groups: [ParameterGroup] { recipe.groups(trained) }

    /// The recipe's optimiser.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: the optimiser.
    public func optimizer(over groups: [ParameterGroup]) -> any Optimizer { recipe.optimizer(over: groups) }

    /// The learning rate of a step, which follows the schedule every tenth iteration only.
    ///
    /// - Parameter position: where the run is.
    /// - Returns: the rate.
    public func learningRate(at position: RunPosition) -> Double {
        recipe.learningRate(epoch: position.epoch, iteration: position.iteration, of: position.stepsPerEpoch)
    }

    /// One of the 16 sentences for each clip.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - draws: where each clip's random numbers come from.
    /// - Returns: token ids.
    /// - Throws: `TokenizerError` for a name that is too long.
    public func texts(for labels: [Int], draws: inout [SeededDraws]) throws -> ClipTexts? {
        ClipTexts(tokens: try prompts.tokens(for: labels, draws: &draws))
    }

    /// The symmetric contrastive loss over the clips of all processes.
    ///
    /// - Parameters:
    ///   - batch: clips, labels and sentences.
    ///   - processes: the other processes of the run.
    /// - Returns: the share, and both directions.
    /// - Throws: `ProcessGroupError` when another process is gone.
    public func loss(of batch: TrainingBatch, across processes: LossSharing) throws -> StepLoss {
        guard let texts = batch.texts else { fatalError("ActionCLIP: a batch without sentences") }
        let own = recipe.features(of: actionCLIP, clips: batch.clips, tokens: texts.tokens, training: batch.isDropping)
        let videos = try processes.gathered(own.videos, of: batch)
        let sentences = try processes.gathered(own.texts, of: batch)
        let labels = try processes.gathered(batch.labels, of: batch)
        let value = SoftTargetContrastiveLoss()(
            actionCLIP.logits(videos: videos, texts: sentences), labels: labels)
        let share = processes.share(ofMeanOver: labels.shape[0], of: batch)
        return StepLoss(
            share: value.total * share,
            parts: ["video to text": value.video * share, "text to video": value.text * share]
        )
    }
}
