import Testing
import Torch

@Suite("Losses")
struct TensorLossesTests {
    private static let classes = Tensor([2, 0, 1])
    private static let weight = Tensor([0.5, 2, 1.25, 0.1])
    private static let probabilities = Generator(seed: 2).normal([3, 4], dtype: .float64).softmax()

    static let gradients: [GradientCase] =
        [Reduction.none, .mean, .sum].flatMap { reduction in
            [
                GradientCase("crossEntropy, indices, \(reduction)", [3, 4]) {
                    $0[0].crossEntropy(classes, reduction: reduction)
                },
                GradientCase("crossEntropy, weighted, smoothed, \(reduction)", [3, 4]) {
                    $0[0].crossEntropy(classes, weight: weight, reduction: reduction, labelSmoothing: 0.1)
                },
                GradientCase("crossEntropy, ignoring class 0, \(reduction)", [3, 4]) {
                    $0[0].crossEntropy(classes, reduction: reduction, ignoredIndex: 0)
                },
                GradientCase("klDivergence, \(reduction)", [3, 4]) {
                    $0[0].klDivergence(probabilities, reduction: reduction)
                },
                GradientCase("klDivergence by both logarithms, \(reduction)", [3, 4], [3, 4]) {
                    $0[0].klDivergence($0[1], isLogarithm: true, reduction: reduction)
                },
                GradientCase("binaryCrossEntropy, \(reduction)", [3, 4], [3, 4]) {
                    $0[0].binaryCrossEntropy($0[1].sigmoid, reduction: reduction)
                },
                GradientCase("squaredError, \(reduction)", [3, 4], [3, 4]) {
                    $0[0].squaredError($0[1] * 0.7, reduction: reduction)
                },
            ]
        }
        + [
            GradientCase("crossEntropy by both, smoothed", [3, 4], [3, 4]) {
                $0[0].crossEntropy($0[1].softmax(), labelSmoothing: 0.2)
            },
            GradientCase("crossEntropy by both, weighted", [3, 4], [3, 4]) {
                $0[0].crossEntropy($0[1].softmax(), weight: weight)
            },
            GradientCase("klDivergence by both", [3, 4], [3, 4]) { $0[0].logSoftmax().klDivergence($0[1].softmax()) },
            GradientCase("cosineSimilarity", [3, 4], [3, 4]) { $0[0].cosineSimilarity($0[1].flipped(0)) },
            GradientCase("cosineSimilarity, broadcast", [3, 4], [4]) { $0[0].cosineSimilarity($0[1]) },
        ]

    @Test("gradients equal central differences", arguments: gradients)
    func gradient(_ operation: GradientCase) { operation.check() }

    @Test("cross entropy is the mean negative log probability of the classes")
    func crossEntropyFormula() {
        let logits = Generator(seed: 8).normal([3, 4], dtype: .float64)
        let picked = logits.logSoftmax().gathered(1, Self.classes.unsqueezed(1))
        expectClose(logits.crossEntropy(Self.classes), -picked.mean())
        expectClose(logits.crossEntropy(Self.classes.oneHot(4).to(dtype: .float64)), -picked.mean())
    }

    @Test("losses of large logits stay finite")
    func largeLogits() {
        let logits = Tensor([1e4, -1e4, 0], shape: [1, 3])
        #expect(logits.crossEntropy(Tensor([1])).item() == 2e4)
        #expect(logits.binaryCrossEntropy(Tensor([0.0, 1, 0.5], shape: [1, 3]), reduction: .sum).isFinite.allTrue)
    }
}
