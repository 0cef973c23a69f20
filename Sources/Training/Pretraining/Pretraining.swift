internal import ActionModels
public import CLIP
public import Datasets
internal import Foundation
public import Torch
internal import Video

/// Training of a small CLIP from scratch on captioned clips, by the contrastive loss.
///
/// Each step draws clips whose actions differ, takes one random frame of each equal part of a clip, and pulls the mean
/// of the frames' features towards the feature of the caption or of the action's name. The same recipe, data, machine and number of threads give the same
/// weights.
public struct Pretraining: Sendable {
    /// What a run reports after each step.
    public struct Progress: Sendable {
        /// The number of finished steps.
        public let step: Int
        /// The number of steps of the run.
        public let total: Int
        /// The loss of this step.
        public let loss: Double
        /// The share of clips whose own caption scores highest in the batch.
        public let accuracy: Double
    }

    /// What a run gives.
    public struct Outcome: Sendable {
        /// The architecture.
        public let configuration: CLIPConfiguration
        /// How pictures become input.
        public let preprocessing: Preprocessing
        /// The vocabulary fitted on the captions.
        public let vocabulary: BytePairVocabulary
        /// The trained parameters, float32.
        public let parameters: Parameters
    }

    private let recipe: PretrainingRecipe
    private let data: CaptionedClips
    private let teacher: PretrainingTeacher?

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - recipe: the settings.
    ///   - data: the clips to train on.
    ///   - teacher: a larger CLIP to learn from; nil trains from scratch.
    /// - Throws: `TrainingError.badRecipe`.
    public init(
        _ recipe: PretrainingRecipe, data: CaptionedClips, teacher: PretrainingTeacher? = nil
    ) throws(TrainingError) {
        try recipe.validate()
        self.recipe = recipe
        self.data = data
        self.teacher = teacher
    }

    /// Runs all steps; ends early when the task is cancelled.
    ///
    /// - Parameter progress: told after each step.
    /// - Returns: the trained model's parts.
    /// - Throws: `TrainingError.diverged`, `cannotInherit` for a teacher that is smaller somewhere, `VideoError` for a clip
    ///   that cannot be read, `CancellationError`.
    public func run(_ progress: @Sendable (Progress) -> Void) async throws -> Outcome {
        let vocabulary = vocabulary
        let tokenizer = Tokenizer(vocabulary: vocabulary)
        let preprocessing = Preprocessing(imageSize: recipe.imageSize)
        let loader = ClipDecoder(preprocessing: preprocessing, frames: recipe.frames)
        var sampler = BatchSampler(actions: data.clips.map(\.action), seed: recipe.seed)
        let configuration = recipe.configuration(
            vocabularySize: vocabulary.count, inheriting: teacher?.inherited)
        let trainer = try await ContrastiveTrainer(recipe, configuration, teacher, preprocessing)

        var next = decode(sampler.batch(recipe.batch), step: 0, loader)
        for step in 0..<recipe.steps {
            let (batch, frames) = try await next.value
            if step + 1 < recipe.steps { next = decode(sampler.batch(recipe.batch), step: step + 1, loader) }
            try Task.checkCancellation()
            let texts = texts(of: batch, step: step)
            let tokens = try tokenizer(texts, contextLength: recipe.contextLength, truncating: true)
            let result = try await trainer.step(
                step, frames: frames, tokens: tokens, texts: texts, preprocessing)
            progress(Progress(step: step + 1, total: recipe.steps, loss: result.loss, accuracy: result.accuracy))
        }
        return Outcome(
            configuration: configuration, preprocessing: preprocessing, vocabulary: vocabulary,
            parameters: trainer.parameters)
    }

    /// The teacher's vocabulary, or one fitted on the captions.
    private var vocabulary: BytePairVocabulary {
        if let vocabulary = teacher?.model.tokenizer?.vocabulary { return vocabulary }
        let sentences = data.clips.map(\.caption) + recipe.prompts.compactMap { PromptTemplate($0)?("") }
        let corpus = Dictionary(sentences.map { ($0, 1) }, uniquingKeysWith: +)
        return TokenizerTrainer(mergeLimit: recipe.merges).vocabulary(from: corpus)
    }

    /// The captions of a batch, or the names of its actions in one of the prompts.
    private func texts(of batch: [Int], step: Int) -> [String] {
        var draws = SeededDraws(seed: SplitMix64.hash(recipe.seed ^ 0x6E61_6D65, UInt64(step)))
        guard draws.real(in: 0..<1) < recipe.nameShare,
            let prompt = PromptTemplate(recipe.prompts[draws.integer(in: 0..<recipe.prompts.count)])
        else { return batch.map { data.clips[$0].caption } }
        return batch.map { prompt(data.clips[$0].action) }
    }

    private func decode(
        _ batch: [Int], step: Int, _ loader: ClipDecoder
    ) -> Task<(batch: [Int], frames: [Frame]), any Error> {
        let paths = batch.map { data.clips[$0].path }
        let seed = SplitMix64.hash(recipe.seed, UInt64(step))
        return Task.detached { (batch, try loader.load(paths.map(VideoSource.file), seed: seed)) }
    }
}

/// The model and optimiser of a run, on the LibTorch thread.
@TorchActor
private final class ContrastiveTrainer {
    private let model: FrameMeanCLIP
    let parameters: Parameters
    private let trained: TrainedParameters
    private let optimizer: AdamW
    private let schedule: Schedule
    private let recipe: PretrainingRecipe
    private let teacher: AffinityTeacher?

    init(
        _ recipe: PretrainingRecipe, _ configuration: CLIPConfiguration, _ teacher: PretrainingTeacher?,
        _ preprocessing: Preprocessing
    ) throws {
        let inherited = try teacher?.weights(for: configuration)
        let source = inherited.map { ParameterSource.checkpoint($0) } ?? .random(Generator(seed: recipe.seed))
        let built = try Parameters.build(source) { CLIPModel($0, configuration) }
        self.teacher = try teacher.flatMap { try AffinityTeacher($0, student: preprocessing) }
        model = FrameMeanCLIP(built.model)
        parameters = built.parameters
        trained = parameters.train { _ in true }
        optimizer = AdamW(
            ParameterGroup.decayingMatrices(trained, weightDecay: recipe.weightDecay), betas: (0.9, 0.98), eps: 1e-6)
        schedule = Schedule(peak: recipe.learningRate, warmup: recipe.warmup, total: recipe.steps)
        self.recipe = recipe
    }

    func step(
        _ step: Int, frames: [Frame], tokens: [[Int32]], texts sentences: [String], _ preprocessing: Preprocessing
    ) throws -> (loss: Double, accuracy: Double) {
        let (batch, side) = (sentences.count, recipe.imageSize)
        let pixels = preprocessing.normalized(Preprocessing.packed(frames))
            .reshaped(batch, recipe.frames, 3, side, side)
        let videos = model.encodeVideo(pixels)
        let texts = model.clip.encodeText(Tensor(tokens.flatMap(\.self), shape: [batch, tokens[0].count]))
        let loss = try loss(videos, texts, pixels, sentences)
        let value = loss.item(Double.self)
        guard value.isFinite else { throw TrainingError.diverged(step: step, .loss(value)) }
        trained.clearGradients()
        loss.backward()
        trained.clipGradients(to: recipe.gradientClip)
        optimizer.step(learningRate: schedule.rate(at: step))
        withoutGradient { model.clip.logitScale.copy(from: model.clip.logitScale.clamped(to: 0...4.6052)) }  // ln 100
        let hits = withoutGradient {
            model.clip.logits(images: videos, texts: texts).argmax(1).equal(to: .arange(0..<batch))
                .to(dtype: .float32).mean().item(Double.self)
        }
        return (value, hits)
    }

    /// The contrastive loss, or the teacher's affinities with their share of it.
    private func loss(
        _ videos: Tensor, _ texts: Tensor, _ pixels: Tensor, _ sentences: [String]
    ) throws(TokenizerError) -> Tensor {
        let groups = groups(sentences), scale = model.clip.logitScale
        guard let teacher else {
            return ContrastiveLoss()(videos: videos, texts: texts, logitScale: scale, groups: groups)
        }
        let own = AffinityLoss.Pairs(videos: videos, texts: texts, logitScale: scale)
        return teacher.loss(
            student: own, teacher: try teacher.pairs(pixels, sentences), labels: Tensor(groups)
        ).total
    }

    /// A number for each text; equal texts get equal numbers.
    private func groups(_ texts: [String]) -> [Int] {
        var known: [String: Int] = [:]
        for text in texts where known[text] == nil { known[text] = known.count }
        return texts.compactMap { known[$0] }
    }
}

extension Pretraining.Outcome {
    /// Writes a model directory in half precision.
    ///
    /// - Parameters:
    ///   - path: the directory; must not exist yet.
    ///   - command: the command that trained the model, for its card.
    /// - Throws: `CLIPError.unwritable`.
    public func write(to path: String, command: String) throws(CLIPError) {
        let card = """
            # A small CLIP

            Trained on captioned clips by comparing the mean of the frames' features with their texts. It knows what was
            in those clips and nothing else, and it cannot tell the order of frames.

            - Command: `\(command)`
            - LibTorch \(TorchRuntime.version), float32; stored in half precision.
            - Parameters: \(parameters.count()) (image tower \(parameters.count { $0.hasPrefix("visual.") })).

            """
        try ModelDirectory.write(
            to: path, configuration: configuration, preprocessing: preprocessing,
            tensors: parameters.tensors.mapValues { $0.detached().to(dtype: .float16) }, vocabulary: vocabulary,
            card: card)
    }
}
