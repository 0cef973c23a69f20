import Testing
import Torch

@Suite("Embedding")
struct EmbeddingTests {
    @Test("Embedding looks rows up in any shape")
    func embedding() throws {
        let tensors = ["weight": Tensor([Float(0), 1, 2, 3, 4, 5], shape: [3, 2])]
        let layer = try Parameters.build(.checkpoint(tensors)) { Embedding($0, 3, 2) }.model
        let result = layer(Tensor([Int32(2), 0], shape: [2, 1]))
        #expect(result.shape == [2, 1, 2] && result.array() == [Float(4), 5, 0, 1])
    }
}
