internal import ActionModels
internal import CLIP
internal import Torch

/// What a method is built of.
struct MethodInputs: Sendable {
    let start: StartingPoint
    let resetHead: Bool
    /// The names of the classes as sentences hold them.
    let classes: [String]
    let settings: RunSettings
    /// Whether the weights are cut out of a larger CLIP.
    var inherits = false
    /// What a student learns from beside the classes of its clips.
    var distillation = DistillationSources()

    var classification: ClassificationLoss {
        ClassificationLoss(settings.task, labelSmoothing: settings.labelSmoothing)
    }
}

extension PresetModel {
    /// Builds the model on its start and switches training on for what the method trains.
    ///
    /// New parameters are drawn from the run's seed.
    ///
    /// - Parameter inputs: start, classes and settings.
    /// - Returns: the method.
    /// - Throws: `TrainingError` for a start, classes or settings that do not fit.
    @TorchActor
    func training(_ inputs: MethodInputs) throws -> any TrainingMethod {
        try check(inputs)
        switch self {
        case .actionCLIP(let configuration, let recipe):
            let (model, parameters) = try build(inputs) { ActionCLIP($0, configuration) }
            return ActionCLIPTraining(
                model, parameters, recipe ?? ActionCLIPRecipe(), classes: inputs.classes,
                tokenizer: try inputs.start.requiredTokenizer)
        case .distillation(let configuration, let recipe):
            return try distillation(configuration, recipe ?? DistillationRecipe(), inputs)
        case .m2CLIP(let configuration, let recipe): return try m2CLIP(configuration, recipe, inputs)
        case .evl(let configuration, let recipe):
            let (model, parameters) = try build(inputs) { EVL($0, configuration) }
            return ClassHeadTraining(.evl(model, recipe ?? EVLRecipe()), parameters, inputs.classification)
        case .stAdapter(let configuration, let recipe):
            let (model, parameters) = try build(inputs) { STAdapter($0, configuration) }
            return ClassHeadTraining(.stAdapter(model, recipe ?? STAdapterRecipe()), parameters, inputs.classification)
        case .linearProbe(let configuration, let recipe):
            let (model, parameters) = try build(inputs) { LinearProbe($0, configuration) }
            return ClassHeadTraining(
                .linearProbe(model, recipe ?? LinearProbeRecipe()), parameters, inputs.classification)
        }
    }

    @TorchActor
    private func m2CLIP(
        _ configuration: M2CLIPConfiguration, _ recipe: M2CLIPRecipe?, _ inputs: MethodInputs
    ) throws -> any TrainingMethod {
        let recipe = recipe ?? M2CLIPRecipe()
        let vocabulary = LabelVocabulary(classes: inputs.classes, templates: configuration.templates)
        let masking = try recipe.labelMasking(for: configuration, try inputs.start.requiredTokenizer, vocabulary)
        let (model, parameters) = try build(inputs) { M2CLIP($0, configuration) }
        if inputs.start.checkpoint.configuration.kind == .clip {
            M2CLIP.copyLastTextBlock(parameters, configuration) { _ in true }
        }
        return M2CLIPTraining(
            model, parameters, recipe, try M2CLIPTraining.Texts(classes: inputs.classes, masking: masking),
            inputs.classification)
    }

    /// Builds a model on the start's weights, some of which others may replace.
    @TorchActor
    func build<Model>(
        _ inputs: MethodInputs, replacing others: [String: Tensor] = [:], _ body: (Scope) -> Model
    ) throws(TrainingError) -> (model: Model, parameters: Parameters) {
        let configuration = configuration
        let tensors = try inputs.start.tensors(
            for: configuration, resetHead: inputs.resetHead, inherits: inputs.inherits
        ).merging(others) { $1 }
        do throws(ParameterError) {
            return try Parameters.build(
                .checkpoint(
                    tensors, fresh: { tensors[$0] == nil && configuration.isTrained($0) },
                    generator: Generator(seed: inputs.settings.seed)), body)
        } catch { throw .badRecipe("\(inputs.start.checkpoint.path) does not fit the recipe's model: \(error)") }
    }

    private func check(_ inputs: MethodInputs) throws(TrainingError) {
        if let classes = configuration.classes, classes != inputs.classes.count {
            throw .badRecipe(
                "model.classes is \(classes), the list has \(inputs.classes.count); "
                    + "--set model.classes=\(inputs.classes.count)")
        }
        if configuration.text != nil { try inputs.start.checkVocabulary() }
        let settings = inputs.settings, isHeaded: Bool
        switch self {
        case .actionCLIP, .distillation, .m2CLIP: isHeaded = false
        case .evl, .stAdapter, .linearProbe: isHeaded = true
        }
        guard isHeaded || (settings.mixing == nil && settings.task == .single) else {
            throw .badRecipe(
                "run.mixing and run.task multiple are for methods whose only loss is that of a class head; "
                    + "\(configuration.kind.title) compares clips with sentences of one class")
        }
        guard configuration.kind == .actionCLIP, settings.labelSmoothing > 0 else { return }
        throw .badRecipe("run.labelSmoothing is for class heads; ActionCLIP has none")
    }
}

extension StartingPoint {
    /// Checks that the vocabulary is the one that the text tower was trained with.
    fileprivate func checkVocabulary() throws(TrainingError) {
        guard let text = checkpoint.configuration.text else { return }
        let vocabulary = try requiredTokenizer.vocabulary
        guard let problem = text.problem(with: vocabulary) else { return }
        throw .badRecipe(
            "the vocabulary is not that of \(checkpoint.path): \(problem); name its own with --vocabulary")
    }

    /// The tokenizer of a start that must have a text tower.
    var requiredTokenizer: Tokenizer {
        get throws(TrainingError) {
            guard let tokenizer else {
                throw .badRecipe("\(checkpoint.path) has no vocabulary; the method needs a CLIP with its text tower")
            }
            return tokenizer
        }
    }
}
