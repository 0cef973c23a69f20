import Testing
import Torch

@Suite("Layers")
struct LayersTests {
    @Test("Linear is x Wᵀ + b, and its first values are PyTorch's")
    func linear() throws {
        let tensors = [
            "l.weight": Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3]), "l.bias": Tensor([Float(10), 20]),
        ]
        let layer = try Parameters.build(.checkpoint(tensors)) { Linear($0 / "l", 3, 2) }.model
        #expect(layer(Tensor([Float(1), 0, -1], shape: [1, 1, 3])).array() == [Float(8), 18])
        let fresh = try Parameters.build(.random()) { Linear($0, 16, 500) }.model
        let bias = try #require(fresh.bias)
        #expect(fresh.weight.abs.max().item(Double.self) <= 0.25 && bias.abs.max().item(Double.self) <= 0.25)
        #expect(fresh.weight.abs.max().item(Double.self) > 0.24 && bias.abs.max().item(Double.self) > 0.24)
    }

    @Test("Linear without bias declares none; with values of its own its bias begins at zero")
    func linearOptions() throws {
        let (layer, parameters) = try Parameters.build(.random()) { Linear($0, 3, 2, hasBias: false) }
        #expect(layer.bias == nil && parameters.names == ["weight"])
        #expect(layer(.zeros([4, 3])).array() == [Float](repeating: 0, count: 8))
        let other = try Parameters.build(.random()) { Linear($0, 3, 2, initial: .normal(0.02)) }.model
        #expect(other.bias?.array() == [Float(0), 0])
    }

    @Test("Embedding looks rows up in any shape")
    func embedding() throws {
        let tensors = ["weight": Tensor([Float(0), 1, 2, 3, 4, 5], shape: [3, 2])]
        let layer = try Parameters.build(.checkpoint(tensors)) { Embedding($0, 3, 2) }.model
        let result = layer(Tensor([Int32(2), 0], shape: [2, 1]))
        #expect(result.shape == [2, 1, 2] && result.array() == [Float(4), 5, 0, 1])
    }

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
