public import ActionModels
public import Torch

/// What a teacher says of a batch of clips; nothing of it has a graph.
///
///     z_T = 100 n(v_T) c_Tᵀ,   ŷ = argmax prob(v_T)
///
/// c_T are the teacher's own class vectors, one a class over all prompts. Only scores are compared with a student's, so
/// that its features may have another width. Source: the page of the threefold distillation, section 4.3.
public struct TeacherScores: Sendable {
    /// The scaled similarities z_T of clips to classes `[B, K]`.
    public let logits: Tensor
    /// The classes ŷ that the teacher takes the clips for (int64) `[B]`.
    public let labels: Tensor

    /// Takes scores that were computed before or elsewhere, for example gathered from all processes.
    ///
    /// - Parameters:
    ///   - logits: z_T `[B, K]`.
    ///   - labels: ŷ `[B]`; nil means the argmax of the logits, which may differ from that of the probabilities.
    public init(logits: Tensor, labels: Tensor? = nil) {
        self.logits = logits.detached()
        self.labels = (labels ?? logits.argmax(-1)).detached()
    }

    /// Scores clips by the teacher's rule.
    ///
    /// - Parameters:
    ///   - features: of the teacher, for the clips.
    ///   - labels: the teacher's own features of the classes in all prompts.
    ///   - scoring: the teacher's rule; its fusion applies where the teacher has two heads.
    public init(_ features: ClipFeatures, of labels: LabelFeatures, by scoring: TextScoring) {
        let isMixed = scoring.fusion == .averageProbabilities
        let ofClasses = TextScoring(
            scale: scoring.scale, ensemble: .features, templates: scoring.templates,
            fusion: isMixed ? .averageLogits : scoring.fusion)
        self.init(
            logits: ofClasses.scores(features, of: labels).squeezed(1),
            labels: scoring.probabilities(features, of: labels).argmax(-1))
    }
}
