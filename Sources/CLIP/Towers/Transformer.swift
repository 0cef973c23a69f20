public import Torch

/// A stack of blocks.
public struct Transformer: Sendable {
    /// The blocks, first to last.
    public let blocks: [ResidualAttentionBlock]

    /// Declares `resblocks.N`.
    ///
    /// - Parameters:
    ///   - scope: the stack's place in the checkpoint.
    ///   - sizes: the blocks' sizes.
    ///   - style: what the blocks have in common.
    ///   - additions: adapters and dropping.
    public init(
        _ scope: Scope, _ sizes: TransformerConfiguration, style: BlockStyle,
        additions: TowerAdditions = TowerAdditions()
    ) {
        blocks = (0..<sizes.layers).map {
            ResidualAttentionBlock(scope / "resblocks" / $0, sizes, block: $0, style: style, additions: additions)
        }
    }

    /// Applies all blocks.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - isCausal: whether a token sees only itself and those before.
    ///   - training: whether to drop.
    /// - Returns: `[B, N, D]`.
    public func callAsFunction(_ x: Tensor, isCausal: Bool = false, training: Bool = false) -> Tensor {
        blocks.reduce(x) { $1($0, isCausal: isCausal, training: training) }
    }

    /// Applies all blocks to tokens, and to a watcher that sees the tokens and itself without being seen.
    ///
    /// The tokens are bit for bit what they are without it. Nothing of the watcher is dropped; adapters would see it
    /// alone, so blocks must have none that look at neighbours.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - watcher: `[B, 1, D]`.
    ///   - training: whether to drop.
    /// - Returns: both behind the last block.
    package func callAsFunction(
        _ x: Tensor, watchedBy watcher: Tensor, training: Bool = false
    ) -> (tokens: Tensor, watcher: Tensor) {
        blocks.reduce((x, watcher)) { state, block in
            let (x, watcher) = state
            let seen = block(watcher, over: Tensor.concatenated([watcher, x], axis: 1))
            return (block(x, training: training), seen)
        }
    }

    /// Applies all blocks for the first token behind the last one, without what does not change it.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - training: whether to drop.
    /// - Returns: `[B, D]`.
    func firstToken(of x: Tensor, training: Bool = false) -> Tensor {
        guard let last = blocks.last, last.isPlain(training: training) else {
            return self(x, training: training).select(1, 0)
        }
        return last.firstToken(of: blocks.dropLast().reduce(x) { $1($0, training: training) })
    }

    /// Applies the blocks and keeps what happens inside the last ones.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - last: how many blocks to keep, at most all.
    ///   - isCausal: whether a token sees only itself and those before.
    /// - Returns: the inner values of the last blocks, in their order.
    public func trace(_ x: Tensor, last: Int, isCausal: Bool = false) -> [BlockTrace] {
        trace(x, last: last, isCausal: isCausal) { $0 }
    }

    /// Applies the blocks and keeps a part of what happens inside the last ones; the rest is freed block by block.
    ///
    /// - Parameters:
    ///   - x: `[B, N, D]`.
    ///   - last: how many blocks to keep, at most all.
    ///   - isCausal: whether a token sees only itself and those before.
    ///   - keeping: takes what is wanted from a block's inner values.
    /// - Returns: what was wanted of the last blocks, in their order.
    public func trace<Kept>(
        _ x: Tensor, last: Int, isCausal: Bool = false, keeping: (BlockTrace) -> Kept
    ) -> [Kept] {
        var (stream, kept) = (x, [Kept]())
        for (number, block) in blocks.enumerated() {
            if number < blocks.count - last {
                stream = block(stream, isCausal: isCausal)
            } else {
                let trace = block.trace(stream, isCausal: isCausal)
                kept.append(keeping(trace))
                stream = trace.output
            }
        }
        return kept
    }
}
