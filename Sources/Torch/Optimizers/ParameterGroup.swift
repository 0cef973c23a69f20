internal import Foundation

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

    /// Splits groups by depth: the rate falls by a factor with each layer away from the output.
    ///
    ///     scale = scale of the group · decayᵈ        d = distance from the output
    ///
    /// Source: Bao et al., "BEiT", appendix; timm `param_groups_layer_decay`.
    ///
    /// - Parameters:
    ///   - groups: the groups of a recipe.
    ///   - decay: the factor of a layer, 0 to 1.
    ///   - towers: the depths of each transformer; what belongs to none keeps its group's scale.
    /// - Returns: the groups, each from the output to the input, without empty ones.
    public static func layerwise(
        _ groups: [ParameterGroup], decay: Double, towers: [LayerDepth]
    ) -> [ParameterGroup] {
        groups.flatMap { group in
            func distance(_ name: String) -> Int { towers.map { $0.distance(of: name) }.max() ?? 0 }
            return Set(group.parameters.names.map(distance)).sorted().map { layer in
                ParameterGroup(
                    group.parameters.filter { name, _ in distance(name) == layer },
                    learningRateScale: group.learningRateScale * pow(decay, Double(layer)),
                    weightDecay: group.weightDecay)
            }
        }
    }
}
