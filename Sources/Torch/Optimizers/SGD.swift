internal import CTorch

/// Stochastic gradient descent with momentum, by LibTorch's fused kernel.
///
///     u = μ u + g + λ w        w = w - η u
///
/// u begins at zero, so that the first step is the gradient's own.
///
/// Source: `torch.optim.SGD`.
public final class SGD: Optimizer {
    /// The groups.
    public var groups: [ParameterGroup]
    private let momentum: Double
    private let isNesterov: Bool
    private var momenta: [[Tensor]]

    /// Makes an optimiser.
    ///
    /// - Parameters:
    ///   - groups: the parameters.
    ///   - momentum: how much of the last step's direction stays.
    ///   - isNesterov: whether the gradient is taken ahead of the step.
    public init(_ groups: [ParameterGroup], momentum: Double = 0, isNesterov: Bool = false) {
        check(!isNesterov || momentum > 0, "SGD: Nesterov's step needs momentum")
        self.groups = groups
        self.momentum = momentum
        self.isNesterov = isNesterov
        momenta = groups.map { $0.parameters.tensors.map { .zeros($0.shape, dtype: $0.dtype, device: $0.device) } }
    }

    /// Changes the parameters by their gradients; parameters without a gradient stay.
    ///
    /// - Parameter learningRate: the schedule's rate η.
    public func step(learningRate: Double) {
        for (group, settings) in groups.enumerated() {
            let parameters = settings.parameters.tensors
            let used = parameters.indices.compactMap { i in parameters[i].gradient.map { (i, $0) } }
            if used.isEmpty { continue }
            let done = withHandles(used.map { parameters[$0.0] }) { parameters, count in
                withHandles(used.map(\.1)) { gradients, _ in
                    withHandles(used.map { momenta[group][$0.0] }) { momenta, _ in
                        ct_sgd_step(
                            parameters, gradients, momenta, count, learningRate * settings.learningRateScale, momentum,
                            0, settings.weightDecay, isNesterov, false)
                    }
                }
            }
            check(done, "SGD: \(lastError)")
        }
    }

    /// The last directions by parameter name (`momentum_buffer.…`), for checkpoints.
    public var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (group, settings) in groups.enumerated() {
            for (i, name) in settings.parameters.names.enumerated() {
                state["momentum_buffer.\(name)"] = momenta[group][i]
            }
        }
        return state
    }
}
