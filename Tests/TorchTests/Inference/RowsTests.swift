import FixtureSupport
import Testing

@testable import Torch

@Suite("Kernels over rows")
struct RowsTests {
    private let generator = Generator(seed: 3)

    @Test("the norm is LibTorch's", arguments: [1, 5, 31, 32, 33, 768])
    func norm(_ width: Int) {
        let x = generator.normal([3, 7, width]) * 3 + 2
        let weight = generator.normal([width]), bias = generator.normal([width])
        expectClose(x.normalizedRows(weight, bias, eps: 1e-5), x.layerNorm(weight, bias), absolute: 2e-5)
        expectClose(x.normalizedRows(eps: 1e-3), x.layerNorm(nil, nil, eps: 1e-3), absolute: 2e-5)
        let turned = x.transposed(0, 1)
        expectClose(turned.normalizedRows(eps: 1e-5), turned.layerNorm(nil, nil), absolute: 2e-5)
    }

    @Test("the norm writes bytes and 16-bit numbers")
    func outputs() {
        let x = generator.normal([4, 100]), exact = x.layerNorm(nil, nil)
        let grid = QuantizationGrid(from: -2, to: 2.5)
        let bytes = x.normalizedRows(eps: 1e-5, as: .bytes(grid))
        #expect(bytes.dtype == .uint8)
        let values = (bytes.to(dtype: .float32) - Double(grid.zero)) * grid.scale
        expectClose(values, exact.clamped(to: -2...2.5), absolute: grid.scale * 0.52, relative: 0)
        let half = x.normalizedRows(eps: 1e-5, as: .bfloat16)
        expectClose(half, exact.to(dtype: .bfloat16), absolute: 1e-5, relative: 0.0079)
    }

    @Test("several threads give what one gives, and no queries give nothing")
    func threads() {
        let x = generator.normal([3, 130, 192]), parts = x.split(into: 3, -1), usual = TorchRuntime.threads
        defer { TorchRuntime.threads = usual }
        let results = [1, 3].map { (threads: Int) -> [Tensor] in
            TorchRuntime.threads = threads
            return [x.normalizedRows(eps: 1e-5), parts[0].rowAttention(parts[1], parts[2], heads: 4), x.quickGELU]
        }
        for (one, several) in zip(results[0], results[1]) { #expect(one.equal(to: several).allTrue) }
        #expect(parts[0].slice(1, 0..<0).rowAttention(parts[1], parts[2], heads: 4).shape == [3, 0, 64])
    }

    @Test("rounding to bytes ends at the ends of the grid")
    func rounding() {
        let grid = QuantizationGrid(from: -1, to: 1.55)
        #expect(grid.zero == 100 && abs(grid.scale - 0.01) < 1e-9)
        let x = Tensor([-50, -1, -0.504, 0, 0.004, 0.006, 1.55, 9] as [Float])
        #expect(x.quantizedRows(grid).array(of: UInt8.self) == [0, 0, 50, 100, 100, 101, 255, 255])
        #expect(QuantizationGrid(from: 2, to: 5.1).zero == 0, "zero belongs to every grid")
        #expect(QuantizationGrid(from: 0, to: 0).scale > 0)
    }

    @Test("a fitted grid leaves a lone value outside where that serves the others")
    func fitting() {
        let many = generator.uniform([400_000]) * 2 - 1
        let all = QuantizationGrid(fitting: many)
        #expect(abs(all.scale - 2 / 255) < 1e-4)
        let near = Tensor.concatenated([many, Tensor([Float(1.5)])])
        #expect(QuantizationGrid(fitting: near).scale < 2.2 / 255)
        let far = Tensor.concatenated([many, Tensor([Float(30)])])
        #expect(
            QuantizationGrid(fitting: far).scale > 30 / 255.0, "cutting it off would cost more than a fine grid gives")
        #expect(QuantizationGrid(fitting: Tensor([Float(4)])).scale == 4.0 / 255)
    }

    @Test(
        "attention is LibTorch's, for few and many tokens, all queries and the first",
        arguments: [1, 2, 50, 64, 65, 197])
    func attention(_ tokens: Int) {
        let all = generator.normal([3, tokens, 3 * 24]) * 2, parts = all.split(into: 3, -1)
        func heads(_ x: Tensor) -> Tensor { x.reshaped(x.shape[0], x.shape[1], 2, 12).transposed(1, 2) }
        for count in [1, tokens] {
            let queries = parts[0].slice(1, 0..<count)
            let wanted = heads(queries).attention(heads(parts[1]), heads(parts[2])).transposed(1, 2)
                .reshaped(3, count, 24)
            expectClose(queries.rowAttention(parts[1], parts[2], heads: 2), wanted, absolute: 2e-5)
            let grid = QuantizationGrid(from: -4, to: 4)
            let bytes = queries.rowAttention(parts[1], parts[2], heads: 2, as: .bytes(grid))
            let values = (bytes.to(dtype: .float32) - Double(grid.zero)) * grid.scale
            expectClose(values, wanted.clamped(to: -4...4), absolute: grid.scale * 0.52, relative: 0)
        }
    }

    @Test("attention bears scores far apart")
    func extremes() {
        let q = Tensor([100, 100] as [Float], shape: [1, 1, 2]),
            k = Tensor([9, 9, -9, -9] as [Float], shape: [1, 2, 2])
        let v = Tensor([1, 2, 3, 4] as [Float], shape: [1, 2, 2])
        expectClose(q.rowAttention(k, v, heads: 1), Tensor([1, 2] as [Float], shape: [1, 1, 2]))
    }

    @Test("16-bit attention is that of the 16-bit numbers", arguments: [1, 2, 9, 64, 65, 130], [2, 8])
    func half(_ tokens: Int, _ heads: Int) {
        let parts = generator.normal([2, tokens, 3 * 24]).to(dtype: .bfloat16).split(into: 3, -1)
        let wide = parts.map { $0.to(dtype: .float32).contiguous() }
        let wanted = wide[0].rowAttention(wide[1], wide[2], heads: heads)
        let mixed = parts[0].rowAttention(parts[1], parts[2], heads: heads, as: .bfloat16)
        #expect(mixed.dtype == .bfloat16)
        expectClose(mixed.to(dtype: .float32), wanted, absolute: 0.02, relative: 0.02)
        let first = parts[0].slice(1, 0..<1).rowAttention(parts[1], parts[2], heads: heads)
        expectClose(first, wanted.slice(1, 0..<1), absolute: 0.02, relative: 0.02)
    }
}
