public import CLIP
public import Torch

/// EVL: a trained query decoder on the features of CLIP's frozen image tower; its labels are the trained classes.
///
/// Source: Lin et al., "Frozen CLIP Models are Efficient Video Learners" (ECCV 2022); OpenGVLab's `model.py`.
public struct EVL: Sendable {
    /// The sizes and options.
    public let configuration: EVLConfiguration
    /// CLIP's image tower up to its last block.
    public let backbone: VisionTransformer
    /// The decoder and the class head.
    public let head: EVLHead

    /// Declares the tower under `backbone` by CLIP's names, `decoder` and `proj`.
    ///
    /// - Parameters:
    ///   - scope: the root.
    ///   - configuration: the sizes and options, validated.
    public init(_ scope: Scope, _ configuration: EVLConfiguration) {
        self.configuration = configuration
        backbone = VisionTransformer(
            scope / "backbone", configuration.vision,
            style: BlockStyle(activation: configuration.activation, layerNormEps: configuration.layerNormEps),
            additions: TowerAdditions(hasPatchBias: true))
        head = EVLHead(scope, configuration)
    }

    /// Classifies clips.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]` of the tower's image size.
    ///   - training: whether to drop.
    /// - Returns: logits `[B, K]`.
    public func callAsFunction(_ clips: Tensor, training: Bool = false) -> Tensor {
        head(backboneFeatures(of: clips), training: training)
    }

    /// Encodes the frames of clips with the tower; of a frozen tower no gradient is ever recorded.
    ///
    /// - Parameters:
    ///   - clips: normalised RGB `[B, T, 3, H, W]`.
    ///   - form: what is kept of the tower's attention; nil means what the decoder needs, in the smallest form.
    ///   - dtype: the element type that features are kept in; nil means the tower's.
    /// - Returns: what the decoder reads.
    public func backboneFeatures(
        of clips: Tensor, form: EVLFeatures.Form? = nil, dtype: DType? = nil
    ) -> EVLFeatures {
        switch configuration.backbone {
        case .frozen: withoutGradient { encode(clips, form, dtype) }
        case .fineTuned: encode(clips, form, dtype)
        }
    }

    /// Encodes frames that stand in no clip, each as a clip of one frame.
    ///
    /// - Parameters:
    ///   - frames: normalised RGB `[N, 3, H, W]`.
    ///   - form: what is kept of the tower's attention; there are no maps of one frame.
    /// - Returns: what the decoder reads, B = N and T = 1.
    func frameFeatures(of frames: Tensor, form: EVLFeatures.Form) -> EVLFeatures {
        features(of: frames, clips: frames.shape[0], form)
    }

    private func encode(_ clips: Tensor, _ form: EVLFeatures.Form?, _ dtype: DType?) -> EVLFeatures {
        checkClips(clips, frames: configuration.frames, "EVL")
        let (b, t) = (clips.shape[0], clips.shape[1])
        let images = clips.reshaped([b * t] + clips.shape[2...])
        return features(
            of: images, clips: b, form ?? (configuration.hasTemporalCrossAttention ? .maps : .streams), dtype)
    }

    private func features(
        of images: Tensor, clips: Int, _ form: EVLFeatures.Form, _ dtype: DType? = nil
    ) -> EVLFeatures {
        let layers = backbone.trace(images, last: configuration.decoderLayers) { trace in
            EVLFeatures.Layer(trace, form, clips: clips).mapTensors { $0.to(dtype: dtype ?? $0.dtype) }
        }
        return EVLFeatures(layers)
    }
}

extension EVLFeatures.Layer {
    /// Takes a block's inner values apart, frames out of the batch.
    fileprivate init(_ trace: BlockTrace, _ form: EVLFeatures.Form, clips b: Int) {
        let (l, c) = (trace.output.shape[1], trace.output.shape[2])
        func clipwise(_ x: Tensor) -> Tensor {
            x.reshaped(b, -1, x.shape[1], l, x.shape[3]).permuted(0, 1, 3, 2, 4)  // [B, T, L, h, d]
        }
        stream = trace.output.reshaped(b, -1, l, c)
        guard let projections = trace.projections else {
            attention = .none
            return
        }
        let (queries, keys) = (clipwise(projections.queries.detached()), clipwise(projections.keys.detached()))
        attention =
            switch form {
            case .streams: .none
            case .projections: .projections(queries: queries.contiguous(), keys: keys.contiguous())
            case .maps: .maps(NeighbourMaps(queries: queries, keys: keys))
            }
    }
}

extension EVL: ActionModel {
    /// The number of frames that the temporal positions are for.
    public var frames: Int? { configuration.frames }
    /// The image tower's sizes.
    public var vision: VisionConfiguration { configuration.vision }
    /// There is no text tower.
    public var text: TextTower? { nil }
    /// Label texts cannot be scored.
    public var textScoring: TextScoring? { nil }
    /// The number of trained classes.
    public var classes: Int? { configuration.classes }
    /// Frames and pairs of neighbours are shared.
    public var streaming: any StreamingModel { EVLStream(model: self) }

    /// Encodes clips without dropout.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: the logits of the trained classes.
    public func features(of clips: Tensor) -> ClipFeatures { ClipFeatures(classLogits: self(clips)) }
}
