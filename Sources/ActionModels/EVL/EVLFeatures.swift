public import Torch

/// What the decoder reads of the image tower's last blocks.
///
/// Source: EVL `vision_transformer.py`, which keeps more than the decoder reads.
public struct EVLFeatures: Sendable {
    /// In which form the blocks' attention is kept.
    public enum Form: String, Codable, Sendable, CaseIterable {
        /// Not at all: enough without cross-attention.
        case streams
        /// Queries and keys.
        case projections
        /// Maps between neighbouring frames, smaller than queries and keys for pictures of 224 pixels.
        case maps
    }

    /// The attention of one block.
    public enum Attention: Sendable {
        /// It was not kept.
        case none
        /// With bias, not scaled, each `[B, T, L, h, d]`.
        case projections(queries: Tensor, keys: Tensor)
        /// Between neighbouring frames.
        case maps(NeighbourMaps)
    }

    /// One block.
    public struct Layer: Sendable {
        /// The residual stream behind the block, class token first, `[B, T, L, C]`.
        public let stream: Tensor
        /// The block's attention.
        public let attention: Attention

        /// Makes the features of a block.
        ///
        /// - Parameters:
        ///   - stream: the residual stream behind the block, `[B, T, L, C]`.
        ///   - attention: the block's attention.
        public init(stream: Tensor, attention: Attention = .none) {
            self.stream = stream
            self.attention = attention
        }

        /// The attention between neighbouring frames; nil where no attention was kept.
        public var maps: NeighbourMaps? {
            switch attention {
            case .none: nil
            case .projections(let queries, let keys): NeighbourMaps(queries: queries, keys: keys)
            case .maps(let maps): maps
            }
        }

        func mapTensors(_ change: (Tensor) -> Tensor) -> Layer {
            let changed: Attention =
                switch attention {
                case .none: .none
                case .projections(let q, let k): .projections(queries: change(q), keys: change(k))
                case .maps(let maps): .maps(NeighbourMaps(previous: change(maps.previous), next: change(maps.next)))
                }
            return Layer(stream: change(stream), attention: changed)
        }
    }

    /// The tower's last blocks, in their order.
    public let layers: [Layer]

    /// Makes features.
    ///
    /// - Parameter layers: the tower's last blocks, in their order.
    public init(_ layers: [Layer]) { self.layers = layers }

    /// The same features with another element type, for example `float16` to keep them.
    ///
    /// - Parameter dtype: a floating-point type.
    /// - Returns: features of the same shapes.
    public func to(dtype: DType) -> EVLFeatures { EVLFeatures(layers.map { $0.mapTensors { $0.to(dtype: dtype) } }) }

    /// A part of the clips.
    ///
    /// - Parameter clips: their numbers.
    /// - Returns: views.
    public func clips(_ clips: Range<Int>) -> EVLFeatures {
        EVLFeatures(layers.map { $0.mapTensors { $0.slice(0, clips) } })
    }
}
