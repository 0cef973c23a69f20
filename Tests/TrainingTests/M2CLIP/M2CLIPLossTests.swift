import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@testable import ActionModels

@Suite("M2-CLIP's loss and recipe")
struct M2CLIPLossTests {
    private static let configuration: M2CLIPConfiguration = {
        let blocks = TransformerConfiguration(width: 16, layers: 2, heads: 2)
        return M2CLIPConfiguration(
            clip: CLIPConfiguration(
                embedDim: 16, vision: VisionConfiguration(imageSize: 8, patchSize: 4, blocks: blocks),
                text: TextConfiguration(contextLength: 6, vocabularySize: 20, blocks: blocks), activation: .quickGELU),
            frames: 3, classes: 4, labelWords: 5)
    }()

    private let model: M2CLIP
    private let trained: TrainedParameters
    private let labels = Tensor([2, 0, 2])
    private let nothing = Tensor.full([3, 6], Double(M2CLIPLoss.unmasked), dtype: .int64)

    init() throws {
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 4))) { M2CLIP($0, Self.configuration) }
        self.model = model
        trained = parameters.train(M2CLIPConfiguration.isTrained)
    }

    private func outputs() -> M2CLIP.Outputs {
        let texts = Tensor([18, 3, 19, 0, 0, 0, 18, 4, 7, 19, 0, 0, 18, 5, 9, 2, 19, 0], shape: [3, 6])
        let classes = Tensor([18, 1, 19, 18, 4, 19, 18, 6, 19, 18, 8, 19], shape: [4, 3])
        return model.outputs(
            of: .init(
                clips: Generator(seed: 6).normal([3, 3, 3, 8, 8]), texts: texts,
                classTexts: model.encodeText(classes).pooled),
            training: false)
    }

    @Test("without a masked word the words' loss is zero, and so are its gradients")
    func nothingMasked() throws {
        let value = M2CLIPLoss()(outputs(), labels: labels, words: nothing)
        #expect(value.words.item(Double.self) == 0)
        #expect(value.total.item(Double.self).isFinite)
        value.total.backward()
        for (name, tensor) in zip(trained.names, trained.tensors) {
            let gradient = try #require(tensor.gradient, "\(name)")
            #expect(gradient.isFinite.allTrue, "\(name)")
            if name.hasPrefix("mlm_adapter.") || name.hasPrefix("transformer.resblocks.2.") {
                #expect(gradient.equal(to: 0).allTrue, "\(name)")
            }
        }
    }

    @Test("gradients of zeros are stepped: what nothing reaches decays")
    func decays() throws {
        let optimizer = M2CLIPRecipe.kinetics.optimizer(trained)
        let before = trained.tensors.map { $0.detached().cloned() }
        M2CLIPLoss()(outputs(), labels: labels, words: nothing).total.backward()
        optimizer.step(learningRate: 0.5)
        for (name, pair) in zip(trained.names, zip(trained.tensors, before)) where name.hasPrefix("mlm_adapter.") {
            let factor = name.contains(".bias") ? 1 : 1 - 0.5 * 0.01
            expectClose(pair.0.detached(), pair.1 * factor, absolute: 1e-7, relative: 1e-6, name)
        }
    }

    @Test("the words' loss is the mean over masked positions")
    func words() {
        let outputs = outputs()
        var ids = nothing.array(of: Int.self)
        (ids[2], ids[9]) = (3, 1)
        let value = M2CLIPLoss()(outputs, labels: labels, words: Tensor(ids, shape: [3, 6]))
        let logits = outputs.wordLogits.logSoftmax(-1).array(of: Double.self)
        let expected = -(logits[2 * 5 + 3] + logits[9 * 5 + 1]) / 2
        #expect(abs(value.words.item(Double.self) - expected) < 1e-5)
    }

    @Test("the total is the weighted sum")
    func weights() {
        let outputs = outputs()
        var loss = M2CLIPLoss()
        (loss.weights.contrastive, loss.weights.crossModal) = (2, 3)
        (loss.weights.visual, loss.weights.words) = (5, 7)
        let words = nothing + 102
        let ids = words.to(dtype: .int64)
        let value = loss(outputs, labels: labels, words: ids)
        let expected =
            value.contrastive.total * 2 + value.crossModal * 3 + value.visual * 5 + value.words * 7
        expectClose(value.total, expected, absolute: 1e-5)
        let released = M2CLIPLoss()(outputs, labels: labels, words: ids)
        let sum =
            (released.contrastive.total + released.crossModal) / 2 + released.visual + released.words / 10
        expectClose(released.total, sum, absolute: 1e-5)
    }

    @Test("two softmaxes leave cross-modal classification a narrow range", arguments: [4, 174, 400])
    func range(_ classes: Int) {
        let outputs = outputs()
        func loss(_ right: Double, _ wrong: Double) -> Double {
            let similarities = Tensor.full([3, classes], wrong) + Tensor([0]).oneHot(classes) * (right - wrong)
            let changed = M2CLIP.Outputs(
                video: outputs.video, texts: outputs.texts, pairLogits: outputs.pairLogits, similarities: similarities,
                wordLogits: outputs.wordLogits)
            return M2CLIPLoss()(changed, labels: Tensor([0, 0, 0]), words: nothing).crossModal.item(Double.self)
        }
        #expect(abs(loss(100, -100) - log(1 + Double(classes - 1) / M_E)) < 1e-5)
        #expect(abs(loss(3, 3) - log(Double(classes))) < 1e-5)
    }

    @Test("the released scripts' rates")
    func rates() {
        #expect(M2CLIPRecipe.kinetics.learningRate == 2.8125e-4)
        #expect(M2CLIPRecipe.somethingSomething.learningRate == 5e-4)
        let recipe = M2CLIPRecipe.kinetics
        #expect(recipe.learningRate(at: 0, stepsPerEpoch: 10) == 0)
        #expect(recipe.learningRate(at: 10, stepsPerEpoch: 10) == 1.40625e-4)
        #expect(recipe.learningRate(at: 20, stepsPerEpoch: 10) == 2.8125e-4)
        #expect(abs(recipe.learningRate(at: 120, stepsPerEpoch: 10)) < 1e-18)
    }

    @Test("an epoch without steps is a programmer's mistake")
    func noSteps() async {
        await #expect(processExitsWith: .failure) {
            _ = M2CLIPRecipe.kinetics.learningRate(at: 0, stepsPerEpoch: 0)
        }
    }

    @Test("four groups that hold every trained parameter once")
    func groups() {
        let groups = M2CLIPRecipe.kinetics.groups(trained)
        #expect(groups.map(\.weightDecay) == [0.01, 0.01, 0, 0])
        #expect(groups.map(\.learningRateScale) == [1, 0.5, 1, 0.5])
        #expect(groups.flatMap(\.parameters.names).sorted() == trained.names.sorted())
        #expect(groups[0].parameters.names.contains("mlm_adapter.transform.LayerNorm.weight"))
        #expect(groups[2].parameters.names.contains("mlm_adapter.bias"))
        #expect(groups[1].parameters.names.allSatisfy { $0.contains("textad_") && $0.hasSuffix("weight") })
    }

    @Test("without text adapters two groups are empty, and steps go on")
    func emptyGroups() throws {
        var configuration = Self.configuration
        configuration.textAdapters.layers = 0
        let changed = configuration
        let (model, parameters) = try Parameters.build(.random(Generator(seed: 4))) { M2CLIP($0, changed) }
        let trained = parameters.train(M2CLIPConfiguration.isTrained)
        #expect(
            M2CLIPRecipe.kinetics.groups(trained).map { $0.parameters.names.isEmpty } == [false, true, false, true])
        let optimizer = M2CLIPRecipe.kinetics.optimizer(trained)
        let before = trained.tensors.map { $0.detached().cloned() }
        model.encodeVideo(Generator(seed: 6).normal([2, 3, 3, 8, 8])).classLogits.pow(2).sum().backward()
        optimizer.step(learningRate: 0.01)
        let moved = zip(trained.tensors, before).filter { !$0.equal(to: $1).allTrue }
        #expect(!moved.isEmpty)
    }

    @Test("JSON gives the same recipe")
    func json() throws {
        var recipe = M2CLIPRecipe.somethingSomething
        recipe.loss.classScores = .logits
        recipe.contrastiveText = .plain
        recipe.masking.probability = 1
        let data = try JSONEncoder().encode(recipe)
        #expect(try JSONDecoder().decode(M2CLIPRecipe.self, from: data) == recipe)
        try recipe.validate()
    }

    static let impossible: [@Sendable (inout M2CLIPRecipe) -> Void] = [
        { $0.batch = 0 }, { $0.batch = .max }, { $0.epochs = 0 }, { $0.epochs = .nan }, { $0.warmupEpochs = -1 },
        { $0.warmupEpochs = 12 }, { $0.learningRate = .infinity }, { $0.textRateScale = -1 }, { $0.weightDecay = .nan },
        { $0.beta1 = 1 }, { $0.beta2 = -0.1 }, { $0.eps = 0 }, { $0.masking.rate = 1.5 },
        { $0.masking.probability = -0.5 }, { $0.masking.rate = .nan }, { $0.loss.weights.words = -1 },
        { $0.loss.weights.visual = .nan }, { $0.loss.weights.crossModal = .infinity },
    ]

    @Test("impossible recipes are refused", arguments: impossible.indices)
    func refused(_ number: Int) {
        var recipe = M2CLIPRecipe.kinetics
        Self.impossible[number](&recipe)
        let changed = recipe
        #expect(throws: TrainingError.self) { try changed.validate() }
    }
}
