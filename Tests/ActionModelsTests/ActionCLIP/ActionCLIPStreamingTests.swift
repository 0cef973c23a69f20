import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("ActionCLIP on a stream")
struct ActionCLIPStreamingTests {
    private struct Case: Decodable {
        struct Stream: Decodable {
            let window_indices: [[Int]]
            let distinct_frames: Int
            let frames_encoded_without_reuse: Int
        }
        struct Sizes: Decodable { let num_classes: Int }
        let config: Sizes
        let streams: [String: Stream]
    }

    /// Features of frames, each encoded when first asked for and never again.
    private final class FrameCache {
        private let model: any FrameWiseModel
        private let video: Tensor
        private var features: [Int: Tensor] = [:]
        private(set) var encodings = 0

        init(_ model: any FrameWiseModel, _ video: Tensor) {
            self.model = model
            self.video = video
        }

        func window(_ frames: [Int]) -> Tensor {
            Tensor.concatenated(frames.map(feature)).unsqueezed(0)  // [1, T, E]
        }

        private func feature(_ frame: Int) -> Tensor {
            if let known = features[frame] { return known }
            encodings += 1
            let feature = model.encode(frames: video.slice(0, frame..<frame + 1))
            features[frame] = feature
            return feature
        }
    }

    @Test(
        "windows of frames that were encoded once are the reference's windows",
        arguments: Fixture.all("actionclip", "streaming"))
    func windows(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), streams: Case = try fixture.decode()
        let recorded = try ActionCLIPTensors(fixture), configuration = try facts.config.model()
        let whole = try Parameters.build(.checkpoint(recorded.all("weights."))) { ActionCLIP($0, configuration) }.model
        let model = try #require(whole.frameWise), scoring = try #require(model.textScoring)
        let outputs = try facts.tolerance.both("outputs")
        let labels = LabelFeatures(
            whole.encodeText(try recorded["inputs.prompt_tokens"]), labels: streams.config.num_classes)
        for (name, stream) in streams.streams {
            let cache = FrameCache(model, try recorded["inputs.video"])
            let videos = try stream.window_indices.map { window in
                try #require(model.features(ofFrames: cache.window(window)).embedding)
            }
            #expect(cache.encodings == stream.distinct_frames)
            #expect(stream.window_indices.reduce(0) { $0 + $1.count } == stream.frames_encoded_without_reuse)
            let all = Tensor.concatenated(videos), place = "outputs.\(name)"
            expectClose(
                all, try recorded["\(place).video_embedding"], absolute: outputs.absolute, relative: outputs.relative,
                name)
            expectClose(
                scoring.similarities(all, to: labels), try recorded["\(place).similarity"],
                absolute: try facts.tolerance("similarity_atol"), relative: 0, "\(name) similarity")
            expectClose(
                scoring.probabilities(all, of: labels), try recorded["\(place).class_scores"],
                absolute: try facts.tolerance("class_scores_atol"), relative: 0, "\(name) scores")
        }
        recorded.expectAllSeen()
    }

    @Test(
        "every aggregator gives the same from cached frames as from whole windows",
        arguments: AggregatorConfiguration.Kind.allCases)
    func cached(_ kind: AggregatorConfiguration.Kind) throws {
        let whole = try tinyModel(tinyConfiguration(kind)), model = try #require(whole.frameWise)
        let video = Generator(seed: 9).normal([7, 3, 8, 8]), cache = FrameCache(model, video)
        for start in 0..<5 {
            let window = Array(start..<start + 3)
            let direct = whole.encodeVideo(video.selected(0, Tensor(window)).unsqueezed(0))
            let reused = try #require(model.features(ofFrames: cache.window(window)).embedding)
            expectClose(reused, direct, absolute: 1e-5, relative: 1e-5, "window \(start)")
        }
        #expect(cache.encodings == 7)
    }

    @Test("frames that see each other in the tower cannot be shared", arguments: [TemporalModelling.shift, .joint])
    func coupled(_ temporal: TemporalModelling) throws {
        let model = try tinyModel(tinyConfiguration(.mean, temporal: temporal))
        #expect(model.frameWise == nil)
        #expect(!model.configuration.isFrameWise)
    }
}
