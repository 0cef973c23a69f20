import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training
import Video

@Suite("The sentences of a step of M2-CLIP")
struct M2CLIPTextsTests {
    private let classes = ["playing chess", "riding a bike", "tai chi"]

    private func configuration(_ templates: [PromptTemplate] = [.video]) -> M2CLIPConfiguration {
        let blocks = TransformerConfiguration(width: 16, layers: 2, heads: 2)
        var configuration = M2CLIPConfiguration(
            clip: CLIPConfiguration(
                embedDim: 16, vision: VisionConfiguration(imageSize: 8, patchSize: 4, blocks: blocks),
                text: TextConfiguration(contextLength: 14, vocabularySize: 49_408, blocks: blocks),
                activation: .quickGELU),
            frames: 2, classes: 3, labelWords: LabelVocabulary(classes: classes, templates: templates).count)
        configuration.templates = templates
        return configuration
    }

    private func recipe(_ change: (inout M2CLIPRecipe) -> Void = { _ in }) -> M2CLIPRecipe {
        var recipe = M2CLIPRecipe.kinetics
        recipe.masking.probability = 1
        change(&recipe)
        return recipe
    }

    private func texts(
        _ recipe: M2CLIPRecipe, _ templates: [PromptTemplate] = [.video], labels: [String]? = nil
    ) throws -> M2CLIPTexts {
        let masking = try recipe.labelMasking(
            for: configuration(templates), openAITokenizer(), LabelVocabulary(classes: classes, templates: templates))
        var draws = SeededDraws(seed: 5)
        return try recipe.texts(for: labels ?? classes, masking: masking, draws: &draws)
    }

    private func count(_ tensor: Tensor, _ isCounted: (Int64) -> Bool) -> Int {
        tensor.array(of: Int64.self).count(where: isCounted)
    }

    @Test("masks are read by the contrastive task too, unless the recipe says otherwise")
    func contrastive() throws {
        let released = try texts(recipe()), own = try texts(recipe { $0.contrastiveText = .plain })
        #expect(released.contrastiveTexts == nil)
        expectClose(own.texts, released.texts, absolute: 0, relative: 0)
        expectClose(own.words, released.words, absolute: 0, relative: 0)
        let plain = try #require(own.contrastiveTexts)
        let sentences = try openAITokenizer()(classes.map { PromptTemplate.video($0) }, contextLength: 14)
        expectClose(plain, Tensor(sentences.flatMap(\.self), shape: [3, 14]), absolute: 0, relative: 0)
        #expect(count(own.texts) { $0 == 8306 } == 3)
        #expect(count(plain) { $0 == 8306 } == 0)
    }

    @Test("what the contrastive task reads changes its logits and no others")
    func batch() throws {
        let configuration = configuration()
        let model = try Parameters.build(.random(Generator(seed: 2))) { M2CLIP($0, configuration) }.model
        let clips = Generator(seed: 3).normal([3, 2, 3, 8, 8]), classTexts = Generator(seed: 4).normal([3, 16])
        func outputs(_ choice: M2CLIPRecipe.ContrastiveText) throws -> M2CLIP.Outputs {
            let texts = try texts(recipe { $0.contrastiveText = choice })
            return model.outputs(of: .init(clips: clips, texts: texts, classTexts: classTexts), training: false)
        }
        let (masked, plain) = (try outputs(.masked), try outputs(.plain))
        #expect((masked.pairLogits - plain.pairLogits).abs.max().item(Double.self) > 1e-4)
        expectClose(plain.wordLogits, masked.wordLogits, absolute: 0, relative: 0)
        expectClose(plain.similarities, masked.similarities, absolute: 0, relative: 0)
    }

    @Test("the recipe's masking options act", arguments: [(0.0, 0.2, 0), (1, 0.2, 3), (1, 1, 5 + 6 + 5)])
    func options(_ probability: Double, _ rate: Double, _ masked: Int) throws {
        let texts = try texts(recipe { ($0.masking.probability, $0.masking.rate) = (probability, rate) })
        #expect(count(texts.words) { $0 != Int64(M2CLIPLoss.unmasked) } == masked)
        #expect(count(texts.texts) { $0 == 8306 } == masked)
        #expect(texts.words.shape == [3, 14] && texts.words.dtype == .int64)
    }

    @Test("sentences are those that score classes: each sample has one of the model's templates")
    func templates() throws {
        let templates = [PromptTemplate.person, .bare]
        let recipe = recipe { ($0.masking.probability, $0.contrastiveText) = (0, .plain) }
        let texts = try texts(recipe, templates, labels: Array(repeating: "tai chi", count: 64))
        let contrastive = try #require(texts.contrastiveTexts)
        expectClose(contrastive, texts.texts, absolute: 0, relative: 0)
        let rows = texts.texts.array(of: Int32.self)
        let found = Set((0..<64).map { Array(rows[$0 * 14..<$0 * 14 + 14]) })
        let sentences = try openAITokenizer()(templates.map { $0("tai chi") }, contextLength: 14)
        #expect(found == Set(sentences))
    }

    @Test("a vocabulary of another size than the word head is refused")
    func otherVocabulary() throws {
        let tokenizer = try openAITokenizer()
        let error = try #require(throws: TrainingError.self) {
            try recipe().labelMasking(for: configuration(), tokenizer, LabelVocabulary(classes: ["juggling"]))
        }
        #expect("\(error)".contains("labelWords"))
    }
}
