internal import Torch

/// What the blocks of a stack have in common besides their sizes.
public struct BlockStyle: Sendable {
    /// The first values of new blocks; those of norms are always one and zero, those of attention's biases zero.
    public enum InitialValues: Sendable, Equatable {
        /// As PyTorch's layers make them, which openai/CLIP leaves in its image tower.
        ///
        /// The matrix of queries, keys and values is Xavier uniform, everything else uniform within `1 / sqrt(fan in)`.
        case layers
        /// Weights as openai/CLIP `CLIP.initialize_parameters` makes them in its text tower: normal, by width and depth.
        ///
        /// The feed-forward parts' biases are as PyTorch's layers make them.
        case widthAndDepth
        /// Linear weights normal with this deviation, the matrix of queries, keys and values Xavier uniform, biases zero.
        case normal(Double)
    }

    /// The feed-forward parts' activation.
    public var activation: Activation
    /// Added to the variance in the norms.
    public var layerNormEps: Double
    /// The first values of new blocks.
    public var initial: InitialValues

    /// Makes a style.
    ///
    /// - Parameters:
    ///   - activation: the feed-forward parts' activation.
    ///   - layerNormEps: added to the variance in the norms.
    ///   - initial: the first values of new blocks.
    public init(activation: Activation, layerNormEps: Double = 1e-5, initial: InitialValues = .layers) {
        self.activation = activation
        self.layerNormEps = layerNormEps
        self.initial = initial
    }

    init(_ configuration: CLIPConfiguration, initial: InitialValues) {
        self.init(
            activation: configuration.activation, layerNormEps: configuration.layerNormEps, initial: initial)
    }
}

/// The first values of one new block's weights and of its feed-forward part's biases.
struct BlockInitial {
    let attentionInput: Initial, attentionOutput: Initial
    let up: Initial, upBias: Initial
    let down: Initial, downBias: Initial

    init(_ values: BlockStyle.InitialValues, _ sizes: TransformerConfiguration, block: Int) {
        let (width, heads) = (sizes.width, sizes.heads[block] * sizes.headWidth)
        let fanIn = (inner: Initial.kaiming(fanIn: width), output: Initial.kaiming(fanIn: sizes.mlpWidths[block]))
        let xavier = Initial.xavier(fanIn: width, fanOut: 3 * heads)
        switch values {
        case .layers:
            (attentionInput, attentionOutput) = (xavier, .kaiming(fanIn: heads))
            (up, upBias, down, downBias) = (fanIn.inner, fanIn.inner, fanIn.output, fanIn.output)
        case .widthAndDepth:
            let output = Initial.normal(1 / Double(width * 2 * sizes.layers).squareRoot())
            (attentionInput, attentionOutput) = (.normal(1 / Double(width).squareRoot()), output)
            (up, down) = (.normal(1 / Double(2 * width).squareRoot()), output)
            (upBias, downBias) = (fanIn.inner, fanIn.output)
        case .normal(let deviation):
            (attentionInput, attentionOutput) = (xavier, .normal(deviation))
            (up, upBias, down, downBias) = (.normal(deviation), .zeros, .normal(deviation), .zeros)
        }
    }
}
