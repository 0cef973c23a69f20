import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("ActionCLIP's aggregators against the reference")
struct FrameAggregatorParityTests {
    @Test("names, output and every gradient", arguments: Fixture.all("actionclip", "aggregator"))
    func parity(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let (width, frames) = (try #require(facts.config.embed_dim), try #require(facts.config.num_frames))
        let sizes = try facts.config.aggregatorConfiguration(), tolerance = try facts.tolerance.both("outputs")
        let (aggregator, parameters) = try Parameters.build(.checkpoint(recorded.below("weights."))) {
            FrameAggregator($0, sizes, width: width, frames: frames)
        }
        parameters.train { _ in true }
        let x = try recorded.required("inputs.frame_features").cloned()
        x.setRequiresGradient(true)

        let video = aggregator(x)
        expectClose(
            video, try recorded.required("outputs.video_embedding"), absolute: tolerance.absolute,
            relative: tolerance.relative,
            "video_embedding")
        let cotangent = try recorded.required("inputs.cotangent"), loss = (video * cotangent).sum()
        // The loss is as far off as its terms may be, unless the case says more.
        let bounds = cotangent.abs * (video.detached().abs * tolerance.relative + tolerance.absolute)
        expectClose(
            loss.reshaped(1), try recorded.required("losses.total"),
            absolute: facts.tolerance["losses_atol"] ?? bounds.sum().item(Double.self),
            relative: facts.tolerance["losses_rtol"] ?? 0, "loss")
        loss.backward()
        try facts.expectGradients(parameters, recorded)
        let gradients = try facts.tolerance.both("grads")
        expectClose(
            try #require(x.gradient), try recorded.required("input_grads.frame_features"), absolute: gradients.absolute,
            relative: gradients.relative, "gradient of the input")
        recorded.expectAllTaken()
    }
}
