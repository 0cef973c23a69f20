internal import CTorch

/// Scales losses so that small gradients survive in float16, as large as goes without overflow.
///
/// A loss is multiplied by the scale before its backward pass and gradients are divided by it before the step. A step
/// whose gradients are not all finite is left out and the scale halved; after `interval` good steps it is doubled.
/// ```swift
/// scaler.scaled(loss).backward()
/// if scaler.unscaleGradients(of: trained) { optimizer.step(learningRate: rate) }
/// ```
/// With several processes the gradients are summed first; all then see the same numbers and decide alike.
///
/// Source: Micikevicius et al., "Mixed Precision Training", section 3.2; `torch.amp.GradScaler`.
public struct LossScaler: Codable, Sendable, Equatable {
    /// What losses are multiplied by.
    public private(set) var scale: Double
    /// The number of good steps since the scale last changed.
    public private(set) var goodSteps = 0
    /// What the scale is multiplied by after good steps.
    public var growth = 2.0
    /// What the scale is multiplied by after a step that was left out.
    public var backoff = 0.5
    /// The number of good steps before the scale grows.
    public var interval = 2000

    /// Makes a scaler.
    ///
    /// - Parameter scale: the first scale.
    public init(scale: Double = 65_536) { self.scale = scale }

    /// The loss to go backward from.
    ///
    /// - Parameter loss: one number.
    /// - Returns: the loss by the scale.
    public func scaled(_ loss: Tensor) -> Tensor { loss * scale }

    /// Divides the gradients by the scale, looks whether they can be used and sets the next step's scale.
    ///
    /// - Parameter parameters: whose gradients; call it once a step, for all of them.
    /// - Returns: whether all are finite; otherwise leave the step out.
    public mutating func unscaleGradients(of parameters: TrainedParameters) -> Bool {
        var isFinite = true
        let done = withHandles(parameters.tensors.compactMap(\.gradient)) {
            ct_unscale_gradients($0, $1, 1 / scale, &isFinite)
        }
        check(done, "LossScaler: \(lastError)")
        adapt(isFinite)
        return isFinite
    }

    private mutating func adapt(_ isFinite: Bool) {
        if !isFinite {
            scale *= backoff
            goodSteps = 0
        } else if goodSteps + 1 < interval {
            goodSteps += 1
        } else {
            if Float(scale * growth).isFinite { scale *= growth }
            goodSteps = 0
        }
    }
}
