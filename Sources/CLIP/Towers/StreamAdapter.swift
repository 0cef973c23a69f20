public import Torch

/// Something that a method puts on the residual stream of a tower's block, before one of the block's two parts.
///
/// It gets the stream before the block's norm and gives the whole new stream, its own residual included. Frames of a
/// clip are adjacent rows: row `b * T + t` is frame t of clip b.
public protocol StreamAdapter: Sendable {
    /// Changes the stream.
    ///
    /// - Parameter x: `[B T, N, D]`.
    /// - Returns: `[B T, N, D]`.
    func callAsFunction(_ x: Tensor) -> Tensor

    /// How many frames before a frame change it directly; 0 for adapters that look at one frame alone.
    var reach: Int { get }

    /// The adapter for clips of another length, with the same parameters.
    ///
    /// - Parameter frames: the number of frames of a clip.
    /// - Returns: the adapter.
    func forClips(of frames: Int) -> Self
}

extension StreamAdapter {
    /// One frame alone, unless a type says otherwise.
    public var reach: Int { 0 }

    /// The adapter itself.
    ///
    /// - Parameter frames: the number of frames of a clip, which does not matter.
    /// - Returns: the adapter.
    public func forClips(of frames: Int) -> Self { self }
}

/// The adapters of one block.
///
///     x = beforeAttention(x);   x = x + attention(ln₁(x));   x = beforeMLP(x);   x = x + mlp(ln₂(x))
public struct BlockAdapters: Sendable {
    /// Works on the block's input.
    public var beforeAttention: (any StreamAdapter)?
    /// Works between attention and feed-forward part.
    public var beforeMLP: (any StreamAdapter)?

    /// Makes the adapters of a block.
    ///
    /// - Parameters:
    ///   - beforeAttention: works on the block's input.
    ///   - beforeMLP: works between attention and feed-forward part.
    public init(beforeAttention: (any StreamAdapter)? = nil, beforeMLP: (any StreamAdapter)? = nil) {
        self.beforeAttention = beforeAttention
        self.beforeMLP = beforeMLP
    }
}

/// What a method adds to a tower; nothing for CLIP itself.
public struct TowerAdditions {
    /// Makes the adapters of a block: the block's place in the checkpoint and its number.
    public var adapters: (Scope, Int) -> BlockAdapters
    /// The rate of dropping in each block while training; empty means none.
    ///
    /// Attention weights are dropped, and whole branches token by token. Source: ActionCLIP `clip/model.py`.
    public var dropRates: [Double]
    /// The rate of dropping embedded tokens while training.
    public var embeddingDropout: Double
    /// Whether the patch embedding has a bias, which no CLIP has; EVL's backbone does.
    public var hasPatchBias: Bool

    /// Makes the additions to a tower.
    ///
    /// - Parameters:
    ///   - dropRates: the rate of dropping in each block while training; empty means none.
    ///   - embeddingDropout: the rate of dropping embedded tokens while training.
    ///   - hasPatchBias: whether the patch embedding has a bias.
    ///   - adapters: makes the adapters of a block.
    public init(
        dropRates: [Double] = [], embeddingDropout: Double = 0, hasPatchBias: Bool = false,
        adapters: @escaping (Scope, Int) -> BlockAdapters = { _, _ in BlockAdapters() }
    ) {
        self.dropRates = dropRates
        self.embeddingDropout = embeddingDropout
        self.hasPatchBias = hasPatchBias
        self.adapters = adapters
    }
}
