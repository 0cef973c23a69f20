import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("L0 masks")
struct L0MasksTests {
    private struct Case: Decodable {
        struct Sizes: Decodable {
            let hidden: Int
            let heads: Int
            let layers: Int
            let intermediate: Int
            let prunable_parameters: Int
            let lagrangian_warmup_steps: Int
            let start_sparsity: Double
            let target_sparsity: Double
            let step: Int
        }
        let config: Sizes
        let tolerance: Tolerance
    }

    private static func tower(
        _ width: Int = 12, layers: Int = 2, heads: Int = 3, inner: Int? = nil
    ) -> TransformerConfiguration {
        TransformerConfiguration(width: width, layers: layers, heads: heads, mlpWidth: inner)
    }

    @Test("probabilities, masks, sparsity, penalty and its gradients", arguments: Fixture.all("clip", "tinyclip_l0"))
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), sizes = facts.config, recorded = try RecordedTensors(fixture)
        let weights = recorded.below("inputs.").filter { $0.key != "hidden_uniform" }
        let target = SparsityTarget(
            start: sizes.start_sparsity, end: sizes.target_sparsity, warmupSteps: sizes.lagrangian_warmup_steps)
        try target.validate()
        let tower = Self.tower(
            sizes.hidden, layers: sizes.layers, heads: sizes.heads, inner: sizes.intermediate)
        let (built, parameters) = try Parameters.build(.checkpoint(weights)) {
            (L0Masks($0, tower), SparsityPenalty($0, target))
        }
        parameters.train { _ in true }
        let (masks, penalty) = built
        #expect(masks.prunableParameters == sizes.prunable_parameters)
        recorded.compare(masks.expectedParameters, "outputs.expected_parameters", facts.tolerance)
        let evaluated = masks.evaluated
        recorded.compare(evaluated.hidden, "outputs.hidden_z", facts.tolerance)
        recorded.compare(evaluated.heads, "outputs.heads_z", facts.tolerance)
        recorded.compare(evaluated.intermediate, "outputs.intermediate_z", facts.tolerance)
        recorded.compare(
            HardConcrete.sampled(masks.hidden, uniform: try recorded.required("inputs.hidden_uniform")),
            "outputs.hidden_z_sampled", facts.tolerance)

        let value = penalty([masks], step: sizes.step)
        recorded.compare(value.sparsity, "outputs.expected_sparsity", facts.tolerance)
        recorded.compare(Tensor(Float(value.target)), "outputs.target_sparsity", facts.tolerance)
        recorded.compare(value.penalty, "losses.lagrangian", facts.tolerance)
        value.penalty.backward()
        #expect(recorded.names(below: "grads.") == Set(parameters.names))
        for name in parameters.names {
            recorded.compare(try #require(parameters[name]?.gradient, "\(name)"), "grads.\(name)", facts.tolerance)
        }
        recorded.expectAllTaken()
    }

    private func masks(_ tower: TransformerConfiguration = L0MasksTests.tower()) throws -> L0Masks {
        try Parameters.build(.random()) { L0Masks($0, tower) }.model
    }

    @Test("new masks are open: nothing is gone, and nothing to pay before the target grows")
    func fresh() throws {
        let masks = try masks(), open = masks.evaluated
        #expect(masks.hidden.array(of: Double.self).allSatisfy { $0 == 10 })
        for mask in [open.hidden, open.heads, open.intermediate] { #expect(mask.min().item(Double.self) > 0.999) }
        let penalty = try Parameters.build(.random()) { SparsityPenalty($0, SparsityTarget(end: 0.5)) }.model
        #expect(penalty([masks], step: 0).penalty.item(Double.self) < 1e-2)
        let late = penalty([masks], step: 5000)
        // The feed-forward parts' biases are counted as prunable, but never as staying: 2 (12 + 48) of 3672.
        let gap = 0.5 - 120.0 / 3672
        #expect(late.target == 0.5 && abs(late.penalty.item(Double.self) - 10 * (gap + gap * gap)) < 0.01)
    }

    @Test("two towers share one target: sums of what stays and of what there is")
    func towers() throws {
        let (a, b) = (try masks(), try masks(Self.tower(24, layers: 1, heads: 2)))
        b.hidden.fill(-3)
        let penalty = try Parameters.build(.random()) { SparsityPenalty($0, SparsityTarget(end: 0.9)) }.model
        let expected = (a.expectedParameters + b.expectedParameters).item(Double.self)
        let all = Double(a.prunableParameters + b.prunableParameters)
        #expect(abs(penalty([a, b], step: 1).sparsity.item(Double.self) - (1 - expected / all)) < 1e-5)
    }

    @Test("the target grows linearly and stays")
    func schedule() {
        let target = SparsityTarget(start: 0.1, end: 0.6, warmupSteps: 100)
        #expect(target.share(at: 0) == 0.1 && abs(target.share(at: 50) - 0.35) < 1e-12)
        #expect(target.share(at: 100) == 0.6 && target.share(at: 100_000) == 0.6)
        #expect(SparsityTarget(end: 0.25, warmupSteps: 0).share(at: 1) == 0.25)
        for bad in [SparsityTarget(end: 1), SparsityTarget(start: -0.1, end: 0.5), SparsityTarget(end: .nan)] {
            #expect(throws: TrainingError.self) { try bad.validate() }
        }
    }

    @Test("draws lie between 0 and 1, some exactly at the ends, whatever numbers come")
    func draws() {
        let logits = Tensor([-8, 0, 8] as [Float])
        let ends = [Tensor.zeros([3]), Tensor.ones([3])].map { HardConcrete.sampled(logits, uniform: $0) }
        #expect(ends.allSatisfy { $0.isFinite.allTrue })
        let many = HardConcrete.sampled(.zeros([4000]), uniform: Generator(seed: 1).uniform([4000]))
        let values = many.array(of: Double.self),
            keep = HardConcrete.keepProbability(Tensor(Float(0))).item(Double.self)
        #expect(values.allSatisfy { (0...1).contains($0) } && values.contains(0) && values.contains(1))
        #expect(abs(Double(values.count { $0 > 0 }) / 4000 - keep) < 0.03, "kept as often as expected")
    }

    @Test("evaluation closes the lowest gates of each row")
    func evaluation() {
        let gates = HardConcrete.evaluated(Tensor([9, -9, 9, 9, -9, -9, 9, -9] as [Float], shape: [2, 4]))
        #expect(gates.greater(than: 0.5).array(of: Bool.self) == [true, false, true, true, false, false, true, false])
        #expect(gates.array(of: Double.self).count { $0 == 0 } == 4)
    }

    @Test("logits stay between ln 0.01 and ln 100")
    func clamped() throws {
        let masks = try masks()
        masks.heads.fill(-100)
        masks.clampLogits()
        #expect(abs(masks.hidden.max().item(Double.self) - log(100)) < 1e-5)
        #expect(abs(masks.heads.min().item(Double.self) - log(0.01)) < 1e-5)
    }

    @Test("a tower that was pruned already cannot have masks")
    func pruned() throws {
        try L0Masks.check(Self.tower())
        let bad = [
            TransformerConfiguration(width: 8, headWidth: 4, heads: [2, 1], mlpWidths: [9, 9]),
            TransformerConfiguration(width: 8, headWidth: 4, heads: [2, 2], mlpWidths: [9, 8]),
            TransformerConfiguration(width: 8, headWidth: 4, heads: [], mlpWidths: []),
        ]
        for tower in bad { #expect(throws: TrainingError.self) { try L0Masks.check(tower) } }
    }
}
