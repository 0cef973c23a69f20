public import Torch

/// CLIP's causal text transformer.
///
/// Its parameters stand at the root of a checkpoint: `token_embedding`, `positional_embedding`, `transformer`,
/// `ln_final`, `text_projection`. Source: openai/CLIP `clip/model.py`, `CLIP.encode_text`.
public struct TextTower: Sendable {
    /// The tower's sizes.
    public let sizes: TextConfiguration
    /// The stack of blocks.
    public let transformer: Transformer
    /// The norm behind the last block, `ln_final`.
    public let finalNorm: LayerNorm
    let tokenEmbedding: Embedding
    let positions: Tensor
    let projection: Tensor
    /// The size E of the common space.
    package var embedDim: Int { projection.shape[1] }
    let embeddingDropout: Double

    /// Declares the tower's parameters.
    ///
    /// - Parameters:
    ///   - scope: the tower's place; the root in CLIP.
    ///   - configuration: the model's sizes, validated.
    ///   - additions: what a method adds to the tower.
    public init(_ scope: Scope, _ configuration: CLIPConfiguration, additions: TowerAdditions = TowerAdditions()) {
        sizes = configuration.text
        let width = sizes.blocks.width
        positions = scope.parameter("positional_embedding", sizes.contextLength, width, initial: .normal(0.01))
        projection = scope.parameter(
            "text_projection", width, configuration.embedDim, initial: .normal(1 / Double(width).squareRoot()))
        tokenEmbedding = Embedding(scope / "token_embedding", sizes.vocabularySize, width, initial: .normal(0.02))
        transformer = Transformer(
            scope / "transformer", sizes.blocks, style: BlockStyle(configuration, initial: .widthAndDepth),
            additions: additions)
        finalNorm = LayerNorm(scope / "ln_final", width, eps: configuration.layerNormEps)
        embeddingDropout = additions.embeddingDropout
    }

    /// Encodes texts.
    ///
    /// - Parameters:
    ///   - tokens: integer ids `[B, L]`, L at most the context length, each below the vocabulary's size.
    ///   - training: whether to drop.
    /// - Returns: features in the common space, not normalised, `[B, E]`.
    public func callAsFunction(_ tokens: Tensor, training: Bool = false) -> Tensor {
        let embedded = embed(tokens).dropout(training ? embeddingDropout : 0)
        return pooled(transformer(embedded, isCausal: true, training: training), tokens)
    }

    /// Looks tokens up and gives them positions.
    ///
    /// - Parameter tokens: integer ids `[B, L]`.
    /// - Returns: what the first block gets, `[B, L, D]`.
    public func embed(_ tokens: Tensor) -> Tensor {
        tokenEmbedding(tokens) + positions.slice(0, 0..<tokens.shape[1])
    }

    /// The feature of each text from the last block's tokens.
    ///
    /// - Parameters:
    ///   - states: the last block's tokens, not normalised, `[B, L, D]`.
    ///   - tokens: the ids `[B, L]`.
    /// - Returns: features in the common space, not normalised, `[B, E]`.
    public func pooled(_ states: Tensor, _ tokens: Tensor) -> Tensor {
        let index = pooledPositions(tokens).reshaped(-1, 1, 1).repeated(1, 1, sizes.blocks.width)
        return finalNorm(states.gathered(1, index).squeezed(1)).matmul(projection)  // [B, E]
    }

    /// Cuts off the positions that no text needs: attention is causal, so they change no feature.
    ///
    /// - Parameter tokens: the ids `[B, L]`.
    /// - Returns: the ids up to the last position that gives a feature, `[B, L']`.
    public func trimmed(_ tokens: Tensor) -> Tensor {
        tokens.slice(1, 0..<pooledPositions(tokens).max().item(Int.self) + 1)
    }

    private func pooledPositions(_ tokens: Tensor) -> Tensor {
        switch sizes.pooling {
        case .largestToken: tokens.argmax(-1)
        case .firstToken(let id): tokens.equal(to: Double(id)).to(dtype: .int32).argmax(-1)
        }
    }
}
