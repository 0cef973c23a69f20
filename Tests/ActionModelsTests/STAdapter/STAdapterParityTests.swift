import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("ST-Adapter against the reference")
struct STAdapterParityTests {
    /// A recorded case, the model with its weights, and the clips in the model's layout.
    private struct Recorded {
        let info: STAdapterCase
        let tensors: [String: Tensor]
        let model: STAdapter
        let parameters: Parameters
        let clips: Tensor

        init(_ fixture: Fixture) throws {
            info = try fixture.decode(STAdapterCase.self)
            tensors = try fixture.tensors()
            let configuration = info.configuration
            try configuration.validate()
            (model, parameters) = try Parameters.build(.checkpoint(tensors.below("weights."))) {
                STAdapter($0, configuration)
            }
            clips = try #require(tensors["inputs.video"]).permuted(0, 2, 1, 3, 4)  // [B, T, 3, H, W]
        }

        func expect(_ actual: [String: Tensor], _ kind: String) throws {
            let recorded = tensors.below(kind + "."), tolerance = try #require(info.tolerances[kind])
            #expect(Set(actual.keys) == Set(recorded.keys), "\(kind)")
            for (name, tensor) in actual {
                expectClose(
                    tensor, recorded[name], absolute: tolerance.atol, relative: tolerance.rtol, "\(kind).\(name)")
            }
        }
    }

    @Test("names and number of parameters", arguments: Fixture.all("st-adapter", "forward_backward"))
    func names(_ fixture: Fixture) throws {
        let recorded = try Recorded(fixture)
        #expect(Set(recorded.parameters.names) == Set(recorded.tensors.below("weights.").keys))
        let cost = recorded.model.configuration.cost
        #expect(cost.parameters == recorded.parameters.count())
        #expect(cost.trained == recorded.parameters.count(where: STAdapterConfiguration.isTrained))
    }

    @Test("adapters, blocks and logits", arguments: Fixture.all("st-adapter", "forward_backward"))
    func outputs(_ fixture: Fixture) throws {
        let recorded = try Recorded(fixture)
        let (blocks, logits) = withoutGradient { recorded.model.trace(recorded.clips) }
        let configuration = recorded.model.configuration
        var outputs = ["logits": logits]
        for (number, block) in blocks.enumerated() {
            outputs["block.\(number)"] = block.output
            guard configuration.adaptedBlocks.contains(number) else { continue }
            if configuration.placement.isBeforeAttention {
                outputs["adapter_pre_attn.\(number)"] = block.attentionInput
            }
            if configuration.placement.isBeforeMLP { outputs["adapter_pre_mlp.\(number)"] = block.mlpInput }
        }
        try recorded.expect(outputs, "outputs")
        let features = withoutGradient { recorded.model.features(of: recorded.clips) }
        try recorded.expect(outputs.merging(["logits": try #require(features.classLogits)]) { $1 }, "outputs")
    }

    @Test("loss and gradients", arguments: Fixture.all("st-adapter", "forward_backward"))
    func gradients(_ fixture: Fixture) throws {
        let recorded = try Recorded(fixture)
        let trained = recorded.parameters.train(STAdapterConfiguration.isTrained)
        let labels = try #require(recorded.tensors["inputs.labels"])
        let loss = recorded.model(recorded.clips, training: true).crossEntropy(labels)
        try recorded.expect(["cross_entropy": loss.reshaped(1)], "losses")
        loss.backward()
        var gradients: [String: Tensor] = [:]
        for (name, tensor) in zip(trained.names, trained.tensors) { gradients[name] = tensor.gradient }
        try recorded.expect(gradients, "grads")
        for name in recorded.info.zero_gradient_parameters {
            let gradient = try #require(gradients[name], "\(name)")
            #expect(gradient.array(of: Float.self).allSatisfy { $0 == 0 }, "\(name)")
        }
        for name in recorded.parameters.names where !STAdapterConfiguration.isTrained(name) {
            #expect(recorded.parameters[name]?.gradient == nil, "\(name)")
        }
    }

    @Test("what has no effect", arguments: Fixture.all("st-adapter", "forward_backward"))
    func invariant(_ fixture: Fixture) throws {
        let recorded = try Recorded(fixture)
        var weights = recorded.tensors.below("weights.")
        for name in recorded.info.output_invariant_to {
            weights[name] = Generator(seed: 7).normal(try #require(weights[name]).shape)
        }
        let changed = try Parameters.build(.checkpoint(weights)) { STAdapter($0, recorded.info.configuration) }.model
        let (before, after) = withoutGradient { (recorded.model(recorded.clips), changed(recorded.clips)) }
        expectClose(after, before, absolute: 0, relative: 0, "logits")
    }
}
