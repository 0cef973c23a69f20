public import Torch

/// The feed-forward part of a block.
///
///     y = W₂ · activation(W₁ · x)
public struct MLP: Sendable {
    let up: Linear, down: Linear
    let activation: Activation

    init(_ scope: Scope, width: Int, inner: Int, activation: Activation, deviation: Double, outputDeviation: Double) {
        up = Linear(scope / "c_fc", width, inner, initial: .normal(deviation))
        down = Linear(scope / "c_proj", inner, width, initial: .normal(outputDeviation))
        self.activation = activation
    }

    /// Applies the part to each token.
    ///
    /// - Parameter x: `[B, N, D]`.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let inner = up(x)
        return switch activation {
        case .quickGELU: down(inner.quickGELU)
        case .gelu: down(inner.gelu)
        }
    }
}

/// One transformer block, normalised before each part.
///
///     x = x + attention(ln₁(x))
///     x = x + mlp(ln₂(x))
///
/// Source: openai/CLIP `clip/model.py`, `ResidualAttentionBlock`.
public struct ResidualAttentionBlock: Sendable {
    /// The first norm and the attention; nil where pruning removed all heads.
    let attention: (norm: LayerNorm, mix: MultiheadAttention)?
    let mlpNorm: LayerNorm
    let mlp: MLP

    init(_ scope: Scope, _ sizes: TransformerConfiguration, block: Int, activation: Activation, eps: Double) {
        let (width, heads) = (sizes.width, sizes.heads[block])
        // New weights as openai/CLIP `CLIP.initialize_parameters`.
        let projection = 1 / (Double(width) * 2 * Double(max(sizes.layers, 1))).squareRoot()
        let input = 1 / Double(width).squareRoot(), inner = 1 / (2 * Double(width)).squareRoot()
        attention =
            heads == 0
            ? nil
            : (
                LayerNorm(scope / "ln_1", width, eps: eps),
                MultiheadAttention(
                    scope / "attn", width: width, heads: heads, headWidth: sizes.headWidth, deviation: input,
                    outputDeviation: projection)
            )
        mlpNorm = LayerNorm(scope / "ln_2", width, eps: eps)
        mlp = MLP(
            scope / "mlp", width: width, inner: sizes.mlpWidths[block], activation: activation, deviation: inner,
            outputDeviation: projection)
    }

    /// Applies the block.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false) -> Tensor {
        let mixed = attention.map { x + $0.mix($0.norm(x), isCausal: isCausal) } ?? x
        return mixed + mlp(mlpNorm(mixed))
    }
}

/// A stack of blocks.
public struct Transformer: Sendable {
    /// The blocks, first to last.
    public let blocks: [ResidualAttentionBlock]

    /// Declares `resblocks.N`.
    ///
    /// - Parameters:
    ///   - scope: the stack's place in the checkpoint.
    ///   - sizes: the blocks' sizes.
    ///   - activation: the feed-forward parts' activation.
    ///   - eps: added to the variance in the norms.
    public init(_ scope: Scope, _ sizes: TransformerConfiguration, activation: Activation, eps: Double) {
        blocks = (0..<sizes.layers).map {
            ResidualAttentionBlock(scope / "resblocks" / $0, sizes, block: $0, activation: activation, eps: eps)
        }
    }

    /// Applies all blocks.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false) -> Tensor {
        blocks.reduce(x) { $1($0, isCausal: isCausal) }
    }
}
