import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("ST-Adapter")
struct STAdapterTests {
    private let clips = Generator(seed: 2).normal([2, 4, 3, 8, 8])

    private static func configuration(_ placement: AdapterPlacement) -> STAdapterConfiguration {
        var configuration = STAdapterConfiguration(
            vision: VisionConfiguration(
                imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
            frames: 4, classes: 3, placement: placement)
        configuration.adapterWidth = 6
        return configuration
    }

    /// A model whose adapters have an effect.
    private func trained(
        _ configuration: STAdapterConfiguration
    ) throws -> (model: STAdapter, parameters: Parameters) {
        let fresh = try Parameters.build(.random(Generator(seed: 1))) { STAdapter($0, configuration) }.parameters
        var weights = fresh.tensors
        for (name, tensor) in weights where STAdapterConfiguration.isTrained(name) {
            weights[name] = Generator(seed: 5).normal(tensor.shape)
        }
        return try Parameters.build(.checkpoint(weights)) { STAdapter($0, configuration) }
    }

    @Test("a new model is CLIP's tower with a new head", arguments: AdapterPlacement.allCases)
    func start(_ placement: AdapterPlacement) throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 1))) {
            STAdapter($0, Self.configuration(placement))
        }
        var plain = model.configuration
        plain.adapterLayers = 0
        let frozen = parameters.tensors.filter { !$0.key.contains("adapter") }
        let bare = try Parameters.build(.checkpoint(frozen)) { STAdapter($0, plain) }.model
        expectClose(model(clips), bare(clips), absolute: 0, relative: 0)
    }

    @Test("with adapters the order of frames matters, without them it does not")
    func order() throws {
        let shuffled = clips.selected(1, Tensor([2, 0, 3, 1]))
        let (model, parameters) = try trained(Self.configuration(.both))
        let difference = (model(clips) - model(shuffled)).abs.array(of: Float.self)
        #expect(difference.allSatisfy { $0 > 1e-4 })
        var plain = model.configuration
        plain.adapterLayers = 0
        let weights = parameters.tensors.filter { !$0.key.contains("adapter") }
        let bare = try Parameters.build(.checkpoint(weights)) { STAdapter($0, plain) }.model
        expectClose(bare(clips), bare(shuffled), absolute: 1e-5)
    }

    @Test("clips of a batch do not see each other")
    func batch() throws {
        let model = try trained(Self.configuration(.both)).model
        let together = model(clips)
        for clip in 0..<2 {
            expectClose(model(clips.slice(0, clip..<clip + 1)), together.slice(0, clip..<clip + 1), absolute: 1e-5)
        }
    }

    @Test("the adapter before the last feed-forward part is dead, no other is")
    func dead() throws {
        let (model, parameters) = try trained(Self.configuration(.both))
        let trained = parameters.train(STAdapterConfiguration.isTrained)
        model(clips).crossEntropy(Tensor([0, 2])).backward()
        for (name, tensor) in zip(trained.names, trained.tensors) {
            let gradient = try #require(tensor.gradient, "\(name)").array(of: Float.self)
            let isDead = name.hasPrefix("transformer.resblocks.1.adapter_pre_mlp.")
            #expect(gradient.allSatisfy { $0 == 0 } == isDead, "\(name)")
        }
    }

    @Test("dropping happens in training only")
    func dropout() throws {
        let model = try trained(Self.configuration(.beforeMLP)).model
        Generator.seedDefaults(1)
        let (first, second) = (model(clips, training: true), model(clips, training: true))
        #expect(first.array(of: Float.self) != second.array(of: Float.self))
        expectClose(model(clips), model(clips), absolute: 0, relative: 0)
    }

    @Test("a part of the blocks can have adapters")
    func lastBlocks() throws {
        var configuration = Self.configuration(.beforeAttention)
        configuration.adapterLayers = 1
        let names = try Parameters.build(.random()) { STAdapter($0, configuration) }.parameters.names
        let adapters = names.filter { $0.contains("adapter") }
        #expect(adapters.count == 6)
        #expect(adapters.allSatisfy { $0.hasPrefix("transformer.resblocks.1.adapter_pre_attn.") })
    }

    @Test("what the protocol tells")
    func facts() throws {
        let model = try trained(Self.configuration(.beforeMLP)).model
        #expect(model.frames == 4 && model.classes == 3)
        #expect(model.text == nil && model.textScoring == nil)
        let probabilities = model.probabilities(of: .trained, views: clips.unsqueezed(0))
        #expect(probabilities.shape == [1, 3])
        #expect(abs(probabilities.sum().item(Double.self) - 1) < 1e-5)
    }
}
