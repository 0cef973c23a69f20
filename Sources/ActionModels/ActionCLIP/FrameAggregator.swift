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

    /// Makes one feature of many, in the type of the aggregator's parameters.
    ///
    /// The reference keeps them in float32 beside half-precision towers: in half precision the 1e-12 that the norms of
    /// `Transf` add would vanish.
    ///
    /// Where a second head's token stands in the image tower, ask for `views(of:training:)` instead: without its features
    /// this traps.
    ///
    /// - Parameters:
    ///   - x: features of frames in the order of time `[B, T, E]`, not normalised.
    ///   - training: whether to drop.
    /// - Returns: `[B, E]`, not normalised, of the input's type.
    public func callAsFunction(_ x: Tensor, training: Bool = false) -> Tensor {
        views(of: FrameEncoding(frames: x), training: training).frame
    }

    /// Reads clips with every head, in the type of the aggregator's parameters.
    ///
    /// - Parameters:
    ///   - encoding: features of frames in the order of time.
    ///   - training: whether to drop.
    /// - Returns: one view, or two with a ``TokenView``, of the input's type.
    public func views(of encoding: FrameEncoding, training: Bool = false) -> VideoViews {
        let x = encoding.frames, own = dtype.map { x.to(dtype: $0) } ?? x
        let views =
            switch self {
            case .mean(let aggregator): VideoViews(frame: aggregator(own))
            case .convolution(let aggregator): VideoViews(frame: aggregator(own))
            case .lstm(let aggregator): VideoViews(frame: aggregator(own))
            case .transformer(let aggregator):
                aggregator.views(of: own, imageTokens: encoding.tokens?.to(dtype: own.dtype))
            case .classToken(let aggregator): VideoViews(frame: aggregator(own, training: training))
            }
        return views.to(dtype: x.dtype)
    }

    /// The type of the parameters; nil for the mean, which has none.
    private var dtype: DType? {
        switch self {
        case .mean: nil
        case .convolution(let aggregator): aggregator.taps.dtype
        case .lstm(let aggregator): aggregator.parameters.first?.dtype
        case .transformer(let aggregator): aggregator.positions.weight.dtype
        case .classToken(let aggregator): aggregator.classToken.dtype
        }
    }
}
