import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("CLIP on clips by the mean of frames")
struct FrameMeanCLIPTests {
    private let model: FrameMeanCLIP
    private let clips = Generator(seed: 2).normal([2, 5, 3, 8, 8])

    init() throws {
        let configuration = CLIPConfiguration(
            embedDim: 6,
            vision: VisionConfiguration(
                imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
            text: TextConfiguration(
                contextLength: 5, vocabularySize: 20, blocks: TransformerConfiguration(width: 8, layers: 1, heads: 2)),
            activation: .quickGELU)
        model = FrameMeanCLIP(try Parameters.build(.random(Generator(seed: 1))) { CLIPModel($0, configuration) }.model)
    }

    @Test("the feature of a clip is the mean of its frames' features")
    func mean() {
        let video = model.encodeVideo(clips)
        #expect(video.shape == [2, 6])
        for clip in 0..<2 {
            let frames = (0..<5).map { frame in
                model.clip.encodeImage(clips.select(0, clip).slice(0, frame..<frame + 1)).array(of: Double.self)
            }
            let mean = (0..<6).map { place in frames.map { $0[place] }.reduce(0, +) / 5 }
            expectClose(video.select(0, clip), Tensor(mean), absolute: 1e-6)
        }
    }

    @Test("the order of frames changes nothing", arguments: [[4, 3, 2, 1, 0], [1, 0, 2, 4, 3], [2, 3, 4, 0, 1]])
    func orderBlind(_ order: [Int]) {
        let permuted = clips.selected(1, Tensor(order))
        #expect(permuted.array(of: Float.self) != clips.array(of: Float.self))
        expectClose(model.encodeVideo(permuted), model.encodeVideo(clips), absolute: 1e-6)
    }

    @Test("another clip has another feature")
    func sees() {
        let video = model.encodeVideo(clips).array(of: Float.self)
        #expect(video.prefix(6) != video.suffix(6))
    }

    @Test("a clip of one frame is a picture")
    func oneFrame() {
        let clip = clips.slice(1, 0..<1)
        expectClose(model.encodeVideo(clip), model.clip.encodeImage(clip.squeezed(1)), absolute: 0, relative: 0)
    }

    @Test("pooling frames that were encoded before is the same mean")
    func pooled() {
        let frames = Tensor((0..<12).map(Double.init), shape: [2, 3, 2])
        expectClose(model.pooled(frames), Tensor([2.0, 3, 8, 9], shape: [2, 2]), absolute: 0, relative: 0)
    }

    @Test("gradients reach the image tower")
    func gradients() throws {
        let configuration = model.clip.configuration
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 1))) {
            FrameMeanCLIP(CLIPModel($0, configuration))
        }
        parameters.train { $0.hasPrefix("visual.") }
        model.encodeVideo(clips).pow(2).sum().backward()
        for name in parameters.names {
            #expect((parameters[name]?.gradient != nil) == name.hasPrefix("visual."), "\(name)")
        }
    }
}
