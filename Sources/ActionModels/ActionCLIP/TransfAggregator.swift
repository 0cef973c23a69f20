internal import CLIP
public import Torch

/// A transformer over the frames, ActionCLIP's `Transf`: what its published models use.
///
///     z = blocks(x + F),   v = (1/T) Σₜ (zₜ + xₜ)
///
/// F are learned positions of frames. The blocks are those of CLIP's towers, without a mask and without a last norm;
/// their norms add 1e-12 to the variance. Source: ActionCLIP `modules/Visual_Prompt.py`, `sim_header == "Transf"`.
public struct TransfAggregator: Sendable {
    let positions: Embedding
    let transformer: Transformer

    /// Declares `frame_position_embeddings` and `transformer`.
    ///
    /// - Parameters:
    ///   - scope: the aggregator's place.
    ///   - width: the features' width E.
    ///   - sizes: the transformer's sizes.
    public init(_ scope: Scope, width: Int, _ sizes: FrameTransformerConfiguration) {
        positions = Embedding(
            scope / "frame_position_embeddings", sizes.positions, width, initial: .normal(sizes.positionStd ?? 0.02))
        transformer = Transformer(
            scope / "transformer", sizes.blocks(width: width),
            style: BlockStyle(activation: .quickGELU, layerNormEps: sizes.layerNormEps, initial: .normal(0.02)))
    }

    /// Lets the frames look at each other and takes the mean.
    ///
    /// - Parameter x: features of frames `[B, T, E]`, T at most the number of positions.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let states = transformer(x + positions.weight.slice(0, 0..<x.shape[1]))  // [B, T, E]
        return (states + x).mean(1)
    }
}
