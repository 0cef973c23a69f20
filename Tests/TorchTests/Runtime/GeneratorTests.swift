import Testing
import Torch

@Suite("Generators")
struct GeneratorTests {
    /// Every kind of draw, one after the other.
    private func draws(_ generator: Torch.Generator) -> [[Double]] {
        [
            generator.uniform([5]), generator.normal([5], dtype: .float64), generator.integers(in: -3..<4, [5]),
            generator.permutation(6), generator.bernoulli(.full([5], 0.5)),
            generator.multinomial(Tensor([1.0, 2, 3]), count: 2),
        ].map { $0.array() }
    }

    @Test("the same seed gives the same numbers, another seed others")
    func determinism() {
        #expect(draws(Generator(seed: 1)) == draws(Generator(seed: 1)))
        #expect(draws(Generator(seed: 1)) != draws(Generator(seed: 2)))
        let generator = Generator(seed: 1)
        #expect(draws(generator) != draws(generator))
    }

    @Test("a saved state goes on where it was, also in another generator")
    func state() {
        let generator = Generator(seed: 11)
        _ = draws(generator)
        let bytes = generator.state.array(of: UInt8.self)
        let next = draws(generator)
        let other = Generator(seed: 0)
        other.state = Tensor(bytes)
        #expect(draws(other) == next)
        generator.state = Tensor(bytes)
        #expect(draws(generator) == next)
    }

    @Test("generators do not influence each other, nor the defaults them")
    func independence() {
        let expected = draws(Generator(seed: 4))
        let (a, b) = (Generator(seed: 4), Generator(seed: 4))
        _ = draws(b)
        #expect(draws(a) == expected)
    }

    @Test("draws keep to their ranges, types and shapes")
    func ranges() {
        let generator = Generator(seed: 9)
        let uniform = generator.uniform([1000])
        #expect(uniform.min().item(Float.self) >= 0 && uniform.max().item(Float.self) < 1)
        #expect(abs(uniform.mean().item(Float.self) - 0.5) < 0.05)
        let normal = generator.normal([10, 1000], dtype: .float64)
        #expect(normal.shape == [10, 1000] && normal.dtype == .float64)
        #expect(abs(normal.mean().item(Double.self)) < 0.05 && abs(normal.variance().item(Double.self) - 1) < 0.05)
        let integers = generator.integers(in: -3..<4, [1000])
        #expect(integers.dtype == .int64 && Set(integers.array(of: Int.self)) == Set(-3..<4))
        #expect(generator.permutation(50).array(of: Int.self).sorted() == Array(0..<50))
        #expect(generator.bernoulli(Tensor([0.0, 1])).array() == [0.0, 1])
    }

    @Test("draws without replacement are distinct and skip what cannot be")
    func multinomial() {
        let generator = Generator(seed: 9)
        let rows = generator.multinomial(Tensor([1.0, 0, 2, 3, 5, 0, 1, 1], shape: [2, 4]), count: 3)
        #expect(rows.shape == [2, 3])
        #expect(Set(rows.select(0, 0).array(of: Int.self)) == [0, 2, 3])
        #expect(Set(rows.select(0, 1).array(of: Int.self)) == [0, 2, 3])
        let repeated = generator.multinomial(Tensor([0.0, 1]), count: 4, replacement: true)
        #expect(repeated.array() == [1, 1, 1, 1])
    }
}
