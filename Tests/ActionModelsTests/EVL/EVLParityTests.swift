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
                additions: TowerAdditions(hasPatchBias: true))
        }
        #expect(Set(parameters.names) == Set(named.keys))
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
        let (head, parameters) = try Parameters.build(.checkpoint(weights)) {
            EVLHead($0, configuration, grid: record.grid)
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
        let loss = logits.crossEntropy(try #require(recorded["inputs.labels"]))
        record.compare(loss.reshaped(1), recorded, "losses", "cross_entropy")

        loss.backward()
        try compareGradients(parameters, record, recorded)
        recorded.expectAllTaken()
    }

    /// Gradients that are zero by mathematics are not recorded by a pass that leaves the parameter out.
    private func compareGradients(
        _ parameters: Parameters, _ record: EVLCase, _ recorded: RecordedTensors
    ) throws {
        let zeros = Set(try #require(record.zero_gradient_parameters))
        for name in parameters.names {
            let parameter = try #require(parameters[name])
            if zeros.contains(name) {
                let gradient = parameter.gradient ?? .zeros(parameter.shape)
                expectClose(gradient, recorded["grads.\(name)"], absolute: 1e-6, relative: 0, name)
            } else {
                record.compare(try #require(parameter.gradient, "\(name)"), recorded, "grads", name)
            }
        }
    }
}
