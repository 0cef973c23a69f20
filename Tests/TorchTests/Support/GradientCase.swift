import Testing
import Torch

/// An operation whose gradients are compared with central differences.
struct GradientCase: Sendable, CustomTestStringConvertible {
    /// Which numbers the operation is given.
    enum Domain: Sendable {
        /// Between -2 and 2, distinct, none nearer than 0.02 to zero or an integer: away from the kinks.
        case any
        /// Between 0.3 and 2.3, distinct.
        case positive
    }

    let name: String
    let shapes: [[Int]]
    let domain: Domain
    let operation: @Sendable ([Tensor]) -> Tensor

    init(
        _ name: String, _ shapes: [Int]..., domain: Domain = .any, operation: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
        self.name = name
        self.shapes = shapes
        self.domain = domain
        self.operation = operation
    }

    var testDescription: String { "\(name) \(shapes)" }

    /// Expects the gradients of a weighted sum of the result by every input to equal central differences.
    ///
    /// In float64 with a step of 1e-5 the differences are good to about 1e-9; a wrong gradient is off by far more.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let inputs = makeInputs()
        inputs.forEach { $0.setRequiresGradient(true) }
        let result = operation(inputs)
        guard result.requiresGradient else {
            Issue.record("no gradient is recorded", sourceLocation: sourceLocation)
            return
        }
        let weights = Generator(seed: 99).normal(result.shape, dtype: .float64)
        let gradients = (result * weights).gradients(by: inputs)

        for (i, input) in inputs.enumerated() {
            guard let gradient = gradients[i] else {
                Issue.record("input \(i) has no gradient", sourceLocation: sourceLocation)
                continue
            }
            let values = input.array(of: Double.self)
            let differences = values.indices.map { k in
                func loss(_ step: Double) -> Double {
                    var (moved, others) = (values, inputs.map { $0.detached() })
                    moved[k] += step
                    others[i] = Tensor(moved, shape: input.shape)
                    return (operation(others) * weights).sum().item()
                }
                return (loss(1e-5) - loss(-1e-5)) / 2e-5
            }
            expectClose(
                gradient, Tensor(differences, shape: input.shape), absolute: 1e-7, relative: 1e-6, "input \(i)",
                sourceLocation: sourceLocation)
        }
    }

    private func makeInputs() -> [Tensor] {
        let generator = Generator(seed: 5)
        return shapes.map { shape in
            let count = shape.reduce(1, *)
            let order = generator.permutation(count).array(of: Double.self)
            let jitter = generator.uniform([count], dtype: .float64).array(of: Double.self)
            let values = zip(order, jitter).map { place, jitter in
                let share = (place + 0.25 + 0.5 * jitter) / Double(count)
                switch domain {
                case .positive: return 0.3 + 2 * share
                case .any:
                    let value = 4 * share - 2
                    let whole = value.rounded()
                    return abs(value - whole) < 0.02 ? whole + 0.02 : value
                }
            }
            return Tensor(values, shape: shape)
        }
    }
}
