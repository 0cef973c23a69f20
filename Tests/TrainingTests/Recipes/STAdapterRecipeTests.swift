import ActionModels
import CLIP
import Testing
import Torch
import Training

@Suite("The recipe of ST-Adapter")
struct STAdapterRecipeTests {
    private let configuration = STAdapterConfiguration(
        vision: VisionConfiguration(
            imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 2, heads: 2)),
        frames: 2, classes: 3, placement: .beforeMLP)

    @Test("rates of the released scripts, step by step")
    func rates() {
        let rate = { (recipe: STAdapterRecipe, epoch: Int) in recipe.learningRate(at: 10 * epoch, stepsPerEpoch: 10) }
        for (epoch, expected) in [(0, 0), (1, 3.75e-4), (2, 7.5e-4), (7, 3.75e-4), (12, 0)] {
            #expect(abs(rate(.kinetics, epoch) - expected) < 1e-12)
        }
        #expect(abs(rate(.somethingSomething, 2) - 1e-3) < 1e-12)
        #expect(abs(rate(.somethingSomething, 26) - 5e-4) < 1e-12)
    }

    @Test("everything but names with .bias decays")
    func groups() throws {
        let parameters = try Parameters.build(.random()) { STAdapter($0, configuration) }.parameters
        let trained = parameters.train(STAdapterConfiguration.isTrained)
        let groups = STAdapterRecipe().groups(trained)
        #expect(groups.map(\.weightDecay) == [0.01, 0])
        #expect(groups.map(\.learningRateScale) == [1, 1])
        #expect(groups[0].parameters.names.allSatisfy { $0.hasSuffix(".weight") })
        #expect(groups[1].parameters.names.allSatisfy { $0.hasSuffix(".bias") })
        #expect(groups.reduce(0) { $0 + $1.parameters.count } == trained.count)
    }

    @Test("training moves the trained part, and dead weights by decay alone")
    func steps() throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 1))) { STAdapter($0, configuration) }
        let before = parameters.tensors.mapValues { $0.array(of: Float.self) }
        let recipe = STAdapterRecipe(), trained = parameters.train(STAdapterConfiguration.isTrained)
        let optimizer = recipe.optimizer(trained)
        let (clips, labels) = (Generator(seed: 2).normal([3, 2, 3, 8, 8]), Tensor([0, 1, 2]))
        for epoch in 0...2 {
            trained.clearGradients()
            model(clips).crossEntropy(labels).backward()
            optimizer.step(learningRate: recipe.learningRate(at: epoch, stepsPerEpoch: 1))
        }
        let shrunk = Float((1 - 3.75e-4 * 0.01) * (1 - 7.5e-4 * 0.01))
        for name in parameters.names {
            let (old, new) = (try #require(before[name]), try #require(parameters[name]).array(of: Float.self))
            if name.hasPrefix("transformer.resblocks.1.adapter_pre_mlp.fc") {
                let factor = name.hasSuffix(".weight") ? shrunk : 1
                #expect(zip(old, new).allSatisfy { abs($0 * factor - $1) <= 1e-7 }, "\(name)")
            } else if !name.hasPrefix("transformer.resblocks.1.adapter_pre_mlp.") {
                #expect((old != new) == STAdapterConfiguration.isTrained(name), "\(name)")
            }
        }
    }

    @Test("numbers that cannot be")
    func hostile() throws {
        try STAdapterRecipe().validate()
        let spoil: [(inout STAdapterRecipe) -> Void] = [
            { $0.batch = 0 }, { $0.batch = .max }, { $0.learningRate = 0 }, { $0.learningRate = .infinity },
            { $0.weightDecay = -1 }, { $0.beta1 = 1 }, { $0.beta2 = -1 }, { $0.eps = 0 }, { $0.epochs = .nan },
            { $0.warmupEpochs = 12 }, { $0.warmupEpochs = -1 },
        ]
        for change in spoil {
            var recipe = STAdapterRecipe()
            change(&recipe)
            #expect(throws: TrainingError.self) { try recipe.validate() }
        }
    }
}
