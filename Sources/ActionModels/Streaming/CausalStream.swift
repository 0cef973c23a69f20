internal import CLIP
internal import Torch

/// A model with adapters across frames on a stream: each frame is encoded once, with what the adapters saw before it.
///
/// A frame does not see the ones behind it, which the whole window would show it, so the result is an approximation.
struct CausalStream: StreamingModel {
    /// Encodes the newest frame by its class token `[1, D]`.
    let token: @Sendable (Tensor, inout AdapterMemory) -> Tensor
    /// Puts the class tokens of a window `[1, T, D]` together.
    let gather: @Sendable (Tensor) -> ClipFeatures

    var sharesFrames: Bool { true }

    func encode(frames: Tensor) -> [FrameState] {
        var states: [FrameState] = []
        for number in 0..<frames.shape[0] {
            states.append(encode(frame: frames.slice(0, number..<number + 1), after: states.last))
        }
        return states
    }

    func encode(frame: Tensor, after previous: FrameState?) -> FrameState {
        var memory = previous?.memory ?? AdapterMemory()
        let token = token(frame, &memory)  // [1, D]
        return FrameState([token.select(0, 0)], memory: memory)
    }

    func joined(_ earlier: FrameState, _ later: FrameState) -> NeighbourState? { nil }

    func features(of frames: [FrameState], neighbours: [NeighbourState]) -> ClipFeatures {
        gather(Tensor.stacked(frames.map { $0.tensors[0] }).unsqueezed(0))
    }
}

extension STAdapter {
    /// Each frame once, its adapters seeing the frames before it only.
    public var causalStreaming: (any StreamingModel)? {
        CausalStream(token: { tower.classToken(ofNewest: $0, memory: &$1) }) { tokens in
            ClipFeatures(classLogits: logits(ofClassTokens: tokens))
        }
    }
}

extension M2CLIP {
    /// Each frame once, its adapters seeing the frames before it only.
    public var causalStreaming: (any StreamingModel)? {
        CausalStream(token: { visual.transformer.classToken(ofNewest: $0, memory: &$1) }) { tokens in
            let video = video(ofClassTokens: tokens)
            return ClipFeatures(embedding: video.pooled, classLogits: video.classLogits)
        }
    }
}
