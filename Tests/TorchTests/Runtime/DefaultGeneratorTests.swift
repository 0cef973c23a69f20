import Testing
import Torch

/// What draws from LibTorch's own generators, which the process shares: one test at a time.
@Suite("Default generators", .serialized)
struct DefaultGeneratorTests {
    private func seeded(_ body: () -> Tensor) -> Tensor {
        Generator.seedDefaults(17)
        return body()
    }

    @Test("seeded dropout repeats itself")
    func determinism() {
        let x = Tensor.ones([100])
        let first = seeded { x.dropout(0.5) }.array(of: Float.self)
        #expect(seeded { x.dropout(0.5) }.array() == first)
        #expect(x.dropout(0.5).array() != first)
    }

    @Test("dropout keeps the mean by scaling what stays")
    func scale() {
        let values = seeded { Tensor.ones([10_000], dtype: .float64).dropout(0.2) }.array(of: Double.self)
        #expect(Set(values) == [0, 1.25])
        #expect(abs(Double(values.count { $0 == 0 }) / 10_000 - 0.2) < 0.02)
        #expect(Tensor.ones([3]).dropout(0).array() == [Float(1), 1, 1])
        #expect(Tensor.ones([3]).dropout(1).array() == [Float(0), 0, 0])
    }

    @Test(
        "gradients equal central differences",
        arguments: [
            GradientCase("dropout", [4, 5]) {
                Generator.seedDefaults(17)
                return $0[0].dropout(0.4)
            },
            GradientCase("attention with dropout", [1, 2, 3, 2], [1, 2, 4, 2], [1, 2, 4, 2]) {
                Generator.seedDefaults(17)
                return $0[0].attention($0[1], $0[2], dropout: 0.3)
            },
        ])
    func gradient(_ operation: GradientCase) { operation.check() }

    @Test("a seeded generator does not move the default one")
    func independence() {
        let expected = seeded { Tensor.ones([50]).dropout(0.5) }.array(of: Float.self)
        let found = seeded {
            _ = Generator(seed: 1).normal([100])
            return Tensor.ones([50]).dropout(0.5)
        }
        #expect(found.array() == expected)
    }
}
