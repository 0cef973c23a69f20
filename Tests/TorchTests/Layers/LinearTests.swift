import Testing
import Torch

@Suite("Linear")
struct LinearTests {
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
}
