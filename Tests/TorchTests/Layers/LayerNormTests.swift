import Testing
import Torch

@Suite("LayerNorm")
struct LayerNormTests {
    @Test("LayerNorm gives mean 0 and variance 1, then weight and bias")
    func layerNorm() throws {
        let tensors = ["weight": Tensor([2.0, 2]), "bias": Tensor([1.0, 1])]
        let layer = try Parameters.build(.checkpoint(tensors)) { LayerNorm($0, 2, eps: 0) }.model
        expectClose(layer(Tensor([3.0, 7, -1, 0], shape: [2, 2])), Tensor([-1.0, 3, -1, 3], shape: [2, 2]))
    }

    @Test("LayerNorm computes half precision in float32 and gives it back", arguments: [DType.float16, .bfloat16])
    func halfPrecision(_ dtype: DType) throws {
        let layer = try Parameters.build(.random()) { LayerNorm($0, 64) }.model
        let x = (Generator(seed: 1).normal([2, 64]) + 10).to(dtype: dtype)
        let result = layer(x)
        #expect(result.dtype == dtype)
        #expect(result.array(of: Float.self) == layer(x.to(dtype: .float32)).to(dtype: dtype).array())
    }
}
