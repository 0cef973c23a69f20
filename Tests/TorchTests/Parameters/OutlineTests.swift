import Testing
import Torch

@Suite("Outlines of models")
struct OutlineTests {
    @Test("all names and shapes, without the memory")
    func outline() throws {
        let (weight, parameters) = try Parameters.build(.outline) { scope in
            _ = (scope / "b").parameter("bias", 3, initial: .ones)
            _ = scope.parameter("scale", shape: [], initial: .ones)
            return scope.parameter("w", 1_000_000, 1_000_000, initial: .normal(1))
        }
        #expect(parameters.names == ["b.bias", "scale", "w"])
        #expect(weight.shape == [1_000_000, 1_000_000])
        #expect(parameters.count() == 1_000_000_000_004)
    }

    @Test("names declared twice are an error still")
    func twice() {
        #expect(throws: ParameterError.self) {
            try Parameters.build(.outline) { scope in
                _ = scope.parameter("w", 2, initial: .ones)
                _ = scope.parameter("w", 2, initial: .ones)
            }
        }
    }
}
