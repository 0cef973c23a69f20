internal import CLIP
public import Torch

/// A transformer over the frames, ActionCLIP's `Transf`: what its published models use.
///
///     z = blocks(x + F),   v = (1/T) Σₜ (zₜ + xₜ)
///
/// F are learned positions of frames. The blocks are those of CLIP's towers, without a mask and without a last norm;
/// their norms add 1e-12 to the variance. With a ``TokenView`` it reads the clip a second time. Source: ActionCLIP
/// `modules/Visual_Prompt.py`, `sim_header == "Transf"`.
public struct TransfAggregator: Sendable {
    let positions: Embedding
    let transformer: Transformer
    /// The second head; nil for one.
    private let head: TokenHead?

    /// Declares `frame_position_embeddings`, `transformer` and what the second head needs.
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
        head = sizes.token.map { TokenHead(scope, $0, width: width) }
    }

    /// Lets the frames look at each other and takes the mean.
    ///
    /// - Parameter x: features of frames `[B, T, E]`, T at most the number of positions.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { views(of: x).frame }

    /// Lets the frames look at each other and reads them with every head.
    ///
    /// - Parameters:
    ///   - x: features of frames `[B, T, E]`, T at most the number of positions.
    ///   - imageTokens: features of the tokens beside them `[B, T, E]`; missing ones of a ``TokenView`` of level spatial
    ///     are a programmer's mistake.
    /// - Returns: the mean's view, and the second head's where there is one.
    public func views(of x: Tensor, imageTokens: Tensor? = nil) -> VideoViews {
        let input = x + positions.weight.slice(0, 0..<x.shape[1])  // [B, T, E]
        guard let head else { return VideoViews(frame: (transformer(input) + x).mean(1)) }
        return head.views(of: x, positioned: input, imageTokens: imageTokens, through: transformer)
    }
}
