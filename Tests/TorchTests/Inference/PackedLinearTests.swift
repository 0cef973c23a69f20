import FixtureSupport
import Testing

@testable import Torch

@Suite("Packed linear layers")
struct PackedLinearTests {
    private let generator = Generator(seed: 1)

    @Test("give what ordinary ones give, for any number of rows", arguments: [1, 2, 7, 64, 197])
    func rows(_ rows: Int) {
        let (x, weight, bias) = (generator.normal([rows, 24]), generator.normal([40, 24]), generator.normal([40]))
        let layer = PackedLinear(weight, bias, rows: 64)
        expectClose(layer(x), x.linear(weight, bias), absolute: 1e-5)
        expectClose(layer(x, .gelu), x.linear(weight, bias).gelu, absolute: 1e-5)
        expectClose(layer(x, .swish), x.linear(weight, bias).silu, absolute: 1e-5)
        let other = generator.normal([rows, 40]), before = other.cloned()
        expectClose(layer(x, addedTo: other), other + x.linear(weight, bias), absolute: 1e-5)
        expectClose(other, before, absolute: 0, relative: 0)
    }

    @Test("take several axes, tensors with gaps and no bias")
    func shapes() {
        let wide = generator.normal([2, 5, 48]), x = wide.slice(2, 0..<24), weight = generator.normal([8, 24])
        let layer = PackedLinear(weight, nil, rows: 10)
        expectClose(layer(x), x.linear(weight), absolute: 1e-5)
        #expect(layer(x).shape == [2, 5, 8])
        let other = generator.normal([2, 5, 8])
        expectClose(layer(x, addedTo: other), other + x.linear(weight), absolute: 1e-5)
    }

    @Test("may be empty on either side, as pruned ones are")
    func empty() {
        let (x, bias) = (generator.normal([3, 4]), generator.normal([6]))
        let none = PackedLinear(.zeros([0, 4]), .zeros([0]), rows: 3)(x, .gelu)
        #expect(none.shape == [3, 0])
        let layer = PackedLinear(.zeros([6, 0]), bias, rows: 3)
        expectClose(layer(none, addedTo: .zeros([3, 6])), bias.expanded(3, 6), absolute: 0, relative: 0)
    }

    @Test("multiply bfloat16 within its rounding", .enabled(if: InferenceHardware.hasBFloat16Units))
    func half() {
        let (x, weight, bias) = (generator.normal([9, 24]), generator.normal([40, 24]), generator.normal([40]))
        let layer = PackedLinear(weight.to(dtype: .bfloat16), bias.to(dtype: .bfloat16), rows: 9)
        let result = layer(x.to(dtype: .bfloat16))
        #expect(result.dtype == .bfloat16)
        expectClose(result.to(dtype: .float32), x.linear(weight, bias), absolute: 0.12, relative: 0.02)
    }
}
