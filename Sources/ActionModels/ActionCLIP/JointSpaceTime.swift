public import CLIP
public import Torch

/// All patches of a clip as one sequence of the image tower, ActionCLIP's `joint`.
///
///     x = [class; patch 0 of frames 0 … T-1; patch 1 of frames 0 … T-1; …]
///
/// A learned embedding of its frame is added to every patch. The class token gives one feature for the whole clip.
///
/// The released code cannot run this option; this is what it means to compute. Source: ActionCLIP `clip/model.py`,
/// `VisualTransformer` with `joint`.
public struct JointSpaceTime: Sendable {
    /// The embedding of each frame `[T, D]`.
    public let timeEmbedding: Tensor

    /// Declares `time_embedding`.
    ///
    /// - Parameters:
    ///   - scope: the image tower's place.
    ///   - frames: the number of frames T.
    ///   - width: the image tower's width D.
    public init(_ scope: Scope, frames: Int, width: Int) {
        timeEmbedding = scope.parameter(
            "time_embedding", frames, width, initial: .normal(1 / Double(width).squareRoot()))
    }

    /// Encodes clips through a tower.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - tower: the image tower.
    ///   - training: whether to drop.
    /// - Returns: one feature a clip, not normalised, `[B, E]`.
    public func callAsFunction(_ clips: Tensor, through tower: ImageTower, training: Bool = false) -> Tensor {
        checkClips(clips, frames: timeEmbedding.shape[0], "ActionCLIP")
        let (b, t) = (clips.shape[0], clips.shape[1])
        let embedded = tower.transformer.embed(clips.reshaped([b * t] + clips.shape[2...]))  // [B T, 1 + N, D]
        let (n, d) = (embedded.shape[1] - 1, embedded.shape[2])
        let tokens = embedded.reshaped(b, t, n + 1, d)
        let first = tokens.select(1, 0).slice(1, 0..<1)  // [B, 1, D], the same in all frames
        let patches = tokens.slice(2, 1..<n + 1) + timeEmbedding.unsqueezed(1)  // [B, T, N, D]
        let sequence = Tensor.concatenated([first, patches.transposed(1, 2).reshaped(b, n * t, d)], axis: 1)
        let states = tower.transformer.encode(sequence, training: training)  // [B, 1 + N T, D]
        return tower.projected(states.select(1, 0))
    }
}
