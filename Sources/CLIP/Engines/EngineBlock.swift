internal import Torch

/// A block of an engine's tower.
///
///     x = x + attention(ln₁(x));   x = x + mlp(ln₂(x))
///
/// The last block works for the first token alone, but for keys and values.
struct EngineBlock: Sendable {
    let attention: EngineAttention?
    let mlp: EngineMLP
    let isLast: Bool

    /// Applies the block.
    ///
    /// - Parameter x: float32 `[B, N, D]`, which may be written over.
    /// - Returns: `[B, N, D]`; of the last block `[B, 1, D]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let kept = isLast ? x.slice(1, 0..<1).contiguous() : x
        return mlp(attention.map { $0(x, addedTo: kept) } ?? kept)
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
    enum Projections: Sendable {
        /// Queries, keys and values of all tokens by one product.
        case all(EngineLinear)
        /// The query of the first token, keys and values of all.
        case first(query: EngineLinear, rest: EngineLinear)
    }

    let norm: EngineNorm
    let projections: Projections
    /// The type of queries, keys and values.
    let mixes: RowOutput
    let heads: Int
    let output: EngineLinear

    /// Mixes tokens and adds the result to the stream.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - stream: what is added to, `[B, M, D]` with all tokens or the first one.
    /// - Returns: `[B, M, D]`.
    func callAsFunction(_ x: Tensor, addedTo stream: Tensor) -> Tensor {
        let parts: [Tensor]
        switch projections {
        case .all(let layer):
            parts = layer(norm(x, as: layer.input), as: mixes).split(into: 3, -1)  // 3 x [B, N, h d]
        case .first(let query, let rest):
            let normal = norm(x, as: rest.input)  // [B, N, D]
            parts =
                [query(normal.slice(1, 0..<1).contiguous(), as: mixes)] + rest(normal, as: mixes).split(into: 2, -1)
        }
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
