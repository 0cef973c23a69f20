public import Torch

/// The mean of the frames' features, ActionCLIP's `meanP`.
///
///     v = (1/T) Σₜ xₜ
///
/// It cannot tell the order of frames. Source: ActionCLIP `modules/Visual_Prompt.py`, `sim_header == "meanP"`.
public struct MeanAggregator: Sendable {
    /// Makes the aggregator; it has no parameters.
    public init() {}

    /// Takes the mean.
    ///
    /// - Parameter x: features of frames `[B, T, E]`.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.mean(1) }
}
