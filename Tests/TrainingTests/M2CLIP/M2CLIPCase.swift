import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

/// The sizes that M2-CLIP's recorded cases give.
struct M2CLIPCaseSizes: Decodable {
    let embed_dim: Int, image_size: Int, patch_size: Int
    let vision_layers: Int, vision_width: Int, vision_heads: Int
    let vision_adapter_width: Int?, vision_adapter_layers: Int?
    let vision_adapter_pre_attn: Bool, vision_adapter_pre_mlp: Bool
    let context_length: Int, vocab_size: Int
    let text_width: Int, text_heads: Int, text_layers: Int
    let text_adapter_width: Int?, text_adapter_layers: Int?
    let text_adapter_pre_attn: Bool, text_adapter_pre_mlp: Bool
    let num_classes: Int, num_frames: Int, mlm_vocab_size: Int

    var configuration: M2CLIPConfiguration {
        let clip = CLIPConfiguration(
            embedDim: embed_dim,
            vision: VisionConfiguration(
                imageSize: image_size, patchSize: patch_size,
                blocks: TransformerConfiguration(width: vision_width, layers: vision_layers, heads: vision_heads)),
            text: TextConfiguration(
                contextLength: context_length, vocabularySize: vocab_size,
                blocks: TransformerConfiguration(width: text_width, layers: text_layers, heads: text_heads)),
            activation: .quickGELU)
        var configuration = M2CLIPConfiguration(
            clip: clip, frames: num_frames, classes: num_classes, labelWords: mlm_vocab_size)
        configuration.visionAdapters = Self.adapters(
            vision_adapter_pre_attn, vision_adapter_pre_mlp, vision_adapter_layers, vision_adapter_width)
        configuration.textAdapters = Self.adapters(
            text_adapter_pre_attn, text_adapter_pre_mlp, text_adapter_layers, text_adapter_width)
        return configuration
    }

    private static func adapters(
        _ beforeAttention: Bool, _ beforeMLP: Bool, _ layers: Int?, _ width: Int?
    ) -> M2CLIPConfiguration.Adapters {
        let (layers, width) = (layers ?? 0, width ?? 0)
        switch (beforeAttention, beforeMLP) {
        case (true, true): return .init(.both, layers: layers, width: width)
        case (true, false): return .init(.beforeAttention, layers: layers, width: width)
        case (false, true): return .init(.beforeMLP, layers: layers, width: width)
        case (false, false): return .init(.beforeMLP, layers: 0, width: width)
        }
    }
}

/// A model with recorded weights, its adapters training.
struct M2CLIPRecording {
    let recorded: RecordedTensors
    let configuration: M2CLIPConfiguration
    let model: M2CLIP
    let parameters: Parameters
    let trained: TrainedParameters

    init(_ fixture: Fixture, _ sizes: M2CLIPCaseSizes) throws {
        recorded = try RecordedTensors(fixture)
        configuration = sizes.configuration
        try configuration.validate()
        let configuration = configuration, weights = recorded.below("weights.")
        (model, parameters) = try Parameters.build(.checkpoint(weights)) { M2CLIP($0, configuration) }
        #expect(Set(parameters.names) == Set(weights.keys))
        trained = parameters.train(M2CLIPConfiguration.isTrained)
    }

    /// The outputs for recorded inputs, which may stand below a prefix.
    func outputs(_ prefix: String = "inputs.", classTexts: (Tensor) -> Tensor) throws -> M2CLIP.Outputs {
        model.outputs(
            of: M2CLIP.Batch(
                clips: try recorded.required("\(prefix)video").permuted(0, 2, 1, 3, 4),
                texts: try recorded.required("\(prefix)text_tokens"),
                classTexts: classTexts(try recorded.required("inputs.class_tokens"))),
            training: false)
    }

    /// Compares every loss and returns the one that is trained.
    func compareLosses(
        _ outputs: M2CLIP.Outputs, inputs: String = "inputs.", losses: String = "losses.", _ tolerance: Tolerance
    ) throws -> Tensor {
        let labels = try recorded.required("\(inputs)labels"), words = try recorded.required("\(inputs)mlm_labels")
        let value = M2CLIPLoss()(outputs, labels: labels, words: words)
        var onLogits = M2CLIPLoss()
        onLogits.classScores = .logits
        let variant = onLogits(outputs, labels: labels, words: words)
        let known = Dictionary(
            uniqueKeysWithValues: ["contrastive", "cmc", "vc", "cmc_on_logits"].map { ($0, recorded["\(losses)\($0)"]) }
        )
        /// What the reference's 0/0 hides where nothing is masked: a loss of words of 0.
        func recomposed(_ name: String) -> Tensor? {
            guard let contrastive = known["contrastive"] ?? nil, let visual = known["vc"] ?? nil else { return nil }
            switch name {
            case "cmlm": return contrastive * 0
            case "total": return (known["cmc"] ?? nil).map { (contrastive + $0) / 2 + visual }
            case "total_cmc_on_logits": return (known["cmc_on_logits"] ?? nil).map { (contrastive + $0) / 2 + visual }
            default: return nil
            }
        }
        let nothingMasked = words.equal(to: Double(M2CLIPLoss.unmasked)).allTrue
        for (name, loss) in [
            "kl_image": value.contrastive.video, "kl_text": value.contrastive.text,
            "contrastive": value.contrastive.total, "cmc": value.crossModal, "vc": value.visual, "cmlm": value.words,
            "total": value.total, "cmc_on_logits": variant.crossModal, "total_cmc_on_logits": variant.total,
        ] {
            var expected = recorded["\(losses)\(name)"]
            if nothingMasked, expected?.isFinite.allTrue == false { expected = recomposed(name) }
            expectClose(loss, expected, absolute: tolerance.atol, relative: tolerance.rtol, "\(losses)\(name)")
        }
        return value.total
    }
}
