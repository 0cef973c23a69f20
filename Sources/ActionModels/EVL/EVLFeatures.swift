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

        /// The tensors by name: `stream`, `queries` and `keys`, or `previous` and `next`.
        package var tensors: [String: Tensor] {
            switch attention {
            case .none: ["stream": stream]
            case .projections(let queries, let keys): ["stream": stream, "queries": queries, "keys": keys]
            case .maps(let maps): ["stream": stream, "previous": maps.previous, "next": maps.next]
            }
        }

        /// Takes tensors by the names of `tensors`.
        package init(tensors: [String: Tensor]) {
            guard let stream = tensors["stream"] else { fatalError("EVL: features without a stream") }
            self.stream = stream
            if let queries = tensors["queries"], let keys = tensors["keys"] {
                attention = .projections(queries: queries, keys: keys)
            } else if let previous = tensors["previous"], let next = tensors["next"] {
                attention = .maps(NeighbourMaps(previous: previous, next: next))
            } else {
                attention = .none
            }
        }

        func mapTensors(_ change: (Tensor) -> Tensor) -> Layer { Layer(tensors: tensors.mapValues(change)) }
    }

    /// The tower's last blocks, in their order.
    public let layers: [Layer]

    /// Makes features.
    ///
    /// - Parameter layers: the tower's last blocks, in their order.
    public init(_ layers: [Layer]) { self.layers = layers }

    /// The same features with another element type, for example `float16` to keep them, or on another device.
    ///
    /// - Parameters:
    ///   - dtype: a floating-point type; nil keeps it.
    ///   - device: the device wanted; nil keeps it.
    /// - Returns: features of the same shapes.
    public func to(dtype: DType? = nil, device: Device? = nil) -> EVLFeatures {
        EVLFeatures(layers.map { $0.mapTensors { $0.to(dtype: dtype, device: device) } })
    }

    /// A part of the clips.
    ///
    /// - Parameter clips: their numbers.
    /// - Returns: views.
    public func clips(_ clips: Range<Int>) -> EVLFeatures {
        EVLFeatures(layers.map { $0.mapTensors { $0.slice(0, clips) } })
    }

    /// Features of clips put together as a batch.
    ///
    /// - Parameter parts: at least one; equal in form, type and shapes but for the number of clips.
    /// - Returns: the clips in the order of the parts.
    public static func concatenated(_ parts: [EVLFeatures]) -> EVLFeatures {
        EVLFeatures(
            parts[0].layers.indices.map { layer in
                let tensors = parts.map { $0.layers[layer].tensors }
                return Layer(
                    tensors: Dictionary(
                        uniqueKeysWithValues: tensors[0].keys.map { name in
                            let found = tensors.compactMap { $0[name] }
                            guard found.count == tensors.count else { fatalError("EVL: features of several forms") }
                            return (name, Tensor.concatenated(found))
                        }))
            })
    }
}
