internal import ActionModels
public import CLIP
public import Torch

/// The sentences of a vocabulary's groups, tokenized for one text tower.
///
///     c_l = n(mean over templates of n(text feature))
///
/// Source: the threefold distillation page, section 3.2, step 2, and section 3.3.
public struct SpatialTexts: Sendable {
    /// Sentences that are encoded at once, which bounds the memory.
    private static let part = 256

    /// Token ids of each group `[P K, L]`, template-major, and its number of labels K.
    private let rows: [(tokens: Tensor, labels: Int)]

    /// Tokenizes the sentences; those that are too long lose their end.
    ///
    /// - Parameters:
    ///   - groups: the groups.
    ///   - tokenizer: the text tower's.
    ///   - contextLength: the text tower's.
    /// - Throws: `TokenizerError` for a context that no text fits into.
    public init(_ groups: [SpatialGroup], tokenizer: Tokenizer, contextLength: Int) throws(TokenizerError) {
        rows = try groups.map { group throws(TokenizerError) in
            let sentences = group.templates.flatMap { template in group.labels.map(template.callAsFunction) }
            let ids = try tokenizer(sentences, contextLength: contextLength, truncating: true)
            return (tokens: Tensor(ids.flatMap(\.self), shape: [ids.count, contextLength]), labels: group.labels.count)
        }
    }

    /// The prototypes of each group's labels, with a graph where gradients are recorded.
    ///
    /// - Parameter text: the text tower.
    /// - Returns: unit features `[K, E]`, in the order of the groups.
    public func prototypes(_ text: TextTower) -> [Tensor] {
        rows.map { tokens, labels in
            let trimmed = text.trimmed(tokens)
            let parts = stride(from: 0, to: trimmed.shape[0], by: Self.part).map { start in
                text(trimmed.slice(0, start..<min(start + Self.part, trimmed.shape[0])))
            }
            return LabelFeatures(Tensor.concatenated(parts), labels: labels).merged.unit.squeezed(0)  // [K, E]
        }
    }
}
