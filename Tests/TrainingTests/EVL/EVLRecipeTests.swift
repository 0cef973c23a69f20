import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("The recipe of EVL")
struct EVLRecipeTests {
    @Test("the released rates: half a cosine to zero, counted in steps, no warm-up")
    func rates() {
        let recipe = EVLRecipe()
        for step in [0, 1, 12_345, 25_000, 49_999] {
            #expect(abs(recipe.learningRate(at: step) - 2e-4 * (1 + cos(.pi * Double(step) / 50_000))) < 1e-15)
        }
        #expect(recipe.learningRate(at: 0) == 4e-4)
        #expect(recipe.learningRate(at: 50_000) < 1e-15)
    }

    @Test("everything trained decays, biases too")
    func groups() throws {
        let (_, parameters) = try EVLTraining.model()
        let trained = parameters.train { $0.hasPrefix("decoder.") || $0.hasPrefix("proj.") }
        let groups = EVLRecipe().groups(trained)
        #expect(groups.count == 1)
        #expect(groups[0].parameters.names == trained.names)
        #expect(groups[0].weightDecay == 0.05)
        #expect(groups[0].learningRateScale == 1)
    }

    @Test("parts are as equal as can be")
    func parts() {
        #expect(MicroBatches(count: 4).parts(of: 8) == [0..<2, 2..<4, 4..<6, 6..<8])
        #expect(MicroBatches(count: 3).parts(of: 8) == [0..<2, 2..<5, 5..<8])
        #expect(MicroBatches(count: 3).parts(of: 2) == [0..<1, 1..<2])
        #expect(MicroBatches(count: 0).parts(of: 2) == [0..<2])
        #expect(MicroBatches(count: 2).parts(of: 0).isEmpty)
    }

    @Test("the keys' biases stay, for nothing depends on them")
    func keyBiases() throws {
        let (model, parameters) = try EVLTraining.model()
        let trained = parameters.train(model.configuration.isTrained)
        let before = parameters.tensors.mapValues { $0.array(of: Float.self) }
        let (clips, labels) = EVLTraining.batch(model.configuration, count: 2)
        model(clips).crossEntropy(labels).backward()
        EVLRecipe().optimizer(trained).step(learningRate: 1e-2)
        for name in parameters.names {
            let stays = name.hasPrefix("backbone.") || name.hasSuffix("k_proj.bias")
            #expect((parameters[name]?.array(of: Float.self) == before[name]) == stays, "\(name)")
        }
    }

    private static let bad: [@Sendable (inout EVLRecipe) -> Void] = [
        { $0.learningRate = 0 }, { $0.learningRate = .nan }, { $0.weightDecay = -1 }, { $0.beta1 = 1 },
        { $0.beta2 = .nan }, { $0.eps = 0 }, { $0.batch = 0 }, { $0.steps = 0 }, { $0.steps = .max },
        { $0.batchSplit = 0 }, { $0.batchSplit = 257 },
    ]

    @Test("numbers that cannot be are refused", arguments: bad.indices)
    func hostile(_ index: Int) throws {
        var recipe = EVLRecipe()
        try recipe.validate()
        Self.bad[index](&recipe)
        #expect(throws: TrainingError.self) { try recipe.validate() }
    }

    @Test("a recipe survives JSON")
    func codable() throws {
        var recipe = EVLRecipe()
        recipe.batchSplit = 4
        #expect(try JSONDecoder().decode(EVLRecipe.self, from: JSONEncoder().encode(recipe)) == recipe)
    }
}

/// A small EVL and clips to train it on.
enum EVLTraining {
    static var configuration: EVLConfiguration {
        var configuration = EVLConfiguration(
            vision: VisionConfiguration(
                imageSize: 12, patchSize: 4, blocks: TransformerConfiguration(width: 24, layers: 3, heads: 3)),
            frames: 3, classes: 5)
        configuration.decoderLayers = 2
        configuration.decoderWidth = 20
        configuration.decoderHeads = 2
        configuration.queryInitial = .normal
        return configuration
    }

    static func model() throws -> (model: EVL, parameters: Parameters) {
        let generator = Generator(seed: 4)
        let first = try Parameters.build(.random(generator)) { EVL($0, configuration) }.parameters
        let tensors = first.tensors.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value + generator.normal($0.value.shape) * 0.2)
        }
        return try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: tensors))) { EVL($0, configuration) }
    }

    static func batch(_ configuration: EVLConfiguration, count: Int) -> (clips: Tensor, labels: Tensor) {
        let generator = Generator(seed: 6)
        let clips = generator.normal([count, configuration.frames, 3, 12, 12])
        return (clips, generator.integers(in: 0..<configuration.classes, [count]))
    }
}
