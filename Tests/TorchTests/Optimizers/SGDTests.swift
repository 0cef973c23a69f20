import Testing
import Torch

@Suite("SGD")
struct SGDTests {
    private func make() throws -> (weight: Tensor, trained: TrainedParameters) {
        let (weight, parameters) = try Parameters.build(.checkpoint(["w": Tensor([1.0, 2])])) { scope in
            scope.parameter("w", 2, initial: .zeros)
        }
        return (weight, parameters.train { _ in true })
    }

    @Test("without momentum a step is the gradient by the rate")
    func plain() throws {
        let (weight, trained) = try make()
        weight.pow(2).sum().backward()
        SGD([ParameterGroup(trained, learningRateScale: 0.5)]).step(learningRate: 0.2)
        expectClose(weight, Tensor([1 - 0.2, 2 - 0.4]))
    }

    @Test("a gradient that first comes in a later step starts the momentum there")
    func lateGradient() throws {
        let (weight, trained) = try make()
        let optimizer = SGD([ParameterGroup(trained)], momentum: 0.5)
        optimizer.step(learningRate: 1)
        #expect(weight.array() == [1.0, 2])
        (weight * Tensor([1.0, -1])).sum().backward()
        optimizer.step(learningRate: 0.1)
        expectClose(weight, Tensor([0.9, 2.1]))
        optimizer.step(learningRate: 0.1)
        expectClose(weight, Tensor([0.75, 2.25]))
    }

    @Test("a restored state goes on as if it had not stopped; a wrong one is refused")
    func resumption() throws {
        let (weight, trained) = try make()
        let optimizer = SGD([ParameterGroup(trained)], momentum: 0.5)
        (weight * Tensor([1.0, -1])).sum().backward()
        optimizer.step(learningRate: 0.1)
        let state = optimizer.state.mapValues { $0.cloned() }
        #expect(Array(state.keys) == ["momentum_buffer.w"])
        let other = SGD([ParameterGroup(trained)], momentum: 0.5)
        try other.restore(state)
        other.step(learningRate: 0.1)
        expectClose(weight.detached(), Tensor([0.75, 2.25]))
        let error = #expect(throws: ParameterError.self) { try other.restore(["momentum_buffer.w": Tensor([1.0])]) }
        #expect(try #require(error).mismatched.map(\.name) == ["momentum_buffer.w"])
        #expect(throws: ParameterError.self) { try other.restore([:]) }
    }
}
