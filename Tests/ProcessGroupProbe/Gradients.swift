internal import Torch

/// Gradients of parameters summed over processes.
enum Gradients {
    private static func parameters(_ names: [String]) -> TrainedParameters {
        let built = try? Parameters.build(.random(Generator(seed: 1))) { scope in
            for name in names { _ = scope.parameter(name, 2, initial: .normal(1)) }
        }
        guard let built else { fatalError("the parameters were not built") }
        return built.parameters.train { _ in true }
    }

    /// One parameter with gradients everywhere, one in process 0 only, one nowhere.
    static func partial(_ group: ProcessGroup) throws(ProcessGroupError) {
        let trained = parameters(["every", "first", "none"])
        let tensors = trained.tensors
        var loss = (tensors[0] * Double(group.rank + 1)).sum()
        if group.rank == 0 { loss = loss + (tensors[1] * 5).sum() }
        loss.backward()
        try trained.sumGradients(over: group)
        for (name, tensor) in zip(trained.names, tensors) {
            report("gradients.\(name)", tensor.gradient?.array(of: Double.self) ?? [])
        }
    }

    static func otherParameters(_ group: ProcessGroup) throws(ProcessGroupError) {
        let trained = parameters(group.rank == 0 ? ["a"] : ["a", "b"])
        try trained.sumGradients(over: group)
    }
}
