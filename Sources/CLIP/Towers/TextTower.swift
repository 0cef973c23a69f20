public import Torch

/// CLIP's causal text transformer.
///
/// Its parameters stand at the root of a checkpoint: `token_embedding`, `positional_embedding`, `transformer`,
/// `ln_final`, `text_projection`. Source: openai/CLIP `clip/model.py`, `CLIP.encode_text`.
public struct TextTower: Sendable {
    let sizes: TextConfiguration
    let tokenEmbedding: Embedding
    let positions: Tensor
    let transformer: Transformer
    let finalNorm: LayerNorm
    let projection: Tensor

    /// Declares the tower's parameters.
    ///
    /// - Parameters:
    ///   - scope: the tower's place; the root in CLIP.
    ///   - configuration: the model's sizes, validated.
    public init(_ scope: Scope, _ configuration: CLIPConfiguration) {
        sizes = configuration.text
        let width = sizes.blocks.width
        positions = scope.parameter("positional_embedding", sizes.contextLength, width, initial: .normal(0.01))
        projection = scope.parameter(
            "text_projection", width, configuration.embedDim, initial: .normal(1 / Double(width).squareRoot()))
        tokenEmbedding = Embedding(scope / "token_embedding", sizes.vocabularySize, width, initial: .normal(0.02))
        transformer = Transformer(
            scope / "transformer", sizes.blocks, activation: configuration.activation, eps: configuration.layerNormEps)
        finalNorm = LayerNorm(scope / "ln_final", width, eps: configuration.layerNormEps)
    }

    /// Encodes texts.
    ///
    /// - Parameter tokens: integer ids `[B, L]`, L at most the context length, each below the vocabulary's size.
    /// - Returns: features in the common space, not normalised, `[B, E]`.
    public func callAsFunction(_ tokens: Tensor) -> Tensor {
        let x = tokenEmbedding(tokens) + positions.slice(0, 0..<tokens.shape[1])  // [B, L, D]
        let last = finalNorm(transformer(x, isCausal: true))
        let index = pooledPositions(tokens).reshaped(-1, 1, 1).repeated(1, 1, sizes.blocks.width)
        return last.gathered(1, index).squeezed(1).matmul(projection)  // [B, E]
    }

    private func pooledPositions(_ tokens: Tensor) -> Tensor {
        switch sizes.pooling {
        case .largestToken: tokens.argmax(-1)
        case .firstToken(let id): tokens.equal(to: Double(id)).to(dtype: .int32).argmax(-1)
        }
    }
}
