import Testing
import Torch

@Suite("Scopes")
struct ScopeTests {
    @Test("paths are joined by dots; the root has none")
    func paths() throws {
        _ = try Parameters.build(.random()) { scope in
            #expect(scope.path == "")
            #expect((scope / "visual" / "resblocks" / 3).path == "visual.resblocks.3")
        }
    }

    @Test("shapes are taken as a list or as numbers")
    func shapes() throws {
        let parameters = try Parameters.build(.random()) { scope in
            _ = scope.parameter("a", 2, 3, initial: .zeros)
            _ = scope.parameter("b", shape: [2, 3], initial: .zeros)
            _ = scope.parameter("c", initial: .zeros)
        }.parameters
        #expect(parameters.names.map { parameters[$0]?.shape } == [[2, 3], [2, 3], []])
    }

    private func values(_ initial: Initial) throws -> [Double] {
        try Parameters.build(.random(Generator(seed: 12))) { $0.parameter("w", 100, 50, initial: initial) }.model
            .array()
    }

    @Test("constants", arguments: [(Initial.zeros, 0.0), (.ones, 1), (.constant(-2.5), -2.5)])
    func constants(_ initial: Initial, _ value: Double) throws {
        #expect(try values(initial) == [Double](repeating: value, count: 5000))
    }

    @Test(
        "uniform values fill their bound",
        arguments: [(Initial.uniform(0.3), 0.3), (.kaiming(fanIn: 25), 0.2), (.xavier(fanIn: 100, fanOut: 50), 0.2)])
    func uniform(_ initial: Initial, _ bound: Double) throws {
        let values = try values(initial)
        #expect(values.allSatisfy { abs($0) <= bound * 1.000001 })
        #expect(try #require(values.max()) > 0.95 * bound && #require(values.min()) < -0.95 * bound)
        #expect(abs(values.reduce(0, +) / 5000) < 0.05 * bound)
    }

    @Test("normal values have their deviation")
    func normal() throws {
        let values = try values(.normal(0.02))
        let mean = values.reduce(0, +) / 5000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4999
        #expect(abs(mean) < 0.001 && abs(variance.squareRoot() - 0.02) < 0.001)
    }

    @Test("normal values reduced modulo 2 stay within it and keep their sign")
    func moduloNormal() throws {
        let values = try values(.moduloNormal(0.5)),
            draws = Generator(seed: 12).normal([100, 50]).array(of: Double.self)
        #expect(draws.contains { $0 > 2 } && draws.contains { $0 < -2 })
        for (value, draw) in zip(values, draws) {
            #expect(abs(value - 0.5 * draw.truncatingRemainder(dividingBy: 2)) < 1e-6)
        }
    }

    @Test("a copy has the other's values and its own storage")
    func copy() throws {
        let (pair, parameters) = try Parameters.build(.random(Generator(seed: 12))) { scope in
            let first = scope.parameter("a", 3, initial: .normal(1))
            return (first, scope.parameter("b", 3, initial: .copy(of: first)))
        }
        #expect(pair.0.array(of: Float.self) == pair.1.array(of: Float.self))
        parameters.train { $0 == "b" }
        pair.1.pow(2).sum().backward()
        SGD([ParameterGroup(parameters.train { $0 == "b" })]).step(learningRate: 0.1)
        #expect(pair.0.array(of: Float.self) != pair.1.array(of: Float.self))
    }
}
