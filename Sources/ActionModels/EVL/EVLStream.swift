internal import Torch

/// EVL on a stream: one pass of the tower for a new frame and the maps of its one new pair, exactly.
///
///     crossed[t] = F(t, t-1, w₁) + F(t, t+1, w₂)
///
/// Each of the terms depends on two frames only, so they are kept with the pair; the convolution over time, the
/// positions and the query's attention depend on a frame's place in the window and are computed again, which is cheap.
struct EVLStream: StreamingModel {
    let model: EVL

    var sharesFrames: Bool { true }

    private var joins: Bool { model.configuration.hasTemporalCrossAttention }

    /// Of each layer the stream `[L, C]`, with cross-attention followed by queries and keys `[L, h, d]`.
    private var tensorsOfLayer: Int { joins ? 3 : 1 }

    func encode(frames: Tensor) -> [FrameState] {
        let layers = model.frameFeatures(of: frames, form: joins ? .projections : .streams).layers
        return (0..<frames.shape[0]).map { number in
            FrameState(
                layers.flatMap { layer in
                    let stream = FrameState.row(number, of: layer.stream).select(0, 0)
                    guard case .projections(let queries, let keys) = layer.attention else { return [stream] }
                    return [
                        stream, FrameState.row(number, of: queries).select(0, 0),
                        FrameState.row(number, of: keys).select(0, 0),
                    ]
                })
        }
    }

    /// Of each layer what the two frames give each other: to the earlier, to the later, each `[L, C]`.
    func joined(_ earlier: FrameState, _ later: FrameState) -> NeighbourState? {
        guard joins else { return nil }
        return NeighbourState(
            model.head.decoder.layers.enumerated().flatMap { number, layer -> [Tensor] in
                guard let attention = layer.modules.crossAttention else { return [] }
                func pair(_ place: Int) -> Tensor {
                    let place = number * tensorsOfLayer + place
                    let both = Tensor.stacked([earlier.tensors[place], later.tensors[place]])
                    return both.unsqueezed(0)  // [1, 2, L, h, d]
                }
                let terms = attention.terms(NeighbourMaps(queries: pair(1), keys: pair(2)))
                return [terms.earlier, terms.later]
            })
    }

    func features(of frames: [FrameState], neighbours: [NeighbourState]) -> ClipFeatures {
        let layers = model.head.decoder.layers.indices
        let streams = layers.map { layer in
            Tensor.stacked(frames.map { $0.tensors[layer * tensorsOfLayer] }).unsqueezed(0)  // [1, T, L, C]
        }
        let crossed = layers.map { layer in joins ? sums(layer, streams[layer], neighbours) : nil }
        return ClipFeatures(classLogits: model.head.logits(model.head.decoder(streams, crossed: crossed)))
    }

    /// What cross-attention adds to the window's tokens; a neighbour outside of the window gives nothing.
    private func sums(_ layer: Int, _ stream: Tensor, _ neighbours: [NeighbourState]) -> Tensor {
        let none = Tensor.zeros(Array(stream.shape[2...]), dtype: stream.dtype, device: stream.device)  // [L, C]
        let toEarlier = neighbours.map { $0.tensors[2 * layer] } + [none]
        let toLater = [none] + neighbours.map { $0.tensors[2 * layer + 1] }
        return (Tensor.stacked(toEarlier) + Tensor.stacked(toLater)).unsqueezed(0)  // [1, T, L, C]
    }
}
