public import CLIP

/// Which way a temporal convolution walks over the features of a clip.
public enum ConvolutionOrder: String, Codable, Sendable, CaseIterable {
    /// As the released code: the memory of `[T, E]` is read as `[E, T]`, so that the taps mix neighbouring channels.
    /// Released weights need it.
    case released
    /// Over time, what was meant.
    case corrected
}

/// What makes one video feature of the features of T frames, with the sizes that it needs.
///
/// In JSON a choice is an object under the reference's name: `{"Transf": {"positions": 77, "layers": 6, …}}`.
public enum AggregatorConfiguration: Sendable, Equatable {
    /// `meanP`: the mean.
    case mean
    /// `Conv_1D`: a convolution over time for each channel. Its table of positions is stored but never used.
    case convolution(positions: Int, order: ConvolutionOrder)
    /// `LSTM`: one recurrent layer. Its table of positions is stored but never used.
    case lstm(positions: Int)
    /// `Transf`: a transformer over the frames, ActionCLIP's choice.
    case transformer(FrameTransformerConfiguration)
    /// `Transf_cls`: a transformer with a class token. Its table of positions is stored but never used.
    case classToken(ClassTokenConfiguration)

    /// The five aggregators by the reference's names.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The mean.
        case mean = "meanP"
        /// A convolution over time for each channel.
        case convolution = "Conv_1D"
        /// One recurrent layer.
        case lstm = "LSTM"
        /// A transformer over the frames.
        case transformer = "Transf"
        /// A transformer with a class token.
        case classToken = "Transf_cls"
    }

    /// Makes the aggregator that the reference makes on a CLIP model.
    ///
    /// Tables have one position for each text token; `Transf` has six blocks and a head for each 64 channels of the
    /// text tower, `Transf_cls` six layers, 8 heads and a feed-forward width of 2048.
    ///
    /// - Parameters:
    ///   - kind: which one.
    ///   - clip: the CLIP model.
    ///   - heads: how many heads `Transf` gets; the reference's rule is for released checkpoints.
    public init(_ kind: Kind, clip: CLIPConfiguration, heads: TemporalHeads = .textWidth) {
        let positions = clip.text.contextLength
        switch kind {
        case .mean: self = .mean
        case .convolution: self = .convolution(positions: positions, order: .released)
        case .lstm: self = .lstm(positions: positions)
        case .transformer:
            self = .transformer(FrameTransformerConfiguration(positions: positions, heads: heads.count(for: clip)))
        case .classToken: self = .classToken(ClassTokenConfiguration(positions: positions))
        }
    }

    /// Which of the five it is.
    public var kind: Kind {
        switch self {
        case .mean: .mean
        case .convolution: .convolution
        case .lstm: .lstm
        case .transformer: .transformer
        case .classToken: .classToken
        }
    }

    /// The rows of the table of frame positions; 0 for the mean, which has none.
    public var positions: Int {
        switch self {
        case .mean: 0
        case .convolution(let positions, _), .lstm(let positions): positions
        case .transformer(let sizes): sizes.positions
        case .classToken(let sizes): sizes.positions
        }
    }
}

extension AggregatorConfiguration: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case mean = "meanP"
        case convolution = "Conv_1D"
        case lstm = "LSTM"
        case transformer = "Transf"
        case classToken = "Transf_cls"
    }

    private struct Convolution: Codable {
        let positions: Int
        let order: ConvolutionOrder
    }

    private struct Recurrence: Codable { let positions: Int }

    private struct Nothing: Codable {}

    /// Decodes one choice.
    ///
    /// - Parameter decoder: the source.
    /// - Throws: `DecodingError` for none, several, or one with missing settings.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let found = CodingKeys.allCases.filter { container.contains($0) }
        guard let key = found.first, found.count == 1 else {
            let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "one aggregator is needed: \(names)"))
        }
        switch key {
        case .mean: self = .mean
        case .convolution:
            let settings = try container.decode(Convolution.self, forKey: key)
            self = .convolution(positions: settings.positions, order: settings.order)
        case .lstm: self = .lstm(positions: try container.decode(Recurrence.self, forKey: key).positions)
        case .transformer: self = .transformer(try container.decode(FrameTransformerConfiguration.self, forKey: key))
        case .classToken: self = .classToken(try container.decode(ClassTokenConfiguration.self, forKey: key))
        }
    }

    /// Encodes the choice as an object under its name.
    ///
    /// - Parameter encoder: the target.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .mean: try container.encode(Nothing(), forKey: .mean)
        case .convolution(let positions, let order):
            try container.encode(Convolution(positions: positions, order: order), forKey: .convolution)
        case .lstm(let positions): try container.encode(Recurrence(positions: positions), forKey: .lstm)
        case .transformer(let sizes): try container.encode(sizes, forKey: .transformer)
        case .classToken(let sizes): try container.encode(sizes, forKey: .classToken)
        }
    }
}

/// The sizes of ``TransfAggregator``.
public struct FrameTransformerConfiguration: Codable, Sendable, Equatable {
    /// The rows of the table of frame positions, the largest number of frames.
    public var positions: Int
    /// The number of blocks.
    public var layers: Int
    /// The number of heads, a divisor of the features' width; a 64th of the text tower's width in the reference.
    public var heads: Int
    /// Added to the variance in the norms; 1e-12 in the reference, 1e-5 in mmaction2.
    public var layerNormEps: Double
    /// The standard deviation that new positions are drawn with; nil means the reference's 0.02.
    ///
    /// Positions far below the features' scale are learned late: see the ablations in `docs/results/puppets.md`.
    public var positionStd: Double?
    /// The second head; nil means one head, which is ActionCLIP.
    public var token: TokenView?

    /// Makes sizes.
    ///
    /// - Parameters:
    ///   - positions: the rows of the table of frame positions.
    ///   - layers: the number of blocks.
    ///   - heads: the number of heads.
    ///   - layerNormEps: added to the variance in the norms.
    ///   - token: the second head; nil means one head.
    public init(
        positions: Int, layers: Int = 6, heads: Int, layerNormEps: Double = 1e-12, token: TokenView? = nil
    ) {
        self.positions = positions
        self.layers = layers
        self.heads = heads
        self.layerNormEps = layerNormEps
        self.token = token
    }

    /// The sizes of the stack of blocks on features of a width.
    func blocks(width: Int) -> TransformerConfiguration {
        TransformerConfiguration(width: width, layers: layers, heads: heads)
    }
}

/// The sizes of ``TransfClsAggregator``.
public struct ClassTokenConfiguration: Codable, Sendable, Equatable {
    /// The rows of the unused table of frame positions.
    public var positions: Int
    /// The number of layers.
    public var layers: Int
    /// The number of heads, a divisor of the features' width; 8 in the reference, whatever the width.
    public var heads: Int
    /// The inner width of the feed-forward parts; 2048 in the reference, whatever the width.
    public var feedForward: Int
    /// The rate of dropping while training; 0.1 in the reference, whatever its settings say.
    public var dropout: Double

    /// Makes sizes.
    ///
    /// - Parameters:
    ///   - positions: the rows of the unused table of frame positions.
    ///   - layers: the number of layers.
    ///   - heads: the number of heads.
    ///   - feedForward: the inner width of the feed-forward parts.
    ///   - dropout: the rate of dropping while training.
    public init(
        positions: Int, layers: Int = 6, heads: Int = 8, feedForward: Int = 2048, dropout: Double = 0.1
    ) {
        self.positions = positions
        self.layers = layers
        self.heads = heads
        self.feedForward = feedForward
        self.dropout = dropout
    }

    /// The sizes of the stack of layers on features of a width.
    func blocks(width: Int) -> TransformerConfiguration {
        TransformerConfiguration(width: width, layers: layers, heads: heads, mlpWidth: feedForward)
    }
}
