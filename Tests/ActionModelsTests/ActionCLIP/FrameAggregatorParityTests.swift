import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("ActionCLIP's aggregators against the reference")
struct FrameAggregatorParityTests {
    @Test("names, output and every gradient", arguments: Fixture.all("actionclip", "aggregator"))
    func parity(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), recorded = try ActionCLIPTensors(fixture)
        let (width, frames) = (try #require(facts.config.embed_dim), try #require(facts.config.num_frames))
        let sizes = try facts.config.aggregatorConfiguration(), tolerance = try facts.tolerance.both("outputs")
        let (aggregator, parameters) = try Parameters.build(.checkpoint(recorded.all("weights."))) {
            FrameAggregator($0, sizes, width: width, frames: frames)
        }
        parameters.train { _ in true }
        let x = try recorded["inputs.frame_features"].cloned()
        x.setRequiresGradient(true)

        let video = aggregator(x)
        expectClose(
            video, try recorded["outputs.video_embedding"], absolute: tolerance.absolute, relative: tolerance.relative,
            "video_embedding")
        let loss = (video * (try recorded["inputs.cotangent"])).sum()
        expectClose(loss.reshaped(1), try recorded["losses.total"], absolute: 1e-4, relative: 1e-4, "loss")
        loss.backward()
        try facts.expectGradients(parameters, recorded)
        let gradients = try facts.tolerance.both("grads")
        expectClose(
            try #require(x.gradient), try recorded["input_grads.frame_features"], absolute: gradients.absolute,
            relative: gradients.relative, "gradient of the input")
        recorded.expectAllSeen()
    }
}
