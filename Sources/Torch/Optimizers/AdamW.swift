internal import CTorch

/// Parameters that an optimiser treats alike.
public struct ParameterGroup: Sendable {
    /// The parameters.
    public let parameters: TrainedParameters
    /// Multiplies the schedule's learning rate.
    public var learningRateScale: Double
    /// The decay of weights in each step, as a share of the learning rate.
    public var weightDecay: Double

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - parameters: the parameters.
    ///   - learningRateScale: multiplies the schedule's learning rate.
    ///   - weightDecay: decoupled for AdamW, added to the gradient for SGD.
    public init(_ parameters: TrainedParameters, learningRateScale: Double = 1, weightDecay: Double = 0) {
        self.parameters = parameters
        self.learningRateScale = learningRateScale
        self.weightDecay = weightDecay
    }

    /// The usual two groups: weight decay for tensors of two or more axes, none for biases, norms and scales.
    ///
    /// - Parameters:
    ///   - parameters: all trained parameters.
    ///   - weightDecay: the decay of the first group.
    /// - Returns: the groups, without empty ones.
    public static func decayingMatrices(_ parameters: TrainedParameters, weightDecay: Double) -> [ParameterGroup] {
        [
            ParameterGroup(parameters.filter { $1.rank >= 2 }, weightDecay: weightDecay),
            ParameterGroup(parameters.filter { $1.rank < 2 }),
        ].filter { $0.parameters.count > 0 }
    }
}

/// Adam with decoupled weight decay, by LibTorch's fused kernel.
///
///     m = β₁ m + (1 - β₁) g        v = β₂ v + (1 - β₂) g²
///     w = w (1 - η λ) - η (m / (1 - β₁ᵗ)) / (sqrt(v / (1 - β₂ᵗ)) + ε)
///
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization"; `torch.optim.AdamW`.
public final class AdamW {
    /// The groups.
    public var groups: [ParameterGroup]
    private let betas: (Double, Double)
    private let eps: Double
    private var averages: [[Tensor]]
    private var squares: [[Tensor]]
    private var steps: [[Tensor]]

    /// Makes an optimiser with empty averages.
    ///
    /// - Parameters:
    ///   - groups: the parameters.
    ///   - betas: how much of the averages of gradients and of their squares stays in each step.
    ///   - eps: added to the denominator.
    public init(_ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8) {
        self.groups = groups
        self.betas = betas
        self.eps = eps
        func zeros() -> [[Tensor]] {
            groups.map { $0.parameters.tensors.map { .zeros($0.shape, dtype: $0.dtype, device: $0.device) } }
        }
        averages = zeros()
        squares = zeros()
        steps = groups.map { $0.parameters.tensors.map { .zeros([], device: $0.device) } }
    }

    /// Changes the parameters by their gradients; parameters without a gradient stay, as in PyTorch.
    ///
    /// - Parameter learningRate: the schedule's rate η.
    public func step(learningRate: Double) {
        for (group, settings) in groups.enumerated() {
            let parameters = settings.parameters.tensors
            let used = parameters.indices.compactMap { i in parameters[i].gradient.map { (i, $0) } }
            if used.isEmpty { continue }
            let picked = { (tensors: [Tensor]) in used.map { tensors[$0.0] } }
            let done = withHandles(picked(parameters)) { parameters, count in
                withHandles(used.map(\.1)) { gradients, _ in
                    withHandles(picked(averages[group])) { averages, _ in
                        withHandles(picked(squares[group])) { squares, _ in
                            withHandles(picked(steps[group])) { steps, _ in
                                ct_adamw_step(
                                    parameters, gradients, averages, squares, steps, count,
                                    learningRate * settings.learningRateScale, betas.0, betas.1, settings.weightDecay,
                                    eps)
                            }
                        }
                    }
                }
            }
            check(done, "AdamW: \(lastError)")
        }
    }

    /// The averages and step counts by parameter name (`exp_avg.…`, `exp_avg_sq.…`, `step.…`), for checkpoints.
    public var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (group, settings) in groups.enumerated() {
            for (i, name) in settings.parameters.names.enumerated() {
                state["exp_avg.\(name)"] = averages[group][i]
                state["exp_avg_sq.\(name)"] = squares[group][i]
                state["step.\(name)"] = steps[group][i]
            }
        }
        return state
    }

    /// Takes up a saved state.
    ///
    /// - Parameter saved: what `state` gave, for the same parameters.
    /// - Throws: `ParameterError` naming what is missing or of another shape.
    public func restore(_ saved: [String: Tensor]) throws(ParameterError) {
        let own = state
        var problems = ParameterError()
        problems.missing = own.keys.filter { saved[$0] == nil }.sorted()
        problems.unexpected = saved.keys.filter { own[$0] == nil }.sorted()
        for (name, tensor) in own.sorted(by: { $0.key < $1.key }) {
            guard let found = saved[name], found.shape != tensor.shape else { continue }
            problems.mismatched.append(.init(name: name, expected: "\(tensor.shape)", found: "\(found.shape)"))
        }
        guard problems.isEmpty else { throw problems }
        for (name, tensor) in own {
            if let found = saved[name] { tensor.copy(from: found) }
        }
    }
}
