import Testing
import Torch

/// A few steps of an optimiser over given gradients, and PyTorch's parameters after each.
struct RecordedOptimizer: Decodable, Sendable, CustomTestStringConvertible {
    struct Group: Decodable, Sendable {
        let names: [String]
        let weightDecay: Double
        let learningRateScale: Double
    }

    struct Settings: Decodable, Sendable {
        enum Kind: String, Decodable { case adamW = "AdamW", sgd = "SGD" }
        let kind: Kind
        let betas: [Double]?
        let eps: Double?
        let momentum: Double?
        let nesterov: Bool?
    }

    struct Step: Decodable, Sendable {
        let rate: Double
        let norm: Double?
        let gradients: [String: RecordedTensor]
        let parameters: [String: RecordedTensor]
    }

    let name: String
    let groups: [Group]
    let settings: Settings
    let limit: Double?
    let parameters: [String: RecordedTensor]
    let steps: [Step]

    var testDescription: String { name }

    /// The optimiser's step for a rate.
    func stepper(_ groups: [ParameterGroup]) throws -> (Double) -> Void {
        switch settings.kind {
        case .adamW:
            let betas = try #require(settings.betas)
            let optimizer = AdamW(groups, betas: (betas[0], betas[1]), eps: try #require(settings.eps))
            return { optimizer.step(learningRate: $0) }
        case .sgd:
            let optimizer = SGD(
                groups, momentum: try #require(settings.momentum), isNesterov: settings.nesterov == true)
            return { optimizer.step(learningRate: $0) }
        }
    }
}

/// Gives leaves the gradients of a recording, as a loss would.
func accumulate(_ gradients: [String: Tensor], in parameters: Parameters) {
    let products = gradients.sorted { $0.key < $1.key }.compactMap { name, gradient in
        parameters[name].map { ($0 * gradient).sum() }
    }
    guard let first = products.first else { return }
    products.dropFirst().reduce(first, +).backward()
}

@Suite("Optimisers against PyTorch's numbers")
struct RecordedOptimizersTests {
    @Test("parameters after every step", arguments: Recording<RecordedOptimizer>.load("optimizers.json"))
    func steps(_ recorded: RecordedOptimizer) throws {
        let tensors = recorded.parameters.mapValues(\.tensor)
        let parameters = try Parameters.build(.checkpoint(tensors)) { scope in
            for (name, tensor) in recorded.parameters.sorted(by: { $0.key < $1.key }) {
                _ = scope.parameter(name, shape: tensor.shape, initial: .zeros)
            }
        }.parameters
        let trained = parameters.train { _ in true }
        let groups = recorded.groups.map { group in
            ParameterGroup(
                trained.filter { name, _ in group.names.contains(name) }, learningRateScale: group.learningRateScale,
                weightDecay: group.weightDecay)
        }
        let step = try recorded.stepper(groups)
        let isSingle = tensors.values.contains { $0.dtype == .float32 }
        for (index, expected) in recorded.steps.enumerated() {
            trained.clearGradients()
            accumulate(expected.gradients.mapValues(\.tensor), in: parameters)
            if let limit = recorded.limit, let norm = expected.norm {
                #expect(abs(trained.clipGradients(to: limit) - norm) < 1e-9)
            }
            step(expected.rate)
            for (name, values) in expected.parameters {
                expectClose(
                    try #require(parameters[name]), values.tensor, absolute: isSingle ? 2e-7 : 1e-12,
                    relative: isSingle ? 1e-6 : 1e-10, "\(name) after step \(index)")
            }
        }
        let unused = try #require(recorded.parameters["unused"]).tensor.array(of: Double.self)
        #expect(try #require(parameters["unused"]).array(of: Double.self) == unused)
    }
}
