import Testing
import Torch

@Suite("Reductions")
struct TensorReductionTests {
    static let gradients: [GradientCase] = [
        GradientCase("sum", [2, 3]) { $0[0].sum() },
        GradientCase("sum 0", [2, 3]) { $0[0].sum(0) },
        GradientCase("sum 0 2 keeping", [2, 3, 2]) { $0[0].sum(0, 2, keepingAxes: true) },
        GradientCase("sum of a number", []) { $0[0].sum() },
        GradientCase("mean", [2, 3]) { $0[0].mean() },
        GradientCase("mean -1", [2, 3]) { $0[0].mean(-1) },
        GradientCase("max", [3, 4]) { $0[0].max() },
        GradientCase("max 1", [3, 4]) { $0[0].max(1) },
        GradientCase("max of a number", []) { $0[0].max() },
        GradientCase("min 0 keeping", [3, 4]) { $0[0].min(0, keepingAxes: true) },
        GradientCase("norm", [2, 3]) { $0[0].norm() },
        GradientCase("norm -1", [2, 3]) { $0[0].norm(-1) },
        GradientCase("logSumExp", [2, 3]) { $0[0].logSumExp() },
        GradientCase("logSumExp 1 keeping", [2, 3]) { $0[0].logSumExp(1, keepingAxes: true) },
        GradientCase("variance", [2, 3]) { $0[0].variance() },
        GradientCase("variance 1, biased", [2, 3]) { $0[0].variance(1, unbiased: false) },
        GradientCase("cumulativeSum", [2, 3]) { $0[0].cumulativeSum(1) },
        GradientCase("topK", [2, 5]) { $0[0].topK(3).values },
        GradientCase("topK along 0", [5, 2]) { $0[0].topK(2, axis: 0).values },
        GradientCase("normalized", [2, 3]) { $0[0].normalized() },
        GradientCase("normalized along 0", [2, 3]) { $0[0].normalized(0) },
    ]

    @Test("gradients equal central differences", arguments: gradients)
    func gradient(_ operation: GradientCase) { operation.check() }

    @Test("axes: all, some, negative, kept")
    func axes() {
        let x = Tensor.arange(0..<24, dtype: .float64).reshaped(2, 3, 4)
        #expect(x.sum().shape == [] && x.sum().item() == 276.0)
        #expect(x.sum(-1).shape == [2, 3])
        #expect(x.sum(0, 2).array() == [60.0, 92, 124])
        #expect(x.mean(0, 1, keepingAxes: true).shape == [1, 1, 4])
        #expect(x.max(1).array() == [8.0, 9, 10, 11, 20, 21, 22, 23])
        #expect(x.min().item() == 0.0)
        #expect(Tensor(3.0).sum().item() == 3.0 && Tensor(3.0).min().item() == 3.0 && Tensor(-3.0).norm().item() == 3.0)
    }

    @Test("sums of small integers do not overflow")
    func integers() {
        let x = Tensor([UInt8](repeating: 255, count: 1000))
        #expect(x.sum().dtype == .int64 && x.sum().item(Int.self) == 255_000)
        #expect(Tensor([true, true, false]).sum().item(Int.self) == 2)
    }

    @Test("nothing to reduce gives zero, and nothing true")
    func empty() {
        let x = Tensor([Double](), shape: [0, 3])
        #expect(x.sum().item() == 0.0 && x.sum(0).array() == [0.0, 0, 0])
        #expect(x.allTrue && !x.anyTrue)
        #expect(Tensor([0.0, 2]).anyTrue && !Tensor([0.0, 2]).allTrue)
    }

    @Test("the gradient of a zero vector's normalisation is finite")
    func zeroVector() {
        let x = Tensor.zeros([2, 3], dtype: .float64)
        x.setRequiresGradient(true)
        x.normalized().sum().backward()
        let isFinite = x.gradient?.isFinite.allTrue
        #expect(isFinite == true)
    }
}
