import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

private struct ModelCase: Decodable {
    struct Tolerances: Decodable { let outputs: Tolerance, losses: Tolerance, grads: Tolerance }
    let config: M2CLIPCaseSizes
    let zero_gradient_parameters: [String]?
    let tolerances: Tolerances
}

@Suite("M2-CLIP against the reference")
struct M2CLIPModelParityTests {
    @Test("features, logits, losses, gradients and scores", arguments: Fixture.all("m2clip", "full_model"))
    func fullModel(_ fixture: Fixture) throws {
        let own = try fixture.decode(ModelCase.self)
        let recording = try M2CLIPRecording(fixture, own.config)
        let outputs = try recording.outputs { recording.model.encodeText($0).pooled }
        try compareOutputs(recording, outputs, own.tolerances.outputs)
        try compareScores(recording, own.tolerances.outputs)
        try recording.compareLosses(outputs, own.tolerances.losses).backward()
        compareGradients(recording, own)
        recording.recorded.expectAllTaken()
    }

    @Test("with frozen blocks computed once, gradients are the same", arguments: Fixture.all("m2clip", "full_model"))
    func cached(_ fixture: Fixture) throws {
        let own = try fixture.decode(ModelCase.self)
        let recording = try M2CLIPRecording(fixture, own.config)
        let outputs = try recording.outputs {
            ClassPromptCache(recording.model, tokens: $0).features(recording.model)
        }
        try recording.compareLosses(outputs, own.tolerances.losses).backward()
        compareGradients(recording, own)
    }

    private func compareOutputs(
        _ recording: M2CLIPRecording, _ outputs: M2CLIP.Outputs, _ tolerance: Tolerance
    ) throws {
        let (model, recorded) = (recording.model, recording.recorded)
        let labels = try recorded.required("inputs.labels")
        let classTexts = model.encodeText(try recorded.required("inputs.class_tokens")).pooled
        let groundTruth = SoftTargetContrastiveLoss.groundTruth(labels)
        let cross = model.crossModalStates(outputs.texts.states, over: outputs.video.frames)
        for (name, value) in [
            "frame_features": outputs.video.frames, "video_features": outputs.video.pooled,
            "image_features_normalized": outputs.video.pooled.normalized(), "fc_logits": outputs.classLogits,
            "text_tokens_after_encoder": outputs.texts.states, "text_features": outputs.texts.pooled,
            "text_features_normalized": outputs.texts.pooled.normalized(), "class_text_features": classTexts,
            "class_text_features_normalized": classTexts.normalized(), "cross_tokens_after_ln_final": cross,
            "mlm_logits": outputs.wordLogits, "logits_per_image": outputs.pairLogits,
            "logits_per_text": outputs.pairLogits.transposed(), "class_similarity": outputs.similarities,
            "class_probabilities": outputs.similarities.softmax(-1), "contrastive_targets": groundTruth,
            "contrastive_target_probs": (groundTruth * SoftTargetContrastiveLoss().sharpness).softmax(-1),
        ] {
            recorded.compare(value, "outputs.\(name)", tolerance)
        }
    }

    private func compareScores(_ recording: M2CLIPRecording, _ tolerance: Tolerance) throws {
        let (model, recorded) = (recording.model, recording.recorded)
        let views = try recorded.required("inputs.eval_video_views").permuted(0, 1, 3, 2, 4, 5)
        let classes = try recorded.required("inputs.class_tokens")
        let text = try #require(model.text)
        withoutGradient {
            let labels = LabelFeatures(text(classes), labels: classes.shape[0])
            recorded.compare(model.probabilities(of: .trained, views: views), "outputs.eval_fc_scores", tolerance)
            recorded.compare(
                model.probabilities(of: .texts(labels), views: views), "outputs.eval_similarity_scores", tolerance)
        }
    }

    private func compareGradients(_ recording: M2CLIPRecording, _ own: ModelCase) {
        for name in recording.parameters.names {
            let gradient = recording.parameters[name]?.gradient
            #expect((gradient != nil) == M2CLIPConfiguration.isTrained(name), "\(name)")
            guard let gradient else { continue }
            recording.recorded.compare(gradient, "grads.\(name)", own.tolerances.grads)
            if own.zero_gradient_parameters?.contains(name) == true {
                #expect(gradient.equal(to: 0).allTrue, "\(name)")
            }
        }
    }
}
