import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("ST-Adapter against the reference")
struct STAdapterParityTests {
    /// A recorded case, the model with its weights, and the clips in the model's layout.
    private struct Run {
        let facts: STAdapterCase
        let recorded: RecordedTensors
        let model: STAdapter
        let parameters: Parameters
        let clips: Tensor

        init(_ fixture: Fixture) throws {
            facts = try fixture.decode()
            recorded = try RecordedTensors(fixture)
            let configuration = facts.configuration
            try configuration.validate()
            (model, parameters) = try Parameters.build(.checkpoint(recorded.below("weights."))) {
                STAdapter($0, configuration)
            }
            clips = try recorded.required("inputs.video").permuted(0, 2, 1, 3, 4)  // [B, T, 3, H, W]
        }

        func compare(_ actual: Tensor, _ kind: String, _ name: String) throws {
            recorded.compare(actual, "\(kind).\(name)", try #require(facts.tolerances[kind], "no tolerance \(kind)"))
        }
    }

    @Test("parameters, adapters, blocks, logits, loss and gradients", arguments: forward)
    func everything(_ fixture: Fixture) throws {
        let run = try Run(fixture)
        try expectParameters(run)
        try expectOutputs(run)
        try expectGradients(run)
        run.recorded.expectAllTaken()
    }

    private static let forward = Fixture.all("st-adapter", "forward_backward")

    private func expectParameters(_ run: Run) throws {
        let configuration = run.model.configuration, cost = configuration.cost
        #expect(Set(run.parameters.names) == run.recorded.names(below: "weights."))
        #expect(cost.parameters == run.parameters.count())
        #expect(cost.trained == run.parameters.count(where: STAdapterConfiguration.isTrained))
        if let blocks = run.facts.derived?.layers_with_adapters, !configuration.adaptedBlocks.isEmpty {
            #expect(Array(configuration.adaptedBlocks) == blocks)
        }
    }

    private func expectOutputs(_ run: Run) throws {
        let (blocks, logits) = withoutGradient { run.model.trace(run.clips) }
        let configuration = run.model.configuration, placement = configuration.placement
        for (number, block) in blocks.enumerated() {
            try run.compare(block.output, "outputs", "block.\(number)")
            guard configuration.adaptedBlocks.contains(number) else { continue }
            if placement.isBeforeAttention {
                try run.compare(block.attentionInput, "outputs", "adapter_pre_attn.\(number)")
            }
            if placement.isBeforeMLP { try run.compare(block.mlpInput, "outputs", "adapter_pre_mlp.\(number)") }
        }
        try run.compare(logits, "outputs", "logits")
        let features = withoutGradient { run.model.features(of: run.clips) }
        try run.compare(try #require(features.classLogits), "outputs", "logits")
    }

    private func expectGradients(_ run: Run) throws {
        let trained = run.parameters.train(STAdapterConfiguration.isTrained)
        let loss = run.model(run.clips, training: true).crossEntropy(try run.recorded.required("inputs.labels"))
        try run.compare(loss.reshaped(1), "losses", "cross_entropy")
        loss.backward()
        #expect(Set(trained.names) == run.recorded.names(below: "grads."))
        for (name, tensor) in zip(trained.names, trained.tensors) {
            try run.compare(try #require(tensor.gradient, "\(name) has no gradient"), "grads", name)
        }
        for name in run.facts.zero_gradient_parameters ?? [] {
            let gradient = try #require(run.parameters[name]?.gradient, "\(name)")
            #expect(gradient.array(of: Float.self).allSatisfy { $0 == 0 }, "\(name)")
        }
        for name in run.parameters.names where !STAdapterConfiguration.isTrained(name) {
            #expect(run.parameters[name]?.gradient == nil, "\(name)")
        }
    }

    @Test("what has no effect", arguments: forward)
    func invariant(_ fixture: Fixture) throws {
        let run = try Run(fixture), configuration = run.model.configuration
        var weights = run.recorded.below("weights.")
        for name in run.facts.output_invariant_to ?? [] {
            weights[name] = Generator(seed: 7).normal(try #require(weights[name]).shape)
        }
        let changed = try Parameters.build(.checkpoint(weights)) { STAdapter($0, configuration) }.model
        let (before, after) = withoutGradient { (run.model(run.clips), changed(run.clips)) }
        expectClose(after, before, absolute: 0, relative: 0, "logits")
    }

    @Test("a case without places for adapters has none, and may leave the rest out")
    func sparse() throws {
        let json = """
            {"config": {"input_resolution": 8, "patch_size": 4, "width": 8, "layers": 2, "heads": 2, "num_classes": 3,
                "num_frames": 2, "adapter_layers": 2, "adapter_pre_attn": false, "adapter_pre_mlp": false},
             "tolerances": {}}
            """
        let configuration = try JSONDecoder().decode(STAdapterCase.self, from: Data(json.utf8)).configuration
        try configuration.validate()
        #expect(configuration.adapterCount == 0)
        let parameters = try Parameters.build(.random()) { STAdapter($0, configuration) }.parameters
        #expect(parameters.names.filter(STAdapterConfiguration.isTrained).sorted() == ["fc.bias", "fc.weight"])
        #expect(configuration.cost.parameters == parameters.count())
    }
}
