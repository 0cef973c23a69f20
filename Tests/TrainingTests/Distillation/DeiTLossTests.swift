import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("DeiT's losses against the reference")
struct DeiTLossTests {
    private struct Case: Decodable {
        struct Variant: Decodable {
            let name: String
            let base: String
            let type: String
            let alpha: Double
            let tau: Double
        }
        let variants: [Variant]
        let tolerance: Tolerance
    }

    /// The share of smoothing, and whether targets are mixed, of a base loss by its recorded name.
    private func base(_ name: String) throws -> (smoothing: Double, isMixed: Bool) {
        switch name {
        case "cross_entropy": return (0, false)
        case "soft_target": return (0, true)
        default:
            let prefix = "label_smoothing_"
            try #require(name.hasPrefix(prefix), "a base loss \(name) that no test knows")
            return (try #require(Double(name.dropFirst(prefix.count))), false)
        }
    }

    @Test(
        "values and gradients of every variant, and both ways of fusing", arguments: Fixture.all("clip", "distill_deit")
    )
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        for variant in facts.variants { try compare(variant, facts.tolerance, recorded) }
        let (a, b) = (
            try recorded.required("inputs.class_logits"), try recorded.required("inputs.distill_logits")
        )
        recorded.compare(DeiTLoss.logits(a, b), "outputs.average_logits", facts.tolerance)
        recorded.compare(DeiTLoss.probabilities(a, b), "outputs.average_probabilities", facts.tolerance)
        recorded.expectAllTaken()
    }

    private func compare(_ variant: Case.Variant, _ tolerance: Tolerance, _ recorded: RecordedTensors) throws {
        let (smoothing, isMixed) = try base(variant.base)
        let kind = try #require(DeiTLoss.Distillation(rawValue: variant.type), "\(variant.type)")
        let loss = DeiTLoss(kind, alpha: variant.alpha, temperature: variant.tau, labelSmoothing: smoothing)
        let own = try recorded.required("inputs.class_logits").cloned()
        let distilled = try recorded.required("inputs.distill_logits").cloned()
        for leaf in [own, distilled] { leaf.setRequiresGradient(true) }
        let value = loss(
            classLogits: own, distillationLogits: distilled,
            targets: try recorded.required(isMixed ? "inputs.soft_labels" : "inputs.labels"),
            teacher: try recorded.required("inputs.teacher_logits"))
        recorded.compare(value.total, "losses.\(variant.name)", tolerance)
        value.total.backward()
        recorded.compare(try #require(own.gradient), "grads.class_logits.\(variant.name)", tolerance)
        let name = "grads.distill_logits.\(variant.name)"
        // A head that learns nothing has no gradient; the reference records zeros, or nothing either.
        #expect((distilled.gradient == nil) == (kind == .none))
        if recorded.names(below: "grads.distill_logits.").contains(variant.name) {
            recorded.compare(distilled.gradient ?? .zeros(distilled.shape), name, tolerance)
        } else {
            #expect(kind == .none, "\(name) is not recorded")
        }
    }

    @Test("the settings come back from a file, by the fixture's words")
    func json() throws {
        #expect(DeiTLoss.Distillation.allCases.map(\.rawValue) == ["none", "hard", "soft", "soft_batchmean"])
        let loss = DeiTLoss(.softBatchMean, alpha: 0.1, temperature: 3, labelSmoothing: 0.1)
        #expect(try JSONDecoder().decode(DeiTLoss.self, from: JSONEncoder().encode(loss)) == loss)
    }

    @Test("by hand: two classes, a teacher that is sure")
    func byHand() {
        let logits = Tensor([0, 0] as [Float], shape: [1, 2]), sure = Tensor([9, -9] as [Float], shape: [1, 2])
        let value = DeiTLoss(.hard, alpha: 0.25)(
            classLogits: Tensor([0, log(3)] as [Float], shape: [1, 2]), distillationLogits: logits,
            targets: Tensor([1]), teacher: sure)
        // The class head gives 3/4 to the label, the other 1/2 to the teacher's class.
        let expected = 0.75 * log(4.0 / 3) + 0.25 * log(2.0)
        #expect(abs(value.total.item(Double.self) - expected) < 1e-6)
    }
}
