package import CLIP
public import Torch

/// What a model keeps of one frame of a stream.
public struct FrameState: Sendable {
    /// In an order that the model knows, without an axis for the batch.
    package let tensors: [Tensor]
    /// What the frame behind this one needs of those before it; nil where frames stand alone.
    package var memory: AdapterMemory?

    /// Keeps tensors.
    package init(_ tensors: [Tensor], memory: AdapterMemory? = nil) { (self.tensors, self.memory) = (tensors, memory) }

    /// One state for each row of a tensor.
    package static func rows(_ x: Tensor) -> [FrameState] {
        (0..<x.shape[0]).map { FrameState([row($0, of: x)]) }
    }

    /// A row of a batch; a copy unless it is all of it, since a row's memory is that of the whole batch, which other
    /// streams share.
    package static func row(_ number: Int, of x: Tensor) -> Tensor {
        x.shape[0] > 1 ? x.select(0, number).cloned() : x.select(0, number)
    }
}

/// What a model keeps of two frames that stand beside each other in a window.
public struct NeighbourState: Sendable {
    /// In an order that the model knows, without an axis for the batch.
    package let tensors: [Tensor]

    /// Keeps tensors.
    package init(_ tensors: [Tensor]) { self.tensors = tensors }
}

/// A model at work on the overlapping windows of a stream.
///
/// Each frame is encoded once, each pair of neighbours is joined once, and only what depends on a frame's place in the
/// window is computed again. The result is that of the whole window. All work belongs on the LibTorch thread.
public protocol StreamingModel: Sendable {
    /// Whether windows share the work on their frames; if not, a frame's state is its pixels and windows cost it all.
    var sharesFrames: Bool { get }

    /// Encodes frames, each by itself.
    ///
    /// - Parameter frames: normalised RGB `[N, 3, H, W]`.
    /// - Returns: N states.
    func encode(frames: Tensor) -> [FrameState]

    /// Encodes a frame that follows another one.
    ///
    /// - Parameters:
    ///   - frame: normalised RGB `[1, 3, H, W]`.
    ///   - previous: the state of the one before it; nil for the first.
    /// - Returns: its state.
    func encode(frame: Tensor, after previous: FrameState?) -> FrameState

    /// Joins two frames that follow each other in a window.
    ///
    /// - Parameters:
    ///   - earlier: a frame.
    ///   - later: the one behind it, perhaps the same.
    /// - Returns: what only the two together tell; nil where there is nothing of the kind.
    func joined(_ earlier: FrameState, _ later: FrameState) -> NeighbourState?

    /// Puts a window together.
    ///
    /// - Parameters:
    ///   - frames: T states in the order of time.
    ///   - neighbours: of each frame and the one behind it, T - 1; empty where `joined` gives nil.
    /// - Returns: the features of a clip, B = 1.
    func features(of frames: [FrameState], neighbours: [NeighbourState]) -> ClipFeatures
}

extension StreamingModel {
    /// Encodes the frame by itself, unless a type says otherwise.
    ///
    /// - Parameters:
    ///   - frame: normalised RGB `[1, 3, H, W]`.
    ///   - previous: the state of the one before it, which does not matter.
    /// - Returns: its state.
    public func encode(frame: Tensor, after previous: FrameState?) -> FrameState { encode(frames: frame)[0] }
}

/// A model by frames on a stream: all but the gathering is shared.
struct FrameWiseStream: StreamingModel {
    let model: any FrameWiseModel

    var sharesFrames: Bool { true }

    func encode(frames: Tensor) -> [FrameState] { FrameState.rows(model.encode(frames: frames)) }

    func joined(_ earlier: FrameState, _ later: FrameState) -> NeighbourState? { nil }

    func features(of frames: [FrameState], neighbours: [NeighbourState]) -> ClipFeatures {
        model.features(ofFrames: Tensor.stacked(frames.map { $0.tensors[0] }).unsqueezed(0))  // [1, T, E]
    }
}

/// Any model on a stream, window by window from the pixels: where frames see each other in the tower.
struct WholeWindowStream: StreamingModel {
    let model: any ActionModel

    var sharesFrames: Bool { false }

    func encode(frames: Tensor) -> [FrameState] { FrameState.rows(frames) }

    func joined(_ earlier: FrameState, _ later: FrameState) -> NeighbourState? { nil }

    func features(of frames: [FrameState], neighbours: [NeighbourState]) -> ClipFeatures {
        model.features(of: Tensor.stacked(frames.map { $0.tensors[0] }).unsqueezed(0))  // [1, T, 3, H, W]
    }
}

extension ActionModel {
    /// By frames where the model allows it, else window by window.
    public var streaming: any StreamingModel {
        if let frameWise { FrameWiseStream(model: frameWise) } else { WholeWindowStream(model: self) }
    }
}
