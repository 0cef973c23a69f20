import ActionModels
import FixtureSupport
import Testing
import Torch
import Training

@Suite("ActionCLIP's loss and gradients against the reference")
struct ActionCLIPLossParityTests {
    private struct Sizes: Decodable {
        struct Config: Decodable { let num_classes: Int }
        let config: Config
    }

    @Test("features, logits, losses and every gradient", arguments: Fixture.all("actionclip", "model_loss_gradients"))
    func parity(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode()
        let recorded = try RecordedTensors(fixture, renaming: ActionCLIPLayout.canonicalName)
        let configuration = try facts.config.model(), tolerance = try facts.tolerance.both("outputs")
        let (model, parameters) = try Parameters.build(.checkpoint(recorded.below("weights."))) {
            ActionCLIP($0, configuration)
        }
        parameters.train(ActionCLIPConfiguration.isTrained)
        let clips = try recorded.required("inputs.images"), tokens = try recorded.required("inputs.text_tokens")
        let labels = try recorded.required("inputs.labels")
        func compare(_ actual: Tensor, _ name: String) throws {
            expectClose(
                actual, try recorded.required("outputs.\(name)"), absolute: tolerance.absolute,
                relative: tolerance.relative,
                name)
        }
        let videos = model.encodeVideo(clips), texts = model.encodeText(tokens)
        try compare(model.frameFeatures(of: clips), "frame_features")
        try compare(videos, "video_embedding")
        try compare(texts, "text_embedding")
        try compare(model.logits(videos: videos, texts: texts), "logits_per_video")
        try compare(model.logits(videos: videos, texts: texts).transposed(), "logits_per_text")
        try compare(SoftTargetContrastiveLoss.groundTruth(labels), "ground_truth")

        let loss = ActionCLIPRecipe().loss(of: model, clips: clips, tokens: tokens, labels: labels, training: false)
        for (name, value) in [("video", loss.video), ("text", loss.text), ("total", loss.total)] {
            expectClose(
                value.reshaped(1), try recorded.required("losses.\(name)"),
                absolute: try facts.tolerance("losses_atol"),
                relative: 0, name)
        }
        loss.total.backward()
        try facts.expectGradients(parameters, recorded)

        let rows = try recorded.required("inputs.template_ids").array(of: Int.self),
            classes = labels.array(of: Int.self)
        let count = try fixture.decode(Sizes.self).config.num_classes
        let drawn = Tensor(zip(rows, classes).map { $0 * count + $1 })
        expectClose(
            try recorded.required("inputs.prompt_tokens").selected(0, drawn), tokens, absolute: 0, relative: 0,
            "row = template * classes + class")
        recorded.expectAllTaken()
    }
}
