import Testing
import Torch

@Suite("Parameters")
struct ParametersTests {
    @Test("one error lists everything that does not fit")
    func report() throws {
        let tensors = ["a.weight": Tensor.zeros([3, 2]), "c": Tensor.zeros([1]), "b": Tensor([Int64(1)], shape: [1])]
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { scope in
                (Linear(scope / "a", 3, 2), scope.parameter("b", 1, initial: .zeros))
            }
        }
        let found = try #require(error)
        #expect(found.missing == ["a.bias"])
        #expect(found.unexpected == ["c"])
        #expect(found.mismatched.map(\.name) == ["a.weight", "b"])
        #expect(found.description.contains("a.weight: the model has [2, 3], the checkpoint [3, 2]"))
    }
}
