public import ActionModels
internal import CLIP
public import Torch
public import Video

/// The training of a student: ActionCLIP's, with every switch of the threefold distillation beside it.
///
///     L = (1-α) A(v_F, u(y), y) + α D(v_Q) + λ_s (1/G) Σ_g weight_g S_g(v_F) + λ_a L_affinity
///
/// With all switches off the loss is that of ``ActionCLIPTraining``, to the last bit. All of it is computed over the
/// whole batch of all processes. Source: the page of the threefold distillation, section 5.
public final class DistillationTraining: TrainingMethod {
    let actionCLIP: ActionCLIP
    let recipe: DistillationRecipe
    let sources: DistillationSources
    let prompts: PromptTable
    /// What spatial objectives add; nil where there are none.
    let spatial: SpatialStudent?
    private var constantClasses: Tensor?
    /// All parameters, those beside the model too.
    public let parameters: Parameters
    /// The trained ones.
    public let trained: TrainedParameters

    /// Switches training on for what the recipe trains.
    ///
    /// - Parameters:
    ///   - model: the student with what stands beside it, and the parameters of both.
    ///   - recipe: how it is trained.
    ///   - prompts: the sentences of the classes.
    ///   - sources: what it learns from.
    init(
        _ model: (student: ActionCLIP, spatial: SpatialStudent?, parameters: Parameters), _ recipe: DistillationRecipe,
        _ prompts: PromptTable, _ sources: DistillationSources
    ) {
        (actionCLIP, spatial, parameters) = (model.student, model.spatial, model.parameters)
        (self.recipe, self.prompts, self.sources) = (recipe, prompts, sources)
        trained = parameters.train(recipe.isTrained)
    }

    /// The architecture.
    public var configuration: ActionModelConfiguration { .actionCLIP(actionCLIP.configuration) }
    /// The model as it is evaluated.
    public var model: any ActionModel { actionCLIP }
    /// The number of clips a step, all processes together.
    public var batch: Int { recipe.actionCLIP.batch }
    /// The length of a run.
    public var length: RunLength { .epochs(Double(recipe.actionCLIP.epochs)) }
    /// The parameters by rates and decay.
    public var groups: [ParameterGroup] { recipe.groups(trained) }

    /// The recipe's optimiser.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: the optimiser.
    public func optimizer(over groups: [ParameterGroup]) -> any Optimizer { recipe.actionCLIP.optimizer(over: groups) }

    /// ActionCLIP's learning rate of a step.
    ///
    /// - Parameter position: where the run is.
    /// - Returns: the rate.
    public func learningRate(at position: RunPosition) -> Double {
        recipe.actionCLIP.learningRate(
            epoch: position.epoch, iteration: position.iteration, of: position.stepsPerEpoch)
    }

    /// One of the 16 sentences for each clip.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - draws: where each clip's random numbers come from.
    /// - Returns: token ids, and which sentence it is.
    public func texts(for labels: [Int], draws: inout [SeededDraws]) -> ClipTexts? {
        let drawn = prompts.prompts(for: labels.count, draws: &draws)
        var texts = ClipTexts(tokens: prompts.tokens(prompts: drawn, classes: labels))
        texts.prompts = drawn
        return texts
    }

    /// The sentences, and with spatial captions second ones that tell what is seen.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - positions: the clips' positions in the list.
    ///   - draws: where each clip's random numbers come from.
    /// - Returns: token ids.
    /// - Throws: `TokenizerError` for a context that no text fits into.
    public func texts(for labels: [Int], at positions: [Int], draws: inout [SeededDraws]) throws -> ClipTexts? {
        var texts = texts(for: labels, draws: &draws)
        guard recipe.spatial?.objectives.form == .captions, case .cached(let targets)? = sources.spatial,
            let drawn = texts?.prompts
        else { return texts }
        let captions = SpatialCaptions(targets.groups)(
            prompts.sentences(prompts: drawn, classes: labels), actions: labels, targets: targets.batch(at: positions),
            draws: &draws)
        texts?.captions = SceneCaptions(
            tokens: try prompts.tokens(of: captions.sentences), pairs: Tensor(captions.pairs))
        return texts
    }

    /// Encodes texts, without a graph where the text tower is fixed.
    func encodeTexts(_ tokens: Tensor, training: Bool) -> Tensor {
        recipe.actionCLIP.isTextFixed
            ? withoutGradient { actionCLIP.encodeText(tokens, training: training) }
            : actionCLIP.encodeText(tokens, training: training)
    }

    /// The class vectors c_S `[K, E]`: of this step with a graph, or those of a text tower that never changes.
    func classVectors() -> Tensor {
        if let constantClasses { return constantClasses }
        let text = actionCLIP.clip.text, tokens = text.trimmed(prompts.tokens)
        let rows = stride(from: 0, to: tokens.shape[0], by: 256).map { start in
            encodeTexts(tokens.slice(0, start..<min(start + 256, tokens.shape[0])), training: false)
        }
        let vectors = LabelFeatures(Tensor.concatenated(rows), labels: prompts.classes.count).classVectors
        if !recipe.trainsTexts { constantClasses = vectors.detached() }
        return vectors
    }
}
