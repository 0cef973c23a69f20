internal import Torch

/// Ends the process, in release builds with a message too, where clips are not those that a model was made for.
///
/// Wrong numbers of frames are a programmer's mistake: users' entries validate before. Without this check, models that
/// merge frames into the batch would mix clips silently.
///
/// - Parameters:
///   - clips: what was passed, wanted as `[B, T, 3, H, W]`.
///   - frames: the model's T.
///   - model: the model's name.
func checkClips(_ clips: Tensor, frames: Int, _ model: String) {
    guard clips.rank == 5, clips.shape[1] == frames else {
        fatalError("\(model): clips \(clips.shape), the model takes [B, \(frames), 3, H, W]")
    }
}
