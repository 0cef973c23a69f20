import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("Affinity mimicking against the reference")
struct AffinityLossTests {
    private struct Case: Decodable {
        struct Variant: Decodable {
            let name: String
            let student_scale: Double
            let teacher_scale: Double
            let alpha: Double
            let weight: Double
        }
        let variants: [Variant]
        let tolerance: Tolerance
    }

    @Test(
        "both directions, the hard term, the sum and its gradients", arguments: Fixture.all("clip", "distill_affinity"))
    func parity(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        for variant in facts.variants { try compare(variant, facts.tolerance, recorded) }
        recorded.expectAllTaken()
    }

    private func compare(_ variant: Case.Variant, _ tolerance: Tolerance, _ recorded: RecordedTensors) throws {
        let images = try recorded.required("inputs.image_features").cloned()
        let texts = try recorded.required("inputs.text_features").cloned()
        let scale = Tensor(Float(log(variant.student_scale)))
        for leaf in [images, texts, scale] { leaf.setRequiresGradient(true) }
        let teacher = AffinityLoss.Pairs(
            videos: try recorded.required("inputs.teacher_image_features"),
            texts: try recorded.required("inputs.teacher_text_features"),
            logitScale: Tensor(Float(log(variant.teacher_scale))))
        let loss = AffinityLoss(alpha: variant.alpha, weight: variant.weight)
        try loss.validate()
        let value = loss(student: .init(videos: images, texts: texts, logitScale: scale), teacher: teacher)
        let place = "losses.\(variant.name)"
        recorded.compare(value.video, "\(place).image_to_text", tolerance)
        recorded.compare(value.text, "\(place).text_to_image", tolerance)
        recorded.compare(value.hard, "\(place).hard", tolerance)
        recorded.compare(value.total, "\(place).total", tolerance)
        value.total.backward()
        for (name, leaf) in [("image_features", images), ("text_features", texts), ("log_scale", scale)] {
            recorded.compare(try #require(leaf.gradient, "\(name)"), "grads.\(variant.name).\(name)", tolerance)
        }
    }

    private let generator = Generator(seed: 4)

    @Test("a student like its teacher stands at the minimum, and no gradient reaches the teacher")
    func minimum() throws {
        let (a, b, scale) = (generator.normal([4, 6]), generator.normal([4, 6]), Tensor(Float(2)))
        let student = a.cloned(), teacher = a.cloned()
        for leaf in [student, teacher] { leaf.setRequiresGradient(true) }
        let value = AffinityLoss()(
            student: .init(videos: student, texts: b, logitScale: scale),
            teacher: .init(videos: teacher, texts: b, logitScale: scale))
        value.total.backward()
        #expect(try #require(student.gradient).abs.max().item(Double.self) < 1e-6)
        #expect(teacher.gradient == nil)
    }

    @Test("a fixed scale stands for both models' own")
    func fixedScale() {
        let features = (0..<4).map { _ in generator.normal([3, 6]) }
        func value(_ scale: Double?, _ own: Double, _ other: Double) -> AffinityLoss.Value {
            var loss = AffinityLoss(alpha: 0.5)
            loss.scale = scale
            return loss(
                student: .init(videos: features[0], texts: features[1], logitScale: Tensor(Float(log(own)))),
                teacher: .init(videos: features[2], texts: features[3], logitScale: Tensor(Float(log(other)))))
        }
        expectClose(value(50, 3, 7).total, value(nil, 50, 50).total, absolute: 0, relative: 0)
        #expect(value(nil, 3, 7).total.item(Double.self) != value(50, 3, 7).total.item(Double.self))
    }

    @Test("repeated classes are no negatives of the hard term")
    func labels() {
        let (videos, texts, scale) = (generator.normal([3, 6]), generator.normal([3, 6]), Tensor(Float(1)))
        let pairs = AffinityLoss.Pairs(videos: videos, texts: texts, logitScale: scale), labels = Tensor([0, 1, 0])
        let value = AffinityLoss(alpha: 0)(student: pairs, teacher: pairs, labels: labels)
        let logits = videos.normalized().matmul(texts.normalized().transposed()) * scale.exp
        expectClose(value.total, SoftTargetContrastiveLoss()(logits, labels: labels).total, absolute: 1e-6)
        let plain = AffinityLoss(alpha: 0)(student: pairs, teacher: pairs)
        #expect(abs((plain.total - value.total).item(Double.self)) > 1e-3)
    }

    @Test(
        "numbers that cannot be",
        arguments: [(-0.1, 1.0), (1.1, 1.0), (Double.nan, 1.0), (1.0, -1.0), (1.0, Double.infinity)])
    func refused(_ alpha: Double, _ weight: Double) {
        #expect(throws: TrainingError.self) { try AffinityLoss(alpha: alpha, weight: weight).validate() }
    }
}
