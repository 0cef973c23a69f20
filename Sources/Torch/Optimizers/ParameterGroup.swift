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
