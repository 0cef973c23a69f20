import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("Models on a stream")
struct StreamingModelTests {
    /// Slides a window over a video; every third place repeats the one before.
    private func expectWindows(
        _ model: any ActionModel, _ video: Tensor, frames: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let stream = model.streaming
        let states = (0..<video.shape[0]).flatMap { stream.encode(frames: video.slice(0, $0..<$0 + 1)) }
        let shown = (0..<video.shape[0] + 3).map { $0 - $0 / 3 }.filter { $0 < video.shape[0] }
        for start in 0...shown.count - frames {
            let window = Array(shown[start..<start + frames])
            let neighbours = zip(window, window.dropFirst()).compactMap { stream.joined(states[$0], states[$1]) }
            let streamed = stream.features(of: window.map { states[$0] }, neighbours: neighbours)
            let whole = model.features(of: video.selected(0, Tensor(window)).unsqueezed(0))
            for (part, expected, name) in [
                (streamed.embedding, whole.embedding, "embedding"), (streamed.token, whole.token, "token"),
                (streamed.classLogits, whole.classLogits, "logits"),
            ] {
                #expect((part == nil) == (expected == nil), sourceLocation: sourceLocation)
                guard let part, let expected else { continue }
                expectClose(part, expected, absolute: 1e-5, relative: 1e-5, "\(name) \(start)")
            }
        }
    }

    @Test("ActionCLIP shares frames with every aggregator", arguments: AggregatorConfiguration.Kind.allCases)
    func actionCLIP(_ kind: AggregatorConfiguration.Kind) throws {
        let model = try tinyModel(tinyConfiguration(kind))
        #expect(model.streaming.sharesFrames)
        try expectWindows(model, Generator(seed: 9).normal([9, 3, 8, 8]), frames: 3)
    }

    @Test("so it does with two heads, and not with frames mixed in the tower", arguments: tinyTwoHeadedModels)
    func twoHeaded(_ configuration: ActionCLIPConfiguration) throws {
        let model = try tinyModel(configuration)
        #expect(model.streaming.sharesFrames == (configuration.temporal == .none))
        try expectWindows(model, Generator(seed: 9).normal([7, 3, 8, 8]), frames: 3)
    }

    @Test("the frozen CLIP and the linear probe share frames")
    func means() throws {
        let clip = tinyConfiguration().clip, video = Generator(seed: 4).normal([7, 3, 8, 8])
        let frozen = try Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, clip) }.model
        try expectWindows(FrameMeanCLIP(frozen), video, frames: 4)
        let configuration = LinearProbeConfiguration(clip: clip, frames: 3, classes: 5)
        let probe = try Parameters.build(.random(Generator(seed: 1))) { LinearProbe($0, configuration) }.model
        #expect(probe.streaming.sharesFrames)
        try expectWindows(probe, video, frames: 3)
    }

    @Test("EVL shares frames and pairs of neighbours, whatever its temporal modules", arguments: 0..<8)
    func evl(_ switches: Int) throws {
        var configuration = EVLSample.configuration(grid: switches == 7 ? (2, 3) : (3, 3))
        configuration.hasTemporalConvolution = switches & 1 != 0
        configuration.hasTemporalPositions = switches & 2 != 0
        configuration.hasTemporalCrossAttention = switches & 4 != 0
        let model = try EVLSample.model(configuration).model
        #expect(model.streaming.sharesFrames)
        let vision = configuration.vision
        let video = Generator(seed: 3).normal([9, 3, vision.imageHeight ?? vision.imageSize, vision.imageSize])
        try expectWindows(model, video, frames: configuration.frames)
    }

    @Test("EVL's pairs matter: swapped neighbours give other logits")
    func pairs() throws {
        let configuration = EVLSample.configuration(), model = try EVLSample.model(configuration).model
        let stream = model.streaming
        let states = stream.encode(frames: Generator(seed: 3).normal([4, 3, 12, 12]))
        func logits(_ order: [(Int, Int)]) throws -> Tensor {
            let neighbours = order.compactMap { stream.joined(states[$0.0], states[$0.1]) }
            return try #require(stream.features(of: states, neighbours: neighbours).classLogits)
        }
        let change = try logits([(0, 1), (1, 2), (2, 3)]) - logits([(1, 0), (2, 1), (3, 2)])
        #expect(change.abs.max().item(Double.self) > 1e-3)
    }

    @Test(
        "the recorded stream of the reference comes out of shared frames",
        arguments: Fixture.all("actionclip", "streaming"))
    func recorded(_ fixture: Fixture) throws {
        struct Case: Decodable {
            struct Stream: Decodable { let window_indices: [[Int]] }
            let streams: [String: Stream]
        }
        let facts: ActionCLIPCase = try fixture.decode(), streams: Case = try fixture.decode()
        let recorded = try RecordedTensors(fixture), configuration = try facts.config.model()
        let model = try Parameters.build(.checkpoint(recorded.below("weights."))) { ActionCLIP($0, configuration) }
            .model
        let tolerance = try facts.tolerance.both("outputs"), stream = model.streaming
        let states = stream.encode(frames: try recorded.required("inputs.video"))
        for (name, windows) in streams.streams {
            let videos = try windows.window_indices.map { window in
                try #require(stream.features(of: window.map { states[$0] }, neighbours: []).embedding)
            }
            expectClose(
                Tensor.concatenated(videos), try recorded.required("outputs.\(name).video_embedding"),
                absolute: tolerance.absolute, relative: tolerance.relative, name)
        }
    }
}
