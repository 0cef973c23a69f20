internal import Torch

/// What the layers of a block take of some pictures, float32.
struct BlockSample {
    /// Behind the first norm, `[B, N, D]`; nil where pruning removed all heads.
    let attentionInput: Tensor?
    /// Before the output map, `[B, N, h d]`.
    let attentionOutput: Tensor?
    /// Behind the second norm, `[B, N, D]`.
    let mlpInput: Tensor
    /// Behind the activation, `[B, N, M]`.
    let mlpInner: Tensor
    /// The stream behind the block, `[B, N, D]`.
    let stream: Tensor

    /// The same of the first token alone, as the last block's layers take it; the norm before the attention keeps all.
    var ofFirstToken: BlockSample {
        BlockSample(
            attentionInput: attentionInput, attentionOutput: attentionOutput?.slice(1, 0..<1),
            mlpInput: mlpInput.slice(1, 0..<1), mlpInner: mlpInner.slice(1, 0..<1), stream: stream.slice(1, 0..<1))
    }
}

extension BlockSample {
    /// Applies a block and keeps what its layers take.
    ///
    /// - Parameters:
    ///   - block: without adapters.
    ///   - x: the stream before it, `[B, N, D]`.
    init(_ block: ResidualAttentionBlock, _ x: Tensor) {
        var x = x
        if let (norm, mix) = block.attention {
            let normal = norm(x)
            let parts = normal.linear(mix.inputWeight, mix.inputBias).split(into: 3, -1)
            let mixed = parts[0].rowAttention(parts[1], parts[2], heads: mix.heads)  // [B, N, h d]
            (attentionInput, attentionOutput) = (normal, mixed)
            x = x + mix.output(mixed)
        } else {
            (attentionInput, attentionOutput) = (nil, nil)
        }
        mlpInput = block.mlpNorm(x)
        let inner = block.mlp.up(mlpInput)
        mlpInner =
            switch block.mlp.activation {
            case .gelu: inner.gelu
            case .quickGELU: inner.quickGELU
            }
        stream = x + block.mlp.down(mlpInner)
    }
}
