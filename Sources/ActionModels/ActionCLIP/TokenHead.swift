internal import CLIP
internal import Torch

/// The second head of ``TransfAggregator``: the token, the read-out and the projections of a ``TokenView``.
struct TokenHead: Sendable {
    private let view: TokenView
    /// The token q `[E]`; nil where the view is read from something else.
    private let token: Tensor?
    private let frameProjection: Linear?, tokenProjection: Linear?

    /// Declares `token` and, where views have projections of their own, `head.weight` and `head_dist.weight`.
    init(_ scope: Scope, _ view: TokenView, width: Int) {
        self.view = view
        token = view.frameTokens == 1 ? scope.parameter("token", width, initial: .truncatedNormal(0.02)) : nil
        func projection(_ name: String) -> Linear? {
            view.projection == .shared
                ? nil : Linear(scope / name, width, width, hasBias: false, initial: .copy(of: .identity(width)))
        }
        (frameProjection, tokenProjection) = (projection("head"), projection("head_dist"))
    }

    /// Reads clips twice.
    ///
    /// - Parameters:
    ///   - x: features of frames `[B, T, E]`.
    ///   - input: the same with positions.
    ///   - imageTokens: features of the tokens beside them `[B, T, E]`, where the token stands in the image tower.
    ///   - transformer: the aggregator's blocks.
    /// - Returns: both views.
    func views(
        of x: Tensor, positioned input: Tensor, imageTokens: Tensor?, through transformer: Transformer
    ) -> VideoViews {
        let (states, summary) = read(input, imageTokens, transformer)
        let frame = (states + x).mean(1), token = summary + x.mean(1) * view.residual  // [B, E]
        return VideoViews(frame: frameProjection?(frame) ?? frame, token: tokenProjection?(token) ?? token)
    }

    /// The frames' states `[B, T, E]`, and what the second head reads `[B, E]`.
    private func read(_ input: Tensor, _ imageTokens: Tensor?, _ transformer: Transformer) -> (Tensor, Tensor) {
        let (b, t, e) = (input.shape[0], input.shape[1], input.shape[2])
        if let token {
            let q = token.expanded(b, 1, e)
            if view.hidesFromFrames {
                let (states, own) = transformer(input, watchedBy: q)
                return (states, own.squeezed(1))
            }
            let states = transformer(Tensor.concatenated([q, input], axis: 1))  // [B, 1 + T, E]
            return (states.slice(1, 1..<t + 1), states.select(1, 0))
        }
        let states = transformer(input)
        switch view.readout {
        case .max: return (states, states.max(1))
        case .last: return (states, states.select(1, t - 1))
        case .token:
            guard let imageTokens else { fatalError("TokenHead: the image tower's tokens are missing") }
            return (states, imageTokens.mean(1))
        }
    }
}
