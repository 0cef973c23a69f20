import Foundation
import Testing
import Torch

@Suite("Moving averages")
struct ExponentialMovingAverageTests {
    private func model() throws -> Parameters {
        try Parameters.build(.checkpoint(["w": Tensor([1.0, 2]), "b": Tensor(5.0), "mean": Tensor([3.0])])) { scope in
            _ = scope.parameter("w", 2, initial: .zeros)
            _ = scope.parameter("b", initial: .zeros)
            _ = scope.buffer("mean", 1, initial: .zeros)
        }.parameters
    }

    private struct Failure: Error {}

    private func failedEvaluation(_ average: ExponentialMovingAverage) throws {
        let evaluation: () throws -> Void = { throw Failure() }
        try average.withAverages(evaluation)
    }

    private func tensor(_ name: String, of parameters: Parameters) throws -> Tensor {
        try #require(parameters[name])
    }

    @Test("shares of a warm-up are timm's")
    func shares() {
        let decay = ExponentialMovingAverage.Decay.warmingUp(to: 0.999)
        // 1 - (1 + s)^(-2/3) for s = n - 1
        let expected = [0, 0.370_039_475_052_563_4, 0.519_250_143_230_864_1, 0.603_149_737_007_950_1]
        for (n, share) in zip(1..., expected) { #expect(abs(decay.share(at: n) - share) < 1e-12) }
        #expect(decay.share(at: 10_000_000) == 0.999)
        #expect(ExponentialMovingAverage.Decay.constant(0.9).share(at: 1) == 0.9)
        let slow = ExponentialMovingAverage.Decay.warmingUp(to: 0.9, gamma: 10, power: 1)
        #expect(abs(slow.share(at: 11) - 0.5) < 1e-12)
    }

    @Test("averages follow the values")
    func following() throws {
        let parameters = try model()
        let average = ExponentialMovingAverage(parameters.train { $0 != "b" }, decay: .constant(0.75))
        let w = try tensor("w", of: parameters)
        var expected = [1.0, 2]
        for step in 1...4 {
            w.copy(from: Tensor([Double(step), -1]))
            average.update()
            expected = zip(expected, [Double(step), -1]).map { $0 + 0.25 * ($1 - $0) }
        }
        expectClose(try #require(average.tensors["w"]), Tensor(expected))
        #expect(w.array() == [4.0, -1])
        #expect(average.tensors.keys.sorted() == ["w"])
        #expect(average.updates == 4)
    }

    @Test("of a whole model, buffers follow too")
    func buffers() throws {
        let parameters = try model()
        let average = ExponentialMovingAverage(parameters, decay: .constant(0.5))
        try tensor("mean", of: parameters).copy(from: Tensor([5.0]))
        average.update()
        #expect(average.tensors["mean"]?.array() == [4.0])
        #expect(average.tensors.keys.sorted() == ["b", "mean", "w"])
    }

    @Test("the first update with a warm-up takes the values over")
    func firstUpdate() throws {
        let parameters = try model()
        let average = ExponentialMovingAverage(parameters, decay: .warmingUp(to: 0.99))
        try tensor("w", of: parameters).copy(from: Tensor([7.0, 8]))
        average.update()
        #expect(average.tensors["w"]?.array() == [7.0, 8])
    }

    @Test("averages stand in the model during an evaluation, also one that fails")
    func exchange() throws {
        let parameters = try model()
        let average = ExponentialMovingAverage(parameters, decay: .constant(0.5))
        let w = try tensor("w", of: parameters)
        w.copy(from: Tensor([3.0, 4]))
        average.update()
        let seen = average.withAverages { (w.array(of: Double.self), average.tensors["w"]?.array(of: Double.self)) }
        #expect(seen.0 == [2, 3])
        #expect(seen.1 == [2, 3])
        #expect(throws: Failure.self) { try failedEvaluation(average) }
        #expect(w.array() == [3.0, 4])
        #expect(average.tensors["w"]?.array() == [2.0, 3])
    }

    @Test("a state goes on through a file, bit for bit; one that does not fit changes nothing")
    func state() throws {
        let parameters = try model()
        let decay = ExponentialMovingAverage.Decay.warmingUp(to: 0.9)
        let average = ExponentialMovingAverage(parameters, decay: decay)
        let w = try tensor("w", of: parameters)
        func update(_ average: ExponentialMovingAverage, _ steps: ClosedRange<Int>) {
            for step in steps {
                w.copy(from: Tensor([1 / Double(step), sin(Double(step))]))
                average.update()
            }
        }
        update(average, 1...3)
        let saved = try roundTrip(average.state)
        update(average, 4...6)

        let other = ExponentialMovingAverage(parameters, decay: decay)
        try other.restore(saved)
        #expect(other.updates == 3)
        update(other, 4...6)
        #expect(other.tensors["w"]?.array(of: Double.self) == average.tensors["w"]?.array(of: Double.self))

        let before = other.state.mapValues { $0.array(of: Double.self) }
        var broken = saved
        broken["average.w"] = .zeros([3])
        broken["updates"] = nil
        let error = #expect(throws: ParameterError.self) { try other.restore(broken) }
        #expect(try #require(error).missing == ["updates"])
        #expect(try #require(error).mismatched.map(\.name) == ["average.w"])
        #expect(other.state.mapValues { $0.array(of: Double.self) } == before)
    }
}

/// Writes tensors to a file and reads them again.
func roundTrip(_ tensors: [String: Tensor]) throws -> [String: Tensor] {
    let path = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try StateFile.write(tensors, to: path)
    return try StateFile.read(path).loadedTensors()
}
