import ActionModels
import CLIP
import Testing
import Torch

@Suite("Gradients and memory of EVL")
struct EVLGradientTests {
    @Test("a frozen tower records nothing, even if its parameters ask for it")
    func frozen() throws {
        let (model, parameters) = try EVLSample.model()
        parameters.train { _ in true }
        let clips = EVLSample.clips(model.configuration)
        for form in EVLFeatures.Form.allCases {
            for layer in model.backboneFeatures(of: clips, form: form).layers {
                #expect(!layer.stream.requiresGradient)
                if let maps = layer.maps { #expect(!maps.previous.requiresGradient && !maps.next.requiresGradient) }
            }
        }
        model(clips).sum().backward()
        for name in parameters.names {
            let hasGradient = !name.hasPrefix("backbone.") && !name.hasSuffix("k_proj.bias")
            #expect((parameters[name]?.gradient != nil) == hasGradient, "\(name)")
        }
    }

    @Test("gradients exist for exactly the trained parameters, but the keys' biases, which change nothing")
    func trained() throws {
        let (model, parameters) = try EVLSample.model()
        let trained = parameters.train(model.configuration.isTrained)
        #expect(trained.count == model.configuration.cost.trained)
        model(EVLSample.clips(model.configuration)).sum().backward()
        for name in parameters.names {
            let hasGradient = trained.names.contains(name) && !name.hasSuffix("k_proj.bias")
            #expect((parameters[name]?.gradient != nil) == hasGradient, "\(name)")
        }
    }

    @Test("fine-tuning reaches the whole tower, and nothing flows back through the maps")
    func fineTuned() throws {
        var configuration = EVLSample.configuration()
        configuration.backbone = .fineTuned
        let (model, parameters) = try EVLSample.model(configuration)
        #expect(parameters.train(configuration.isTrained).names == parameters.names)
        let clips = EVLSample.clips(configuration)
        let maps = try #require(model.backboneFeatures(of: clips).layers[0].maps)
        #expect(!maps.previous.requiresGradient)
        model(clips).crossEntropy(Tensor([1, 4])).backward()
        for name in parameters.names {
            #expect((parameters[name]?.gradient != nil) == !name.hasSuffix("k_proj.bias"), "\(name)")
        }
        expectNumericGradient(model, parameters, clips)
    }

    /// The gradient of a parameter of the first block, which passes the modules' sums of both layers, by differences.
    private func expectNumericGradient(_ model: EVL, _ parameters: Parameters, _ clips: Tensor) {
        guard let parameter = parameters["backbone.transformer.resblocks.0.mlp.c_proj.bias"],
            let gradient = parameter.gradient
        else {
            Issue.record("no gradient")
            return
        }
        // Cross-attention's maps count as constants, so the difference is taken with the maps of the unchanged tower.
        let fixed = model.backboneFeatures(of: clips)
        let direction = gradient.normalized(0)
        func loss(_ step: Double) -> Double {
            let start = parameter.detached().cloned()
            return withoutGradient {
                parameter.copy(from: start + direction * step)
                defer { parameter.copy(from: start) }
                let streams = model.backboneFeatures(of: clips, form: .streams)
                let features = EVLFeatures(
                    zip(streams.layers, fixed.layers).map { .init(stream: $0.stream, attention: $1.attention) })
                return model.head(features).crossEntropy(Tensor([1, 4])).item(Double.self)
            }
        }
        let slope = (loss(0.01) - loss(-0.01)) / 0.02
        #expect(abs(slope / gradient.norm(0).item(Double.self) - 1) < 0.02)
    }

    /// The most memory of a training step beyond the model's own, and what it still holds when the loss is known.
    private func step(_ backbone: EVLConfiguration.Backbone, layers: Int) throws -> (peak: Int, held: Int) {
        var configuration = EVLSample.configuration(layers: layers)
        configuration.backbone = backbone
        let (model, parameters) = try EVLSample.model(configuration)
        let trained = parameters.train(configuration.isTrained)
        let clips = EVLSample.clips(configuration, count: 4)
        let forward = measuringMemory { model(clips, training: true).sum() }
        let (_, whole) = measuringMemory { model(clips, training: true).sum().backward() }
        trained.clearGradients()
        return (whole.peak, forward.memory.held)
    }

    @Test("the memory of a step does not grow with the depth of a frozen tower")
    func memory() throws {
        let (shallow, deep) = (try step(.frozen, layers: 2), try step(.frozen, layers: 12))
        #expect(shallow.held == deep.held)
        #expect(shallow.peak == deep.peak)
        let (tuned, tunedDeep) = (try step(.fineTuned, layers: 2), try step(.fineTuned, layers: 12))
        #expect(tunedDeep.held > 3 * tuned.held)
        #expect(tuned.held > shallow.held)
    }

    @Test("a forward pass holds no more than the decoder's own values")
    func featureMemory() throws {
        let (model, parameters) = try EVLSample.model(EVLSample.configuration(layers: 12))
        parameters.train(model.configuration.isTrained)
        let clips = EVLSample.clips(model.configuration)
        let (features, memory) = measuringMemory { model.backboneFeatures(of: clips) }
        let kept = features.layers.reduce(0) { sum, layer in
            sum + layer.stream.count + (layer.maps.map { $0.previous.count + $0.next.count } ?? 0)
        }
        #expect(memory.held == 4 * kept)
    }
}
