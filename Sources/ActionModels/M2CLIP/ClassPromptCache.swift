internal import CLIP
public import Torch

/// The sentences of all classes, encoded as far as training never changes them.
///
/// Blocks below the first text adapter are frozen CLIP, so what they make of unmasked sentences is constant: it is
/// computed once, without a graph, for positions up to the longest sentence's end, which later ones cannot change. Each
/// step continues with the adapted blocks. Values and gradients equal those of the plain pass, which the reference
/// computes anew each step. Source: M2-CLIP `main.py`, training step; `models_adapter.py`, `encode_text`.
public struct ClassPromptCache: Sendable {
    /// The token ids, cut behind the longest sentence, `[K, N']`.
    public let tokens: Tensor
    private let states: Tensor
    private let firstBlock: Int

    /// Runs the frozen blocks.
    ///
    /// - Parameters:
    ///   - model: the model; its frozen weights must not change afterwards.
    ///   - tokens: the sentence of every class, integer ids `[K, N]`.
    public init(_ model: M2CLIP, tokens: Tensor) {
        let (encoder, first) = (model.textEncoder, model.configuration.firstAdaptedTextBlock)
        let cut = encoder.trimmed(tokens)
        self.tokens = cut
        firstBlock = first
        states = withoutGradient {
            encoder.transformer.blocks[..<first].reduce(encoder.embed(cut)) { $1($0, isCausal: true) }
        }
    }

    /// Runs the rest.
    ///
    /// - Parameter model: the model that the cache was made with, its adapters perhaps trained since.
    /// - Returns: features of the classes, not normalised, `[K, E]`.
    public func features(_ model: M2CLIP) -> Tensor {
        let encoder = model.textEncoder
        let last = encoder.transformer.blocks[firstBlock...].reduce(states) { $1($0, isCausal: true) }
        return encoder.pooled(last, tokens)
    }
}
