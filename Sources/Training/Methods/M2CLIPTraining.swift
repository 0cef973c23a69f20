public import ActionModels
public import CLIP
public import Torch
public import Video

/// The training of M2-CLIP: a frozen CLIP with adapters, four tasks at once.
///
/// Source: M2-CLIP `main.py`. Its released code compares the clips of one process only; by default the clips of all
/// processes are compared, so that their number does not matter.
public final class M2CLIPTraining: TrainingMethod {
    private let m2CLIP: M2CLIP
    private let recipe: M2CLIPRecipe
    private let classes: [String]
    private let masking: LabelMasking
    private let classPrompts: ClassPromptCache
    private let classification: ClassificationLoss
    /// All parameters.
    public let parameters: Parameters
    /// The trained ones.
    public let trained: TrainedParameters

    /// What the texts' tasks need to know.
    public struct Texts: Sendable {
        /// The names of the classes as sentences hold them.
        public let classes: [String]
        /// How sentences are masked.
        public let masking: LabelMasking
        /// The sentence of every class, token ids `[K, N]`.
        public let classTokens: Tensor

        /// Makes the settings.
        ///
        /// - Parameters:
        ///   - classes: the names of the classes.
        ///   - masking: how sentences are masked.
        ///   - classTokens: the sentence of every class `[K, N]`; nil means the names in the masking's first template.
        /// - Throws: `TokenizerError` for names that are too long.
        public init(classes: [String], masking: LabelMasking, classTokens: Tensor? = nil) throws(TokenizerError) {
            self.classes = classes
            self.masking = masking
            if let classTokens {
                self.classTokens = classTokens
            } else {
                var ids: [Int32] = []
                for name in classes { ids += try masking.plain(name, in: masking.templates[0]).tokens }
                self.classTokens = Tensor(ids, shape: [classes.count, masking.contextLength])
            }
        }
    }

    /// Switches training on for adapters, heads and the cross-modal block.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - parameters: its parameters.
    ///   - recipe: how it is trained.
    ///   - texts: what the texts' tasks need to know.
    ///   - classification: the loss of the class head, which label smoothing and mixing change.
    public init(
        _ model: M2CLIP, _ parameters: Parameters, _ recipe: M2CLIPRecipe, _ texts: Texts,
        _ classification: ClassificationLoss = .init()
    ) {
        m2CLIP = model
        self.parameters = parameters
        self.recipe = recipe
        self.classification = classification
        (classes, masking) = (texts.classes, texts.masking)
        trained = parameters.train(M2CLIPConfiguration.isTrained)
        classPrompts = ClassPromptCache(model, tokens: texts.classTokens)
    }

    /// The architecture.
    public var configuration: ActionModelConfiguration { .m2CLIP(m2CLIP.configuration) }
    /// The model as it is evaluated.
    public var model: any ActionModel { m2CLIP }
    /// The number of clips a step, all processes together.
    public var batch: Int { recipe.batch }
    /// The length of a run.
    public var length: RunLength { .epochs(recipe.epochs) }
    /// Whether the class head is not trained, so that the common space with texts has to answer.
    public var answersByTexts: Bool { recipe.loss.weights.visual == 0 }
    /// The reference's four groups.
    public var groups: [ParameterGroup] { recipe.groups(trained) }

    /// AdamW with the recipe's numbers.
    ///
    /// - Parameter groups: the parameters by rates and decay.
    /// - Returns: the optimiser.
    public func optimizer(over groups: [ParameterGroup]) -> any Optimizer { recipe.optimizer(over: groups) }

    /// The learning rate of a step.
    ///
    /// - Parameter position: where the run is.
    /// - Returns: the rate.
    public func learningRate(at position: RunPosition) -> Double {
        recipe.learningRate(at: position.step, stepsPerEpoch: position.stepsPerEpoch)
    }

    /// The masked sentence of each clip's class, and the whole one where the contrastive task reads it.
    ///
    /// - Parameters:
    ///   - labels: the class of each clip.
    ///   - draws: where each clip's random numbers come from.
    /// - Returns: token ids and masked words.
    /// - Throws: `TokenizerError` for a name that is too long.
    public func texts(for labels: [Int], draws: inout [SeededDraws]) throws -> ClipTexts? {
        var rows: [M2CLIPTexts] = []
        for (clip, label) in labels.enumerated() {
            rows.append(try recipe.texts(for: [classes[label]], masking: masking, draws: &draws[clip]))
        }
        let plain = rows.compactMap(\.contrastiveTexts)
        return ClipTexts(
            tokens: Tensor.concatenated(rows.map(\.texts)),
            plainTokens: plain.isEmpty ? nil : Tensor.concatenated(plain),
            words: Tensor.concatenated(rows.map(\.words)))
    }

    /// The weighted sum of the four tasks' losses.
    ///
    /// - Parameters:
    ///   - batch: clips, labels and masked sentences.
    ///   - processes: the other processes of the run.
    /// - Returns: the share, and each task's.
    /// - Throws: `ProcessGroupError` when another process is gone.
    public func loss(of batch: TrainingBatch, across processes: LossSharing) throws -> StepLoss {
        guard let texts = batch.texts, let words = texts.words else { fatalError("M2-CLIP: a batch without sentences") }
        let outputs = m2CLIP.outputs(
            of: M2CLIP.Batch(
                clips: batch.clips, texts: texts.tokens, contrastiveTexts: texts.plainTokens,
                classTexts: classPrompts.features(m2CLIP)), training: batch.isDropping)
        return try share(outputs, batch, words, processes)
    }

    private func share(
        _ outputs: M2CLIP.Outputs, _ batch: TrainingBatch, _ words: Tensor, _ processes: LossSharing
    ) throws(ProcessGroupError) -> StepLoss {
        let loss = recipe.loss, weights = loss.weights
        let labels = try processes.gathered(batch.labels, of: batch)
        var pairs = outputs.pairLogits
        if processes.isShared {
            pairs = m2CLIP.pairLogits(
                videos: try processes.gathered(outputs.video.pooled, of: batch),
                texts: try processes.gathered(outputs.texts.pooled, of: batch))
        }
        let rows = labels.shape[0], pairShare = processes.share(ofMeanOver: rows, of: batch)
        // A mean over masked words is one of all processes' words; the parts of a step weigh by their clips.
        let wordShare = batch.isPadding ? 0 : processes.isShared ? Double(rows) / Double(batch.total) : batch.share
        let ownWords = M2CLIPLoss.maskedCount(words)
        let maskedWords = try processes.total(batch.isPadding ? .zeros([]) : ownWords)
        let parts = [
            ("contrastive", weights.contrastive, SoftTargetContrastiveLoss()(pairs, labels: labels).total * pairShare),
            ("cross-modal", weights.crossModal, loss.crossModal(outputs, batch, classification) * batch.share),
            ("visual", weights.visual, classification(outputs.classLogits, batch) * batch.share),
            ("words", weights.words, loss.words(outputs.wordLogits, words, count: maskedWords) * wordShare),
        ]
        let total = parts[1...].reduce(parts[0].2 * parts[0].1) { $0 + $1.2 * $1.1 }
        return StepLoss(share: total, parts: Dictionary(uniqueKeysWithValues: parts.map { ($0.0, $0.2) }))
    }
}
