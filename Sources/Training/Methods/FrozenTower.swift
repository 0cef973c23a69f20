internal import ActionModels
internal import CLIP
internal import Torch

/// A method whose image tower stays as it is, so that its features can be computed once and kept.
@TorchActor
protocol FrozenTower: TrainingMethod {
    /// What the kept features have in common.
    ///
    /// - Parameters:
    ///   - preprocessing: how pictures become input.
    ///   - storage: how numbers are kept.
    /// - Returns: the manifest; nil where the tower is trained.
    func manifest(
        _ preprocessing: Preprocessing, _ storage: FeatureCacheManifest.Storage
    ) -> FeatureCacheManifest?

    /// The features of clips, without a graph.
    ///
    /// - Parameter clips: normalised RGB `[B, T, 3, H, W]`.
    /// - Returns: what the trained part reads.
    func frozenFeatures(of clips: Tensor) -> EVLFeatures
}

extension ClassHeadTraining: FrozenTower {
    func manifest(
        _ preprocessing: Preprocessing, _ storage: FeatureCacheManifest.Storage
    ) -> FeatureCacheManifest? {
        switch method {
        case .evl(let model, _):
            guard model.configuration.backbone == .frozen else { return nil }
            let form = model.configuration.hasTemporalCrossAttention ? EVLFeatures.Form.maps : .streams
            return FeatureCacheManifest(
                model.configuration, backbone: digest(of: "backbone."), preprocessing: preprocessing, form: form,
                storage: storage)
        case .linearProbe(let model, _):
            // The probe reads the last block's class tokens: what EVL with one decoder layer keeps of a tower.
            let clip = model.configuration.clip
            var reader = EVLConfiguration(
                vision: clip.vision, frames: model.configuration.frames, classes: model.configuration.classes)
            (reader.decoderLayers, reader.activation, reader.layerNormEps) = (1, clip.activation, clip.layerNormEps)
            return FeatureCacheManifest(
                reader, backbone: digest(of: "visual."), preprocessing: preprocessing, form: .streams, storage: storage)
        case .stAdapter: return nil
        }
    }

    func frozenFeatures(of clips: Tensor) -> EVLFeatures {
        switch method {
        case .evl(let model, _): return model.backboneFeatures(of: clips)
        case .linearProbe(let model, _):
            let (b, t) = (clips.shape[0], clips.shape[1])
            let layers = withoutGradient {
                model.visual.transformer.trace(clips.reshaped([b * t] + clips.shape[2...]), last: 1) { trace in
                    EVLFeatures.Layer(stream: trace.output.reshaped([b, t] + trace.output.shape[1...]))
                }
            }
            return EVLFeatures(layers)
        case .stAdapter: fatalError("ST-Adapter: its tower is trained, it has no frozen features")
        }
    }

    private func digest(of prefix: String) -> String {
        WeightDigest.sha256(of: parameters.tensors.filter { $0.key.hasPrefix(prefix) })
    }
}
