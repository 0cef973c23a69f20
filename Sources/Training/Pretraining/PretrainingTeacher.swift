internal import ActionModels
internal import CLIP
internal import Datasets
internal import Torch

/// A larger CLIP that a small one is pretrained from: TinyCLIP's two ideas, each of which can stand alone.
///
/// The student reads texts with the teacher's vocabulary. Source: Wu et al., "TinyCLIP: CLIP Distillation via Affinity
/// Mimicking and Weight Inheritance".
public struct PretrainingTeacher: Sendable {
    /// The larger CLIP with its tokenizer.
    public let model: StartingPoint
    /// How similarities of the batch follow the teacher's; nil leaves the contrastive loss alone.
    public var affinity: AffinityLoss?
    /// Whether the student's first weights are cut out of the teacher's, by ``WeightInheritance``.
    public var inherits: Bool

    /// Describes a teacher.
    ///
    /// - Parameters:
    ///   - model: the larger CLIP.
    ///   - affinity: how similarities of the batch follow the teacher's.
    ///   - inherits: whether the student's first weights are cut out of the teacher's.
    /// - Throws: `TrainingError.badRecipe` for a model that is no CLIP, or numbers that cannot be.
    public init(
        _ model: StartingPoint, affinity: AffinityLoss? = AffinityLoss(), inherits: Bool = false
    ) throws(TrainingError) {
        guard model.checkpoint.configuration.kind == .clip, model.tokenizer != nil else {
            throw .badRecipe(
                "\(model.checkpoint.path) is \(model.checkpoint.configuration.kind.title); a CLIP with its vocabulary "
                    + "teaches a CLIP")
        }
        try affinity?.validate()
        (self.model, self.affinity, self.inherits) = (model, affinity, inherits)
    }

    /// The larger CLIP's architecture, where first weights are cut out of it.
    var inherited: CLIPConfiguration? {
        guard inherits, case .clip(let larger) = model.checkpoint.configuration else { return nil }
        return larger
    }

    /// The student's first weights; nil where they are drawn.
    @TorchActor
    func weights(for student: CLIPConfiguration) throws(TrainingError) -> [String: Tensor]? {
        guard let inherited else { return nil }
        return try WeightInheritance.weights(of: model.checkpoint.tensors, inherited, for: student)
            .mapValues { $0.to(dtype: .float32) }
    }
}

/// The teacher beside the steps of a pretraining, frozen.
struct AffinityTeacher: Sendable {
    private let clip: FrameMeanCLIP
    private let tokenizer: Tokenizer
    private let adjustment: ClipAdjustment
    /// How the student follows.
    let loss: AffinityLoss

    /// Builds the teacher; nil where nothing follows it.
    @TorchActor
    init?(_ teacher: PretrainingTeacher, student: Preprocessing) throws {
        guard let affinity = teacher.affinity else { return nil }
        let model = try EvaluationModel(teacher.model.checkpoint, tokenizer: teacher.model.tokenizer)
        guard let clip = model.model as? FrameMeanCLIP, let tokenizer = model.tokenizer else { return nil }
        (self.clip, self.tokenizer, loss) = (clip, tokenizer, affinity)
        adjustment = ClipAdjustment(
            own: student.normalization, other: model.normalization, imageSize: clip.vision.imageSize)
    }

    /// The teacher's features of clips and texts, without a graph.
    func pairs(_ clips: Tensor, _ texts: [String]) throws(TokenizerError) -> AffinityLoss.Pairs {
        let length = clip.clip.text.sizes.contextLength
        let ids = try tokenizer(texts, contextLength: length, truncating: true)
        return withoutGradient {
            AffinityLoss.Pairs(
                videos: clip.encodeVideo(adjustment(clips)),
                texts: clip.clip.encodeText(Tensor(ids.flatMap(\.self), shape: [ids.count, length])),
                logitScale: clip.clip.logitScale)
        }
    }
}
