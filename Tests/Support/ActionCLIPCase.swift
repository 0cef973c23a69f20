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
        let tsm: Bool?
        let aggregator: String?
        let aggregator_heads: Int?
        let aggregator_feedforward: Int?
        let aggregator_layers: Int?
    }

    package let config: Sizes
    package let tolerance: Tolerances
    package let parameters_without_gradient: [String]?
    package let zero_gradient_parameters: [String]?
}

extension ActionCLIPCase.Sizes {
    /// The towers; what a case leaves out is as small as can be.
    package func clip() throws -> CLIPConfiguration {
        CLIPConfiguration(
            embedDim: try #require(embed_dim),
            vision: VisionConfiguration(
                imageSize: image_size ?? 1, patchSize: patch_size ?? 1,
                blocks: TransformerConfiguration(
                    width: vision_width ?? 1, layers: vision_layers ?? 0, heads: vision_heads ?? 1)),
            text: TextConfiguration(
                contextLength: context_length ?? 1, vocabularySize: vocab_size ?? 2,
                blocks: TransformerConfiguration(
                    width: text_width ?? 1, layers: text_layers ?? 0, heads: text_heads ?? 1)),
            activation: .quickGELU)
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
    package func expectGradients(_ parameters: Parameters, _ recorded: ActionCLIPTensors) throws {
        let tolerance = try tolerance.both("grads"), without = Set(parameters_without_gradient ?? [])
        #expect(recorded.names("grads.") == Set(parameters.names).subtracting(without))
        for name in parameters.names {
            let gradient = parameters[name]?.gradient
            if without.contains(name) {
                #expect(gradient == nil, "\(name) has a gradient")
                continue
            }
            expectClose(
                try #require(gradient, "\(name) has no gradient"), try recorded["grads.\(name)"],
                absolute: tolerance.absolute, relative: tolerance.relative, name)
        }
        for name in zero_gradient_parameters ?? [] {
            #expect(parameters[name]?.gradient?.abs.max().item(Double.self) ?? 0 <= tolerance.absolute, "\(name)")
        }
    }
}
