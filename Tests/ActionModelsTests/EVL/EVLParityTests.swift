import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("EVL against the reference")
struct EVLParityTests {
    @Test("the tower's inner values", arguments: Fixture.all("evl", "backbone_features"))
    func backbone(_ fixture: Fixture) throws {
        let (record, recorded) = (try fixture.decode(EVLCase.self), try RecordedTensors(fixture))
        let configuration = record.configuration, layers = configuration.vision.blocks.layers
        let named = try EVLLayout.tower(recorded.below("weights."), path: fixture.path("tensors"))
        let (tower, parameters) = try Parameters.build(.checkpoint(named)) { scope in
            VisionTransformer(
                scope / "backbone", configuration.vision,
                style: BlockStyle(activation: configuration.activation, layerNormEps: configuration.layerNormEps),
                additions: TowerAdditions(hasPatchBias: named["backbone.conv1.bias"] != nil))
        }
        #expect(Set(parameters.names) == Set(named.keys))
        try configuration.vision.validate(.rectangles)
        let images = try #require(recorded["inputs.images"])
        for (layer, trace) in tower.trace(images, last: layers).enumerated() {
            let projections = try #require(trace.projections), mixed = try #require(trace.attention)
            let values = [
                ("q", projections.queries.transposed(1, 2)), ("k", projections.keys.transposed(1, 2)),
                ("v", projections.values.transposed(1, 2)), ("attn_out", mixed), ("out", trace.output),
            ]
            for (name, value) in values { record.compare(value, recorded, "outputs", "layers.\(layer).\(name)") }
        }
        recorded.expectAllTaken()
    }

    @Test("the decoder's values, loss and gradients", arguments: Fixture.all("evl", "decoder"))
    func decoder(_ fixture: Fixture) throws {
        let (record, recorded) = (try fixture.decode(EVLCase.self), try RecordedTensors(fixture))
        let configuration = record.configuration, weights = recorded.below("weights.")
        try configuration.validate()
        let (head, parameters) = try Parameters.build(.checkpoint(weights)) {
            EVLHead($0, configuration)
        }
        #expect(Set(parameters.names) == Set(weights.keys))
        let trained = parameters.train(configuration.isTrained)
        #expect(trained.names.count == weights.count)

        let features = EVLFeatures(
            try (0..<configuration.decoderLayers).map { layer in
                let place = "inputs.features.\(layer)."
                return EVLFeatures.Layer(
                    stream: try #require(recorded[place + "out"]),
                    attention: .projections(
                        queries: try #require(recorded[place + "q"]), keys: try #require(recorded[place + "k"])))
            })
        let traces = head.decoder.trace(features)
        for (layer, trace) in traces.enumerated() {
            #expect((trace.crossed != nil) == configuration.hasTemporalCrossAttention)
            if let crossed = trace.crossed { record.compare(crossed, recorded, "outputs", "cross_attention.\(layer)") }
            record.compare(trace.tokens, recorded, "outputs", "frame_features.\(layer)")
            record.compare(trace.query.unsqueezed(1), recorded, "outputs", "query.\(layer)")
        }
        let logits = head(features)
        record.compare(logits, recorded, "outputs", "logits")
        try expectInvariance(weights, features, logits, record)
        let loss = logits.crossEntropy(try #require(recorded["inputs.labels"]))
        record.compare(loss.reshaped(1), recorded, "losses", "cross_entropy")

        loss.backward()
        try compareGradients(parameters, record, recorded)
        recorded.expectAllTaken()
    }

    /// Expects the same logits when the parameters that the case names hold other values.
    private func expectInvariance(
        _ weights: [String: Tensor], _ features: EVLFeatures, _ logits: Tensor, _ record: EVLCase
    ) throws {
        var (other, generator) = (weights.mapValues { $0.cloned() }, Generator(seed: 8))
        for name in record.output_invariant_to ?? [] {
            other[name] = generator.normal(try #require(weights[name], "\(name)").shape)
        }
        let head = try Parameters.build(.checkpoint(other)) { EVLHead($0, record.configuration) }.model
        record.compare(head(features), logits, "outputs", "logits with other \(record.output_invariant_to ?? [])")
    }

    /// Compares all gradients; a pass that leaves a parameter out has none for it, which counts as zero.
    private func compareGradients(
        _ parameters: Parameters, _ record: EVLCase, _ recorded: RecordedTensors
    ) throws {
        let zeros = Set(record.zero_gradient_parameters ?? [])
        for name in parameters.names {
            let parameter = try #require(parameters[name])
            let gradient = parameter.gradient ?? .zeros(parameter.shape)
            if zeros.contains(name) {
                expectClose(gradient, recorded["grads.\(name)"], absolute: 1e-6, relative: 0, name)
            } else {
                record.compare(gradient, recorded, "grads", name)
            }
        }
    }
}
