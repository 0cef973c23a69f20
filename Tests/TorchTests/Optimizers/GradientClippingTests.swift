import Testing
import Torch

@Suite("Gradient clipping")
struct GradientClippingTests {
    /// Two trained parameters with gradients `[3, 0]` and `[[4]]`, together of norm 5, and one without.
    private func make() throws -> (parameters: Parameters, trained: TrainedParameters) {
        let parameters = try Parameters.build(.random()) { scope in
            _ = scope.parameter("a", 2, initial: .ones)
            _ = scope.parameter("b", 1, 1, initial: .ones)
            _ = scope.parameter("unused", 3, initial: .ones)
        }.parameters
        let trained = parameters.train { _ in true }
        accumulate(["a": Tensor([Float(3), 0]), "b": Tensor([Float(4)], shape: [1, 1])], in: parameters)
        return (parameters, trained)
    }

    @Test("gradients are scaled together to the limit", arguments: [0.5, 1, 4.999])
    func scaled(limit: Double) throws {
        let (parameters, trained) = try make()
        #expect(abs(trained.clipGradients(to: limit) - 5) < 1e-6)
        let (a, b) = (try #require(parameters["a"]?.gradient), try #require(parameters["b"]?.gradient))
        expectClose(a, Tensor([3 * limit / 5, 0]), absolute: 1e-5)
        expectClose(b, Tensor([4 * limit / 5], shape: [1, 1]), absolute: 1e-5)
        #expect(parameters["unused"]?.gradient == nil)
    }

    @Test("gradients within the limit stay", arguments: [5.1, 100, Double.infinity])
    func kept(limit: Double) throws {
        let (parameters, trained) = try make()
        #expect(abs(trained.clipGradients(to: limit) - 5) < 1e-6)
        #expect(parameters["a"]?.gradient?.array() == [Float(3), 0])
        #expect(parameters["b"]?.gradient?.array() == [Float(4)])
    }

    @Test("no gradients have norm zero")
    func none() throws {
        let (_, trained) = try make()
        trained.clearGradients()
        #expect(trained.clipGradients(to: 1) == 0)
    }
}
