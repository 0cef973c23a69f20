public import Torch

/// What the adapters of a tower saw of the frames before, so that a stream's next frame can be encoded alone.
///
/// Each adapter sees its own inputs of as many earlier frames as it reaches back, and zeros behind the newest frame, as
/// at the end of a clip. What later frames would change in earlier ones is lost: the result is near that of the whole
/// clip, not equal to it.
public struct AdapterMemory: Sendable {
    /// For each adapter that reaches back its inputs, the oldest first, each `[1, N, D]`.
    private var inputs: [[Tensor]] = []
    /// The next adapter.
    private var place = 0

    /// Makes an empty memory: no frame came before.
    public init() {}

    /// Goes back to the first adapter, for the next frame.
    mutating func rewind() { place = 0 }

    /// Applies an adapter to the newest frame.
    ///
    /// - Parameters:
    ///   - adapter: the next adapter of the tower; nil leaves the frame as it is.
    ///   - x: the newest frame's tokens, `[1, N, D]`.
    /// - Returns: `[1, N, D]`.
    mutating func applying(_ adapter: (any StreamAdapter)?, to x: Tensor) -> Tensor {
        guard let adapter else { return x }
        guard adapter.reach > 0 else { return adapter(x) }
        if place == inputs.count { inputs.append([]) }
        let clip = inputs[place] + [x]
        inputs[place] = clip.suffix(adapter.reach)
        place += 1
        return adapter.forClips(of: clip.count)(Tensor.concatenated(clip)).slice(0, clip.count - 1..<clip.count)
    }
}

extension VisionTransformer {
    /// Encodes the newest frame of a stream by its class token.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[1, 3, H, W]`.
    ///   - memory: what the adapters saw of the frames before; afterwards with this one.
    /// - Returns: the last block's class token, `[1, D]`.
    public func classToken(ofNewest pixels: Tensor, memory: inout AdapterMemory) -> Tensor {
        memory.rewind()
        return transformer.blocks.reduce(normalized(embed(pixels), training: false)) { $1.newest($0, &memory) }
            .select(1, 0)
    }
}

extension ResidualAttentionBlock {
    /// Applies the block to the newest frame of a stream.
    func newest(_ x: Tensor, _ memory: inout AdapterMemory) -> Tensor {
        var x = memory.applying(adapters.beforeAttention, to: x)
        if let attention { x = x + attention.mix(attention.norm(x)) }
        x = memory.applying(adapters.beforeMLP, to: x)
        return x + mlp(mlpNorm(x))
    }
}
