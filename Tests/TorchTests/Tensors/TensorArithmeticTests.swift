import Testing
import Torch

@Suite("Arithmetic")
struct TensorArithmeticTests {
    static let gradients: [GradientCase] = [
        GradientCase("exp", [2, 3]) { $0[0].exp },
        GradientCase("log", [2, 3], domain: .positive) { $0[0].log },
        GradientCase("sqrt", [2, 3], domain: .positive) { $0[0].sqrt },
        GradientCase("rsqrt", [2, 3], domain: .positive) { $0[0].rsqrt },
        GradientCase("abs", [2, 3]) { $0[0].abs },
        GradientCase("sin", [2, 3]) { $0[0].sin },
        GradientCase("cos", [2, 3]) { $0[0].cos },
        GradientCase("tanh", [2, 3]) { $0[0].tanh },
        GradientCase("sigmoid", [2, 3]) { $0[0].sigmoid },
        GradientCase("relu", [3, 4]) { $0[0].relu },
        GradientCase("silu", [2, 3]) { $0[0].silu },
        GradientCase("gelu", [3, 4]) { $0[0].gelu },
        GradientCase("tanhGELU", [3, 4]) { $0[0].tanhGELU },
        GradientCase("quickGELU", [3, 4]) { $0[0].quickGELU },
        GradientCase("rounded is flat", [2, 3]) { $0[0].rounded },
        GradientCase("floored is flat", [2, 3]) { $0[0].floored },
        GradientCase("pow 3", [2, 3]) { $0[0].pow(3) },
        GradientCase("pow -0.5", [2, 3], domain: .positive) { $0[0].pow(-0.5) },
        GradientCase("clamped", [3, 4]) { $0[0].clamped(to: -1...1) },
        GradientCase("remainder", [2, 3]) { $0[0].remainder(by: 1) },
        GradientCase("+", [2, 3], [2, 3]) { $0[0] + $0[1] },
        GradientCase("-", [2, 3], [2, 3]) { $0[0] - $0[1] },
        GradientCase("*", [2, 3], [2, 3]) { $0[0] * $0[1] },
        GradientCase("/", [2, 3], [2, 3], domain: .positive) { $0[0] / $0[1] },
        GradientCase("+ broadcast", [2, 1, 3], [4, 1]) { $0[0] + $0[1] },
        GradientCase("- broadcast", [3], [2, 3]) { $0[0] - $0[1] },
        GradientCase("* broadcast", [2, 3], []) { $0[0] * $0[1] },
        GradientCase("/ broadcast", [2, 3], [2, 1], domain: .positive) { $0[0] / $0[1] },
        GradientCase("tensor + number", [2]) { $0[0] + 3 },
        GradientCase("tensor - number", [2]) { $0[0] - 3 },
        GradientCase("tensor * number", [2]) { $0[0] * 3 },
        GradientCase("tensor / number", [2]) { $0[0] / 3 },
        GradientCase("number * tensor", [2]) { 3 * $0[0] },
        GradientCase("number - tensor", [2]) { 3 - $0[0] },
        GradientCase("negation", [2]) { -$0[0] },
        GradientCase("itself twice", [2, 3]) { $0[0] * $0[0] + $0[0] },
        GradientCase("maximum", [3, 4], [3, 4]) { $0[0].maximum($0[1].flipped(0, 1)) },
        GradientCase("maximum broadcast", [3, 4], [4]) { $0[0].maximum($0[1]) },
        GradientCase("minimum", [3, 4], [3, 4]) { $0[0].minimum($0[1].flipped(0, 1)) },
        GradientCase("choosing", [2, 3], [2, 3]) {
            Tensor([true, false, true, true, false, false], shape: [2, 3]).choosing($0[0], else: $0[1])
        },
        GradientCase("choosing broadcast", [2, 3], []) {
            Tensor([true, false, true], shape: [3]).choosing($0[0], else: $0[1])
        },
        GradientCase("filled", [2, 3]) { $0[0].filled(where: Tensor([true, false, false]), with: 7) },
        GradientCase("contiguous, cloned", [2, 3]) { $0[0].transposed().contiguous().cloned() },
    ]

    @Test("gradients equal central differences", arguments: gradients)
    func gradient(_ operation: GradientCase) { operation.check() }

    @Test("operators equal Swift's, element by element")
    func operators() {
        let (a, b) = ([3.5, -2, 0.25, 8], [2.0, 4, -0.5, -3])
        let (x, y) = (Tensor(a), Tensor(b))
        #expect((x + y).array() == zip(a, b).map(+))
        #expect((x - y).array() == zip(a, b).map(-))
        #expect((x * y).array() == zip(a, b).map(*))
        #expect((x / y).array() == zip(a, b).map(/))
        #expect((-x).array() == a.map(-))
        #expect((2 - x).array() == a.map { 2 - $0 })
        #expect((2 * x).array() == a.map { 2 * $0 })
        #expect(x.maximum(y).array() == zip(a, b).map { max($0, $1) })
        #expect(x.minimum(y).array() == zip(a, b).map { min($0, $1) })
    }

    @Test("comparisons give truth values; NaN equals nothing")
    func comparisons() {
        let (x, y) = (Tensor([1.0, 2, 3, .nan]), Tensor([2.0, 2, 2, .nan]))
        #expect(x.equal(to: y).array() == [false, true, false, false])
        #expect(x.less(than: y).array() == [true, false, false, false])
        #expect(x.lessOrEqual(to: y).array() == [true, true, false, false])
        #expect(x.equal(to: 2).array() == [false, true, false, false])
        #expect(x.less(than: 2).array() == [true, false, false, false])
        #expect(x.greater(than: 2).array() == [false, false, true, false])
        #expect(x.isFinite.array() == [true, true, true, false])
        #expect(x.less(than: y).dtype == .bool)
    }

    @Test("logic takes anything but zero as true")
    func logic() {
        let (x, y) = (Tensor([0.0, 0, 2, -1]), Tensor([0.0, 3, 0, 5]))
        #expect(x.and(y).array() == [false, false, false, true])
        #expect(x.or(y).array() == [false, true, true, true])
        #expect(x.inverted.array() == [true, true, false, false])
    }

    @Test("inputs keep their values: operations make new tensors")
    func noChange() {
        let x = Tensor([1.0, -2, 3])
        _ = x.relu + x.exp * 2 - x.filled(where: x.greater(than: 0), with: 9).clamped(to: 0...1)
        _ = x.scattered(0, Tensor([0]), from: Tensor([100.0]))
        #expect(x.array() == [1.0, -2, 3])
    }

    @Test("types are promoted as in PyTorch")
    func promotion() {
        let (integers, halves) = (Tensor([Int64(1), 2]), Tensor([1.0, 2]).to(dtype: .float16))
        #expect((integers + 1).dtype == .float32)
        #expect((halves * 2).dtype == .float16)
        #expect((halves + Tensor([Float(1), 2])).dtype == .float32)
        #expect((integers + Tensor([UInt8(1), 2])).dtype == .int64)
        #expect((Tensor([Float(1), 2]) * Tensor(Double(2))).dtype == .float32)
    }
}
