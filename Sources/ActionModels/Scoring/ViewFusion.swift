/// How the two views of a two-headed model become one answer.
///
/// Source: the page of the threefold distillation, section 4.4; DeiT `models.py`.
public enum ViewFusion: String, Codable, Sendable, CaseIterable {
    /// The mean of both views' probabilities.
    case averageProbabilities = "average_prob"
    /// The softmax of the mean of both views' similarities, as DeiT's code takes the mean of its heads' logits.
    case averageLogits = "average_logit"
    /// The probabilities of the sum of both unit features.
    case averageEmbedding = "average_embedding"
    /// The frame view alone.
    case frame
    /// The token view alone.
    case token
}
