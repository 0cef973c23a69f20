import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("Frames encoded behind the ones before")
struct CausalStreamTests {
    private static let configurations: [ActionModelConfiguration] = {
        let clip = tinyConfiguration().clip
        func adapter(_ kernel: STAdapterConfiguration.Kernel) -> ActionModelConfiguration {
            var sizes = STAdapterConfiguration(vision: clip.vision, frames: 4, classes: 3, placement: .both)
            sizes.adapterWidth = 8
            sizes.kernel = kernel
            return .stAdapter(sizes)
        }
        var m2 = clip
        m2.embedDim = m2.text.blocks.width
        return [
            adapter(.init(frames: 3, rows: 1, columns: 1)), adapter(.init(frames: 3, rows: 3, columns: 3)),
            adapter(.init(frames: 5, rows: 1, columns: 1)),
            .m2CLIP(M2CLIPConfiguration(clip: m2, frames: 4, classes: 3, labelWords: 5)),
        ]
    }()

    /// A model of random values, whose convolutions over time may be kept from looking ahead.
    private func model(_ configuration: ActionModelConfiguration, looksAhead: Bool) throws -> any ActionModel {
        let generator = Generator(seed: 2)
        let first = try Parameters.build(.random(generator)) { configuration.model($0) }.parameters
        let drawn = first.names.map { name -> (String, Tensor) in
            let tensor = first[name] ?? .zeros([])
            let value = tensor + generator.normal(tensor.shape) * 0.1
            let taps = value.rank >= 3 ? value.shape[2] : 0
            guard !looksAhead, name.hasSuffix("conv.weight"), taps > 1 else { return (name, value) }
            let past = value.slice(2, 0..<taps / 2 + 1)
            let ahead = Tensor.zeros(value.slice(2, taps / 2 + 1..<taps).shape)
            return (name, Tensor.concatenated([past, ahead], axis: 2))
        }
        return try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: drawn))) { configuration.model($0) }
            .model
    }

    private func streamed(_ model: any ActionModel, _ video: Tensor) throws -> ClipFeatures {
        let stream = try #require(model.causalStreaming)
        var states: [FrameState] = []
        for number in 0..<video.shape[0] {
            states.append(stream.encode(frame: video.slice(0, number..<number + 1), after: states.last))
        }
        return stream.features(of: states, neighbours: [])
    }

    private func difference(_ a: ClipFeatures, _ b: ClipFeatures) throws -> Double {
        let (one, other) = (try #require(a.classLogits), try #require(b.classLogits))
        return (one - other).abs.max().item(Double.self)
    }

    @Test("they are those of the whole clip, but for what lies ahead", arguments: configurations)
    func exact(_ configuration: ActionModelConfiguration) throws {
        let video = Generator(seed: 6).normal([4, 3, 8, 8])
        let blind = try model(configuration, looksAhead: false)
        #expect(!blind.streaming.sharesFrames)
        let whole = blind.features(of: video.unsqueezed(0))
        #expect(try difference(try streamed(blind, video), whole) < 1e-5)
        if let embedding = whole.embedding {
            let own = try #require(try streamed(blind, video).embedding)
            expectClose(own, embedding, absolute: 1e-5, relative: 1e-5, "embedding")
        }
        let seeing = try model(configuration, looksAhead: true)
        let near = try difference(try streamed(seeing, video), seeing.features(of: video.unsqueezed(0)))
        #expect(near > 1e-5, "frames ahead do change earlier ones")
    }

    @Test("models that are exact, or mix frames otherwise, have none of it")
    func none() throws {
        #expect(try tinyModel().causalStreaming == nil)
        #expect(try tinyModel(tinyConfiguration(.mean, temporal: .shift)).causalStreaming == nil)
    }
}
