internal import CLIP
internal import Torch

/// A distillation token among the patches of every frame, DeiT's idea: ``TokenView/Level/spatial``.
///
///     tokens = blocks(ln_pre([class; patches; q])),   z = proj(ln_post(the token's last state))
///
/// It goes the class token's way into the common space. It has no position, so that its place in the sequence does not
/// matter. Source: DeiT `models.py`, `dist_token`; section 4.2 of the page of the threefold distillation.
struct ImageToken: Sendable {
    /// The token q `[D]`.
    private let token: Tensor
    private let isHidden: Bool

    /// Declares `token`, beside the aggregator's parameters: CLIP's own stay CLIP's.
    init(_ scope: Scope, width: Int, isHidden: Bool) {
        token = scope.parameter("token", width, initial: .truncatedNormal(0.02))
        self.isHidden = isHidden
    }

    /// Encodes pictures.
    ///
    /// - Parameters:
    ///   - pixels: normalised RGB `[N, 3, H, W]`.
    ///   - tower: the image tower.
    ///   - training: whether to drop.
    /// - Returns: features of the class tokens and of this token, each `[N, E]`.
    func features(
        of pixels: Tensor, through tower: ImageTower, training: Bool = false
    ) -> (frames: Tensor, tokens: Tensor) {
        let embedded = tower.transformer.embed(pixels), blocks = tower.transformer.transformer
        let (b, n, d) = (embedded.shape[0], embedded.shape[1], embedded.shape[2])
        let own = token.to(dtype: embedded.dtype).expanded(b, 1, d)
        let input = tower.transformer.normalized(
            Tensor.concatenated([embedded, own], axis: 1), training: training)  // [B, N + 1, D]
        let classes: Tensor, second: Tensor
        if isHidden {
            let (states, watcher) = blocks(
                input.slice(1, 0..<n), watchedBy: input.slice(1, n..<n + 1), training: training)
            (classes, second) = (states.select(1, 0), watcher.squeezed(1))
        } else {
            let states = blocks(input, training: training)
            (classes, second) = (states.select(1, 0), states.select(1, n))
        }
        return (tower.projected(classes), tower.projected(second))
    }
}
