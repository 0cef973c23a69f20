/// Something that changes parameters by their gradients.
public protocol Optimizer: AnyObject {
    /// The groups.
    var groups: [ParameterGroup] { get set }
    /// What the optimiser remembers between steps, by parameter name, for checkpoints.
    var state: [String: Tensor] { get }

    /// Changes the parameters by their gradients; parameters without a gradient stay, as in PyTorch.
    ///
    /// - Parameter learningRate: the schedule's rate η.
    func step(learningRate: Double)
}

extension Optimizer {
    /// Takes up a saved state.
    ///
    /// - Parameter saved: what `state` gave, for the same parameters.
    /// - Throws: `ParameterError` naming what is missing or of another shape.
    public func restore(_ saved: [String: Tensor]) throws(ParameterError) {
        let own = state
        try ParameterError.check(saved, against: own)
        for (name, tensor) in own {
            if let found = saved[name] { tensor.copy(from: found) }
        }
    }
}
