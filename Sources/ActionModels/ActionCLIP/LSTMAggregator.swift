public import Torch

/// One recurrent layer over the frames, ActionCLIP's `LSTM`.
///
///     v = (1/T) Σₜ (hₜ + xₜ),   h = LSTM(x) from a zero state
///
/// Source: ActionCLIP `modules/Visual_Prompt.py`, `sim_header == "LSTM"`.
public struct LSTMAggregator: Sendable {
    /// `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, PyTorch's order of gates.
    let parameters: [Tensor]
    let width: Int

    /// Declares `frame_position_embeddings`, which the reference stores but never uses, and `lstm_visual`.
    ///
    /// - Parameters:
    ///   - scope: the aggregator's place.
    ///   - width: the features' width E, which is also the state's.
    ///   - positions: the rows of the unused table.
    public init(_ scope: Scope, width: Int, positions: Int) {
        _ = Embedding(scope / "frame_position_embeddings", positions, width, initial: .normal(0.02))
        let (place, initial) = (scope / "lstm_visual", Initial.kaiming(fanIn: width))
        parameters = [
            place.parameter("weight_ih_l0", 4 * width, width, initial: initial),
            place.parameter("weight_hh_l0", 4 * width, width, initial: initial),
            place.parameter("bias_ih_l0", 4 * width, initial: initial),
            place.parameter("bias_hh_l0", 4 * width, initial: initial),
        ]
        self.width = width
    }

    /// Runs over the frames and takes the mean.
    ///
    /// - Parameter x: features of frames `[B, T, E]`.
    /// - Returns: `[B, E]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let state = Tensor.zeros([1, x.shape[0], width], dtype: x.dtype, device: x.device)
        let states = x.lstm(hidden: state, cell: state, parameters: parameters, layers: 1).output  // [B, T, E]
        return (states + x).mean(1)
    }
}
