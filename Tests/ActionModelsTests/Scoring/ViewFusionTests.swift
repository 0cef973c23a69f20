import ActionModels
import FixtureSupport
import Testing
import Torch

@Suite("Fusion of two views")
struct ViewFusionTests {
    private let labels = LabelFeatures(Generator(seed: 1).normal([3 * 4, 6]), labels: 4)
    private let frame = Generator(seed: 2).normal([5, 6]) * 3, token = Generator(seed: 3).normal([5, 6])

    private func rule(_ fusion: ViewFusion, _ ensemble: TextScoring.Ensemble = .probabilities) -> TextScoring {
        TextScoring(scale: 7, ensemble: ensemble, templates: [.bare], fusion: fusion)
    }

    @Test("one view alone does not care", arguments: ViewFusion.allCases, TextScoring.Ensemble.allCases)
    func single(_ fusion: ViewFusion, _ ensemble: TextScoring.Ensemble) {
        let alone = rule(fusion, ensemble).probabilities(ClipFeatures(embedding: frame), of: labels)
        expectClose(alone, rule(.frame, ensemble).probabilities(frame, of: labels), absolute: 0, relative: 0)
    }

    @Test("each fusion as it is written", arguments: TextScoring.Ensemble.allCases)
    func written(_ ensemble: TextScoring.Ensemble) {
        let both = ClipFeatures(embedding: frame, token: token), plain = rule(.frame, ensemble)
        func fused(_ fusion: ViewFusion) -> Tensor { rule(fusion, ensemble).probabilities(both, of: labels) }
        let (a, b) = (plain.probabilities(frame, of: labels), plain.probabilities(token, of: labels))
        expectClose(fused(.frame), a, absolute: 1e-7)
        expectClose(fused(.token), b, absolute: 1e-7)
        expectClose(fused(.averageProbabilities), (a + b) / 2, absolute: 1e-6)
        let sum = frame / frame.norm(1, keepingAxes: true) + token / token.norm(1, keepingAxes: true)
        expectClose(fused(.averageEmbedding), plain.probabilities(sum, of: labels), absolute: 1e-6)
        let used = ensemble == .features ? labels.merged : labels
        let mean = (plain.similarities(frame, to: used) + plain.similarities(token, to: used)) / 2
        expectClose(fused(.averageLogits), mean.softmax(-1).mean(1), absolute: 1e-6)
        for fusion in ViewFusion.allCases {
            expectClose(fused(fusion).sum(1), .ones([5]), absolute: 1e-5)
            #expect(plain.fusing(by: fusion) == rule(fusion, ensemble))
        }
    }

    @Test("class vectors are unit means of unit templates")
    func classVectors() {
        let vectors = labels.classVectors
        #expect(vectors.shape == [4, 6])
        let mean = labels.unit.mean(0)
        expectClose(vectors, mean / mean.norm(1, keepingAxes: true), absolute: 1e-6)
    }
}
