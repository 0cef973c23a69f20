public import Torch

/// What happens inside one block.
public struct BlockTrace: Sendable {
    /// The stream that attention starts from, behind the adapter before it, `[B, N, D]`.
    public let attentionInput: Tensor
    /// Queries, keys and values; nil where pruning removed all heads.
    public let projections: MultiheadAttention.Projections?
    /// What attention adds to the stream, `[B, N, D]`; nil where pruning removed all heads.
    public let attention: Tensor?
    /// The stream that the feed-forward part starts from, behind the adapter before it, `[B, N, D]`.
    public let mlpInput: Tensor
    /// The stream after the block, `[B, N, D]`.
    public let output: Tensor
}

/// One transformer block, normalised before each part, with places for adapters on its stream.
///
///     x = adapterₐ(x);   x = x + attention(ln₁(x))
///     x = adapterₘ(x);   x = x + mlp(ln₂(x))
///
/// Source: openai/CLIP `clip/model.py`, `ResidualAttentionBlock`; the adapters' places as in ST-Adapter and M2-CLIP.
public struct ResidualAttentionBlock: Sendable {
    /// The first norm and the attention; nil where pruning removed all heads.
    let attention: (norm: LayerNorm, mix: MultiheadAttention)?
    let mlpNorm: LayerNorm
    let mlp: MLP
    let adapters: BlockAdapters
    let dropRate: Double

    /// Declares `ln_1`, `attn`, `ln_2`, `mlp` and whatever the adapters declare.
    ///
    /// - Parameters:
    ///   - scope: the block's place in the checkpoint.
    ///   - sizes: the sizes of the stack that the block belongs to.
    ///   - block: the block's number in the stack.
    ///   - style: what the blocks have in common.
    ///   - additions: adapters and dropping.
    public init(
        _ scope: Scope, _ sizes: TransformerConfiguration, block: Int, style: BlockStyle,
        additions: TowerAdditions = TowerAdditions()
    ) {
        let (width, heads, eps) = (sizes.width, sizes.heads[block], style.layerNormEps)
        let initial = BlockInitial(style.initial, sizes, block: block)
        attention =
            heads == 0
            ? nil
            : (
                LayerNorm(scope / "ln_1", width, eps: eps),
                MultiheadAttention(
                    scope / "attn", width: width, heads: heads, headWidth: sizes.headWidth,
                    initial: (initial.attentionInput, initial.attentionOutput))
            )
        mlpNorm = LayerNorm(scope / "ln_2", width, eps: eps)
        mlp = MLP(
            scope / "mlp", width: width, inner: sizes.mlpWidths[block], activation: style.activation,
            initial: initial)
        adapters = additions.adapters(scope, block)
        dropRate = additions.dropRates.isEmpty ? 0 : additions.dropRates[block]
    }

    /// Applies the block.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    ///   - training: whether to drop.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false, training: Bool = false) -> Tensor {
        let rate = training ? dropRate : 0
        var x = adapters.beforeAttention?(x) ?? x
        if let attention {
            x = x + dropped(attention.mix(attention.norm(x), isCausal: isCausal, dropout: rate), rate)
        }
        x = adapters.beforeMLP?(x) ?? x
        return x + dropped(mlp(mlpNorm(x)), rate)
    }

    /// Applies the block with the tokens of another sequence as keys and values, which the first norm takes too.
    ///
    /// Source: M2-CLIP `models_adapter.py`, `forward_cross`.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - memory: `[B, S, D]`.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, over memory: Tensor) -> Tensor {
        var x = adapters.beforeAttention?(x) ?? x
        if let attention { x = x + attention.mix(attention.norm(x), over: attention.norm(memory)) }
        x = adapters.beforeMLP?(x) ?? x
        return x + mlp(mlpNorm(x))
    }

    /// Whether the block is CLIP's own: no adapters and nothing dropped.
    func isPlain(training: Bool) -> Bool {
        adapters.beforeAttention == nil && adapters.beforeMLP == nil && (dropRate == 0 || !training)
    }

    /// Applies the block for its first token alone, which is all that is asked of a last block; nothing is dropped.
    ///
    /// Adapters see all tokens, so a block must have none.
    ///
    /// - Parameter x: `[B, N, D]`.
    /// - Returns: `[B, D]`, the first token of what the whole block gives.
    func firstToken(of x: Tensor) -> Tensor {
        var first = x.slice(1, 0..<1)  // [B, 1, D]
        if let attention {
            let normal = attention.norm(x)
            first = first + attention.mix(normal.slice(1, 0..<1), over: normal)
        }
        return (first + mlp(mlpNorm(first))).squeezed(1)
    }

    /// Applies the block and keeps what happens inside; nothing is dropped.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    /// - Returns: the block's inner values and its output.
    public func trace(_ x: Tensor, isCausal: Bool = false) -> BlockTrace {
        let attentionInput = adapters.beforeAttention?(x) ?? x
        let projections = attention.map { $0.mix.projections(of: $0.norm(attentionInput)) }
        let mixed = attention.flatMap { part in projections.map { part.mix.mixed($0, isCausal: isCausal) } }
        let stream = mixed.map { attentionInput + $0 } ?? attentionInput
        let mlpInput = adapters.beforeMLP?(stream) ?? stream
        return BlockTrace(
            attentionInput: attentionInput, projections: projections, attention: mixed, mlpInput: mlpInput,
            output: mlpInput + mlp(mlpNorm(mlpInput)))
    }

    /// Drops a branch's tokens, the same positions of all rows, as ActionCLIP does.
    private func dropped(_ branch: Tensor, _ rate: Double) -> Tensor {
        guard rate > 0 else { return branch }
        return branch * Tensor.ones([1, branch.shape[1], 1], dtype: branch.dtype, device: branch.device).dropout(rate)
    }
}
