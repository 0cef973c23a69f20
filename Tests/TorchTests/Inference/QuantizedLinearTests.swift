import FixtureSupport
import Testing

@testable import Torch

@Suite("8-bit linear layers", .enabled(if: QuantizedLinear.isAvailable))
struct QuantizedLinearTests {
    private let generator = Generator(seed: 2)

    /// The layer by hand: weights rounded row by row, the input as its bytes say.
    private func expected(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ grid: QuantizationGrid) -> Tensor {
        let scales = weight.abs.max(1, keepingAxes: true) / 127
        return grid.rounded(x).linear((weight / scales).rounded * scales, bias)
    }

    @Test("are exact in what rounding leaves", arguments: [1, 5, 64, 197])
    func rows(_ rows: Int) {
        let (x, weight, bias) = (
            generator.normal([rows, 24]) + 0.5, generator.normal([40, 24]), generator.normal([40])
        )
        let grid = QuantizationGrid(from: -2, to: 3), layer = QuantizedLinear(weight, bias, grid: grid, rows: 64)
        let bytes = x.quantizedRows(grid), wanted = expected(x, weight, bias, grid)
        expectClose(layer(bytes), wanted, absolute: 1e-4)
        expectClose(layer(bytes, .gelu), wanted.gelu, absolute: 1e-4)
        expectClose(layer(bytes, .swish), wanted.silu, absolute: 1e-4)
        let sum = generator.normal([rows, 40]), total = sum + wanted
        layer(bytes, addingInto: sum)
        expectClose(sum, total, absolute: 1e-4)
    }

    @Test("write bytes of another grid, and 16-bit numbers")
    func outputs() {
        let (x, weight) = (generator.normal([2, 3, 24]), generator.normal([8, 24]))
        let grid = QuantizationGrid(from: -3, to: 3), output = QuantizationGrid(from: -0.2, to: 12)
        let layer = QuantizedLinear(weight, nil, grid: grid, rows: 6)
        let wanted = expected(x, weight, nil, grid)
        let bytes = layer(x.quantizedRows(grid), .gelu, as: .bytes(output))
        #expect(bytes.dtype == .uint8 && bytes.shape == [2, 3, 8])
        let values = (bytes.to(dtype: .float32) - Double(output.zero)) * output.scale
        expectClose(values, wanted.gelu.clamped(to: -0.2...12), absolute: output.scale * 0.51, relative: 0)
        let half = layer(x.quantizedRows(grid), as: .bfloat16)
        #expect(half.dtype == .bfloat16)
        expectClose(half.to(dtype: .float32), wanted, absolute: 1e-3, relative: 0.005)
    }

    @Test("multiply the bytes of pictures as they are")
    func pictures() {
        let bytes = Tensor((0..<48).map { UInt8($0 * 5) }, shape: [2, 24]), weight = generator.normal([8, 24])
        let layer = QuantizedLinear(weight, nil, grid: .bytes, rows: 2)
        expectClose(layer(bytes), expected(bytes.to(dtype: .float32), weight, nil, .bytes), absolute: 1e-3)
    }
}
