internal import CTorch

/// Adam with decoupled or with L2 weight decay, by LibTorch's fused kernels.
///
///     d = g,         u = w (1 - η λ)              decoupled: AdamW
///     d = g + λ w,   u = w                        in the gradient: Adam with L2 decay
///
///     m = β₁ m + (1 - β₁) d        v = β₂ v + (1 - β₂) d²
///     w = u - η (m / (1 - β₁ᵗ)) / (sqrt(v / (1 - β₂ᵗ)) + ε)
///
/// Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization"; Loshchilov and Hutter, "Decoupled Weight Decay
/// Regularization"; `torch.optim.Adam` and `torch.optim.AdamW`.
public final class AdamW: Optimizer {
    /// How weights decay.
    public enum Decay: String, Sendable, Codable, CaseIterable {
        /// Apart from the averages: AdamW.
        case decoupled
        /// Added to the gradient, so that the averages see it: `torch.optim.Adam` with `weight_decay`.
        case gradient
    }

    /// The groups.
    public var groups: [ParameterGroup]
    private let decay: Decay
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
    ///   - decay: how weights decay.
    public init(
        _ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
        decay: Decay = .decoupled
    ) {
        self.groups = groups
        self.decay = decay
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
        let kernel = decay == .decoupled ? ct_adamw_step : ct_adam_step
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
                                kernel(
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
}
