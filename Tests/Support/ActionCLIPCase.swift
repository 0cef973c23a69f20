package import ActionModels
package import CLIP
internal import Testing
package import Torch

/// What the case files of ActionCLIP say.
package struct ActionCLIPCase: Decodable {
    package struct Sizes: Decodable {
        package let num_frames: Int?
        package let embed_dim: Int?
        package let context_length: Int?
        let image_size: Int?
        let patch_size: Int?
        let vision_width: Int?
        let vision_layers: Int?
        let vision_heads: Int?
        let vocab_size: Int?
        let text_width: Int?
        let text_layers: Int?
        let text_heads: Int?
        package let tsm: Bool?
        package let tsm_fold_div: Int?
        let aggregator: String?
        let aggregator_heads: Int?
        let aggregator_feedforward: Int?
        let aggregator_layers: Int?
    }

    package let config: Sizes
    package let tolerance: Tolerances
    private let parameters_without_gradient: [String]?
    private let zero_gradient_parameters: [String]?

    /// The parameters without a gradient, by the model's names.
    package var parametersWithoutGradient: Set<String> {
        Set((parameters_without_gradient ?? []).map(ActionCLIPLayout.canonicalName))
    }
    /// The parameters whose gradient is zero, by the model's names.
    package var zeroGradientParameters: Set<String> {
        Set((zero_gradient_parameters ?? []).map(ActionCLIPLayout.canonicalName))
    }
}

extension ActionCLIPCase.Sizes {
    /// The towers; what a case leaves out is as small as can be, and heads are 64 wide.
    package func clip() throws -> CLIPConfiguration {
        CLIPConfiguration(
            embedDim: try #require(embed_dim),
            vision: VisionConfiguration(
                imageSize: image_size ?? 1, patchSize: patch_size ?? 1,
                blocks: blocks(width: vision_width, layers: vision_layers, heads: vision_heads)),
            text: TextConfiguration(
                contextLength: context_length ?? 1, vocabularySize: vocab_size ?? 2,
                blocks: blocks(width: text_width, layers: text_layers, heads: text_heads)),
            activation: .quickGELU)
    }

    private func blocks(width: Int?, layers: Int?, heads: Int?) -> TransformerConfiguration {
        let width = width ?? 1
        return TransformerConfiguration(width: width, layers: layers ?? 0, heads: heads ?? max(width / 64, 1))
    }

    /// The aggregator, its sizes as the case says, else as the reference has them.
    package func aggregatorConfiguration() throws -> AggregatorConfiguration {
        let name = try #require(aggregator)
        let kind = try #require(AggregatorConfiguration.Kind(rawValue: name), "aggregator \(name)")
        switch AggregatorConfiguration(kind, clip: try clip()) {
        case .transformer(var sizes):
            sizes.layers = aggregator_layers ?? sizes.layers
            sizes.heads = aggregator_heads ?? sizes.heads
            return .transformer(sizes)
        case .classToken(var sizes):
            sizes.layers = aggregator_layers ?? sizes.layers
            sizes.heads = aggregator_heads ?? sizes.heads
            sizes.feedForward = aggregator_feedforward ?? sizes.feedForward
            return .classToken(sizes)
        case let other: return other
        }
    }

    /// The model; a case without an aggregator has the mean.
    package func model(_ temporal: TemporalModelling? = nil) throws -> ActionCLIPConfiguration {
        let configuration = ActionCLIPConfiguration(
            clip: try clip(), frames: num_frames ?? 1,
            aggregator: aggregator == nil ? .mean : try aggregatorConfiguration(),
            temporal: temporal ?? (tsm == true ? .shift : .none))
        try configuration.validate()
        return configuration
    }
}

extension ActionCLIPCase {
    /// Compares the gradients of all parameters, and that exactly the right ones have none.
    package func expectGradients(_ parameters: Parameters, _ recorded: RecordedTensors) throws {
        let tolerance = try tolerance.both("grads"), without = parametersWithoutGradient
        #expect(without.isSubset(of: parameters.names))
        #expect(recorded.names(below: "grads.") == Set(parameters.names).subtracting(without))
        for name in parameters.names {
            let gradient = try #require(parameters[name]).gradient
            if without.contains(name) {
                #expect(gradient == nil, "\(name) has a gradient")
                continue
            }
            expectClose(
                try #require(gradient, "\(name) has no gradient"), try recorded.required("grads.\(name)"),
                absolute: tolerance.absolute, relative: tolerance.relative, name)
        }
        for name in zeroGradientParameters {
            let gradient = try #require(parameters[name]?.gradient, "\(name) has no gradient")
            #expect(gradient.abs.max().item(Double.self) <= tolerance.absolute, "\(name)")
        }
    }
}
