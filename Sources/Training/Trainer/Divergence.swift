/// What became unusable when a training diverged.
public enum Divergence: Sendable, Equatable, CustomStringConvertible {
    /// The loss is infinite or NaN.
    case loss(Double)
    /// The loss is a number, but the norm of its gradients is infinite or NaN.
    case gradients(norm: Double)
    /// Gradients in float16 overflow at any scale of the loss; so many steps in a row were left out.
    case scale(skippedSteps: Int)

    /// What happened.
    public var description: String {
        switch self {
        case .loss(let loss): "the loss is \(loss)"
        case .gradients(let norm): "the loss is a number, but the norm of its gradients is \(norm)"
        case .scale(let skippedSteps):
            "gradients overflow in float16 whatever the loss is scaled by; \(skippedSteps) steps in a row were left out"
        }
    }
}
