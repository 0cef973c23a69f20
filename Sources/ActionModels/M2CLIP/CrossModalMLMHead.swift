public import Torch

/// The head that names masked words from text tokens that have seen the clip.
///
///     h = LayerNorm(GELU(D · s + d)),   logits = U · h + u
///
/// The GELU is exact, the norm's eps 1e-12. Source: M2-CLIP `models_adapter.py`, `mlm_adapter`.
public struct CrossModalMLMHead: Sendable {
    let transform: Linear, norm: LayerNorm, decoder: Linear
    let bias: Tensor

    /// Declares `transform.dense`, `transform.LayerNorm`, `decoder` and `bias`.
    ///
    /// - Parameters:
    ///   - scope: the head's place in the checkpoint, `mlm_adapter`.
    ///   - width: the width W of the text tower.
    ///   - words: the number Q of label words.
    public init(_ scope: Scope, width: Int, words: Int) {
        transform = Linear(scope / "transform" / "dense", width, width, initial: .normal(0.02))
        norm = LayerNorm(scope / "transform" / "LayerNorm", width, eps: 1e-12)
        decoder = Linear(scope / "decoder", width, words, hasBias: false, initial: .normal(0.02))
        bias = scope.parameter("bias", words, initial: .zeros)
    }

    /// Names each token.
    ///
    /// - Parameter states: normalised tokens behind the cross-modal block, `[B, N, W]`.
    /// - Returns: logits of the label words, `[B, N, Q]`.
    public func callAsFunction(_ states: Tensor) -> Tensor { decoder(norm(transform(states).gelu)) + bias }
}
