import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("Sentences of classes, encoded as far as nothing changes")
struct ClassPromptCacheTests {
    @Test("values and gradients equal the plain pass", arguments: M2CLIPConfiguration.variants)
    func equal(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let (model, parameters) = try configuration.stirred()
        let sentences = configuration.sentences
        let trained = parameters.train { M2CLIPConfiguration.isTrained($0) }
        let weights = Generator(seed: 5).normal([3, 64])
        func pass(_ features: Tensor) -> (features: Tensor, gradients: [Tensor?]) {
            guard features.requiresGradient else { return (features, trained.tensors.map { _ in nil }) }
            return (features, (features * weights).gradients(by: trained.tensors))
        }
        let plain = pass(model.encodeText(sentences).pooled)
        let cache = ClassPromptCache(model, tokens: sentences)
        let cached = pass(cache.features(model))
        expectClose(cached.features, plain.features, absolute: 1e-5, relative: 1e-5)
        for (name, pair) in zip(trained.names, zip(cached.gradients, plain.gradients)) {
            #expect((pair.0 == nil) == (pair.1 == nil), "\(name)")
            if let own = pair.0 { expectClose(own, pair.1, absolute: 1e-5, relative: 1e-4, name) }
        }
    }

    @Test("sentences are cut behind the longest, which changes nothing")
    func cut() throws {
        let (model, _) = try M2CLIPConfiguration.tiny.stirred()
        let sentences = model.configuration.sentences
        let cache = ClassPromptCache(model, tokens: sentences)
        #expect(cache.tokens.shape == [3, 6])
        let short = model.encodeText(cache.tokens).pooled
        expectClose(short, model.encodeText(sentences).pooled, absolute: 1e-5, relative: 1e-5)
    }

    @Test("a text tower that pools a named id is cut behind it")
    func namedEnd() throws {
        let (model, _) = try M2CLIPConfiguration.tiny.with { $0.clip.text.pooling = .firstToken(29) }.stirred()
        let padded = Tensor([28, 3, 29, 29, 29, 28, 4, 6, 29, 29], shape: [2, 5])
        #expect(model.textEncoder.trimmed(padded).shape == [2, 4])
        expectClose(
            ClassPromptCache(model, tokens: padded).features(model), model.encodeText(padded).pooled, absolute: 1e-6)
    }

    @Test("an untouched encoder leaves nothing to do and no graph")
    func frozen() throws {
        let (model, parameters) = try M2CLIPConfiguration.tiny.with { $0.textAdapters.layers = 1 }.stirred()
        parameters.train { M2CLIPConfiguration.isTrained($0) }
        let cache = ClassPromptCache(model, tokens: model.configuration.sentences)
        #expect(!cache.features(model).requiresGradient)
    }

    @Test("trained adapters are followed")
    func follows() throws {
        let (model, parameters) = try M2CLIPConfiguration.tiny.stirred()
        let cache = ClassPromptCache(model, tokens: model.configuration.sentences)
        let before = cache.features(model)
        let name = "transformer.resblocks.2.adapter_pre_mlp.textad_fc2.bias"
        let bias = try #require(parameters[name])
        bias.copy(from: bias + Generator(seed: 9).normal(bias.shape))
        #expect((cache.features(model) - before).abs.max().item(Double.self) > 1e-3)
        expectClose(
            cache.features(model), model.encodeText(model.configuration.sentences).pooled, absolute: 1e-5,
            relative: 1e-5)
    }
}
