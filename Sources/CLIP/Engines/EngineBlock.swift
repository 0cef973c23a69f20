internal import Torch

/// A block of an engine's tower.
///
///     x = x + attention(ln₁(x));   x = x + mlp(ln₂(x))
///
/// The last block works for the first token alone, but for keys and values.
struct EngineBlock: Sendable {
    enum Attention: Sendable {
        case ofAll(EngineAttention)
        case ofFirst(FirstTokenAttention)
        /// Pruning removed all heads.
        case none
    }

    let attention: Attention
    let mlp: EngineMLP
    let isLast: Bool

    /// Applies the block.
    ///
    /// - Parameter x: float32 `[B, N, D]`, which may be written over.
    /// - Returns: `[B, N, D]`; of the last block `[B, 1, D]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let kept = isLast ? x.slice(1, 0..<1).contiguous() : x
        return switch attention {
        case .ofAll(let mix): mlp(mix(x, addedTo: kept))
        case .ofFirst(let mix): mlp(mix(x, addedTo: kept))
        case .none: mlp(kept)
        }
    }
}

/// A norm whose weight and bias are mostly multiplied into the layer behind it.
struct EngineNorm: Sendable {
    var weight: Tensor?
    var bias: Tensor?
    let eps: Double

    func callAsFunction(_ x: Tensor, as output: RowOutput) -> Tensor {
        x.normalizedRows(weight, bias, eps: eps, as: output)
    }
}

/// The attention of an engine's block.
struct EngineAttention: Sendable {
    let norm: EngineNorm
    /// Queries, keys and values by one product.
    let projection: EngineLinear
    /// The type of queries, keys and values.
    let mixes: RowOutput
    let heads: Int
    let output: EngineLinear

    /// Mixes tokens and adds the result to the stream.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - stream: what is added to, `[B, N, D]`, which may be written over.
    /// - Returns: `[B, N, D]`.
    func callAsFunction(_ x: Tensor, addedTo stream: Tensor) -> Tensor {
        let parts = projection(norm(x, as: projection.input), as: mixes).split(into: 3, -1)  // 3 x [B, N, h d]
        return output(parts[0].rowAttention(parts[1], parts[2], heads: heads, as: output.input), addedTo: stream)
    }
}

/// The feed-forward part of an engine's block.
///
/// QuickGELU is `silu(1.702 x) / 1.702`; the factors stand in the weights of the two layers.
struct EngineMLP: Sendable {
    let norm: EngineNorm
    let up: EngineLinear, down: EngineLinear
    let activation: FusedActivation

    /// Adds the part's result to the stream.
    ///
    /// - Parameter x: `[B, N, D]`, which may be written over.
    /// - Returns: `[B, N, D]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        down(up(norm(x, as: up.input), activation, as: down.input), addedTo: x)
    }
}
