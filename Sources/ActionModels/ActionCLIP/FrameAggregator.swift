public import Torch

/// What makes one video feature of the features of a clip's frames: one of ActionCLIP's five.
///
/// Source: ActionCLIP, section 3.3, "post-network prompt"; `modules/Visual_Prompt.py`.
public enum FrameAggregator: Sendable {
    /// `meanP`.
    case mean(MeanAggregator)
    /// `Conv_1D`.
    case convolution(Conv1DAggregator)
    /// `LSTM`.
    case lstm(LSTMAggregator)
    /// `Transf`.
    case transformer(TransfAggregator)
    /// `Transf_cls`.
    case classToken(TransfClsAggregator)

    /// Declares the parameters of an aggregator.
    ///
    /// - Parameters:
    ///   - scope: the aggregator's place, `fusion` in ActionCLIP.
    ///   - configuration: which one, and its sizes, validated.
    ///   - width: the features' width E.
    ///   - frames: the number of frames T.
    public init(_ scope: Scope, _ configuration: AggregatorConfiguration, width: Int, frames: Int) {
        switch configuration {
        case .mean: self = .mean(MeanAggregator())
        case .convolution(let positions, let order):
            self = .convolution(Conv1DAggregator(scope, width: width, positions: positions, order: order))
        case .lstm(let positions): self = .lstm(LSTMAggregator(scope, width: width, positions: positions))
        case .transformer(let sizes): self = .transformer(TransfAggregator(scope, width: width, sizes))
        case .classToken(let sizes):
            self = .classToken(TransfClsAggregator(scope, width: width, frames: frames, sizes))
        }
    }

    /// Makes one feature of many.
    ///
    /// - Parameters:
    ///   - x: features of frames in the order of time `[B, T, E]`, not normalised.
    ///   - training: whether to drop.
    /// - Returns: `[B, E]`, not normalised.
    public func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
        switch self {
        case .mean(let aggregator): aggregator(x)
        case .convolution(let aggregator): aggregator(x)
        case .lstm(let aggregator): aggregator(x)
        case .transformer(let aggregator): aggregator(x)
        case .classToken(let aggregator): aggregator(x, training: training)
        }
    }
}
