internal import ActionModels
internal import CLIP
internal import Torch

/// What a student has beside its model to learn from spatial targets; none of it is part of the model that is kept.
struct SpatialStudent: Sendable {
    /// Adapters and losses.
    let objectives: SpatialObjectives
    private let texts: SpatialTexts
    /// The prototypes of the start, where they stay; nil where each step encodes them.
    private let constant: [Tensor]?

    /// Encodes the prototypes of the start.
    ///
    /// - Parameters:
    ///   - objectives: adapters and losses.
    ///   - text: the student's text tower with the weights that it starts from.
    ///   - tokenizer: the text tower's.
    /// - Throws: `TokenizerError` for a context that no text fits into.
    @TorchActor
    init(_ objectives: SpatialObjectives, _ text: TextTower, _ tokenizer: Tokenizer) throws(TokenizerError) {
        self.objectives = objectives
        let texts = try SpatialTexts(
            objectives.groups, tokenizer: tokenizer, contextLength: text.sizes.contextLength)
        self.texts = texts
        constant = objectives.configuration.prototypes == .constant ? withoutGradient { texts.prototypes(text) } : nil
    }

    /// Unit features of each group's labels `[K, E]`.
    func prototypes(_ text: TextTower) -> [Tensor] { constant ?? texts.prototypes(text) }
}

/// The spatial term of one step.
struct SpatialTerm {
    /// The losses of the groups, or of the second sentences, by name, for the log.
    let parts: [String: Tensor]
    private let join: (Tensor, Double) -> Tensor

    init(parts: [String: Tensor], _ join: @escaping (Tensor, Double) -> Tensor) {
        (self.parts, self.join) = (parts, join)
    }

    /// The loss of a step at a point of the run.
    func total(_ action: Tensor, progress: Double) -> Tensor { join(action, progress) }
}

extension DistillationTraining {
    /// The spatial term over the clips of all processes; nil without spatial targets.
    func spatialTerm(
        _ student: Student, _ texts: ClipTexts, _ batch: TrainingBatch, _ processes: LossSharing
    ) throws(ProcessGroupError) -> SpatialTerm? {
        guard let settings = recipe.spatial?.objectives else { return nil }
        if let captions = texts.captions {
            let sentences = try processes.gathered(
                encodeTexts(captions.tokens, training: batch.isDropping), of: batch)
            let pairs = try processes.gathered(captions.pairs, of: batch)
            let loss = SoftTargetContrastiveLoss()(
                actionCLIP.logits(videos: student.views.frame, texts: sentences), labels: pairs
            ).total
            return SpatialTerm(parts: ["captions": loss]) { $0 + loss * settings.lambda(at: $1) }
        }
        guard let spatial, let source = sources.spatial else { return nil }
        let targets = try source.targets(of: batch).gathered(by: processes, of: batch)
        let objectives = spatial.objectives
        let value = objectives(
            SpatialObjectives.Views(fused: student.views.frame, frames: student.frameMean),
            prototypes: spatial.prototypes(actionCLIP.clip.text), scale: actionCLIP.clip.logitScale.exp,
            targets: targets)
        let names = objectives.groups.map { "spatial/\($0.name)" }
        return SpatialTerm(parts: Dictionary(zip(names, value.groups), uniquingKeysWith: { first, _ in first })) {
            objectives.total(action: $0, value, lambda: settings.lambda(at: $1))
        }
    }
}
