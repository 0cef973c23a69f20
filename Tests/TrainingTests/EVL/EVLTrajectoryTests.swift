import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

/// What `case.json` of a recorded training of EVL says.
private struct EVLTrajectory: Decodable {
    struct Sizes: Decodable {
        let num_frames, grid_height, grid_width, patch_size, feature_dim, backbone_num_heads: Int
        let backbone_num_layers, decoder_num_layers, decoder_qkv_dim, decoder_num_heads, num_classes: Int
        let backbone_mlp_factor, decoder_mlp_factor: Double
        let enable_temporal_conv, enable_temporal_pos_embed, enable_temporal_cross_attention: Bool
    }
    struct Optimizer: Decodable {
        let betas, lr_per_step: [Double]
        let eps, lr, weight_decay: Double
        let t_max, batch_split: Int
    }
    struct Derived: Decodable { let layer_norm_eps, dropout: Double }
    struct Tolerance: Decodable { let atol, rtol: Double }

    let config: Sizes
    let optimizer: Optimizer
    let derived: Derived
    let steps: Int
    let tolerances: [String: Tolerance]
    let zero_gradient_parameters: [String]

    var configuration: EVLConfiguration {
        let blocks = TransformerConfiguration(
            width: config.feature_dim, layers: config.backbone_num_layers, heads: config.backbone_num_heads,
            mlpWidth: Int(config.backbone_mlp_factor * Double(config.feature_dim)))
        var configuration = EVLConfiguration(
            vision: VisionConfiguration(
                imageSize: config.patch_size * config.grid_width, patchSize: config.patch_size, blocks: blocks),
            frames: config.num_frames, classes: config.num_classes)
        configuration.layerNormEps = derived.layer_norm_eps
        configuration.decoderLayers = config.decoder_num_layers
        configuration.decoderWidth = config.decoder_qkv_dim
        configuration.decoderHeads = config.decoder_num_heads
        configuration.mlpFactor = config.decoder_mlp_factor
        configuration.hasTemporalConvolution = config.enable_temporal_conv
        configuration.hasTemporalPositions = config.enable_temporal_pos_embed
        configuration.hasTemporalCrossAttention = config.enable_temporal_cross_attention
        configuration.mlpDropout = derived.dropout
        configuration.headDropout = derived.dropout
        return configuration
    }

    var recipe: EVLRecipe {
        var recipe = EVLRecipe()
        recipe.learningRate = optimizer.lr
        recipe.weightDecay = optimizer.weight_decay
        (recipe.beta1, recipe.beta2, recipe.eps) = (optimizer.betas[0], optimizer.betas[1], optimizer.eps)
        (recipe.steps, recipe.batchSplit) = (optimizer.t_max, optimizer.batch_split)
        return recipe
    }

    func compare(_ actual: Tensor?, _ recorded: RecordedTensors, _ group: String, _ name: String) throws {
        let tolerance = try #require(tolerances[group])
        expectClose(
            try #require(actual, "\(name)"), recorded["\(group).\(name)"], absolute: tolerance.atol,
            relative: tolerance.rtol, "\(group).\(name)")
    }
}

@Suite("Training EVL as the reference does")
struct EVLTrajectoryTests {
    @Test("losses, gradients and weights of recorded steps", arguments: Fixture.all("evl", "train_trajectory"))
    func trajectory(_ fixture: Fixture) throws {
        let (record, recorded) = (try fixture.decode(EVLTrajectory.self), try RecordedTensors(fixture))
        let (configuration, recipe) = (record.configuration, record.recipe)
        try configuration.validate()
        try recipe.validate()
        #expect(record.config.grid_height == record.config.grid_width)
        let weights = try EVLLayout.canonical(recorded.below("weights."), path: fixture.testDescription)
        let (model, parameters) = try Parameters.build(.checkpoint(weights)) { EVL($0, configuration) }
        #expect(Set(parameters.names) == Set(weights.keys))
        let trained = parameters.train(configuration.isTrained)
        let optimizer = recipe.optimizer(trained)
        let unmoved = Set(record.zero_gradient_parameters)

        var losses: [Double] = []
        for step in 0..<record.steps {
            trained.clearGradients()
            let (clips, labels) = try batch(step, recorded)
            if step == 0 { try compareValues(model, clips, record, recorded) }
            losses.append(
                recipe.microBatches.accumulateGradients(of: clips.shape[0]) { part in
                    model(clips.slice(0, part)).crossEntropy(labels.slice(0, part))
                })
            if step == 0 { try compareGradients(trained, unmoved, record, recorded) }
            #expect(abs(recipe.rate(at: step) - record.optimizer.lr_per_step[step]) < 1e-12)
            optimizer.step(learningRate: recipe.rate(at: step))
        }
        try record.compare(Tensor(losses), recorded, "losses", "steps")
        let (clips, labels) = try batch(0, recorded)
        try record.compare(model(clips).crossEntropy(labels).reshaped(1), recorded, "losses", "after")
        for name in trained.names where !unmoved.contains(name) {
            try record.compare(parameters[name], recorded, "after_step", name)
        }
        for name in parameters.names where !trained.names.contains(name) {
            #expect(parameters[name]?.gradient == nil, "\(name)")
        }
        recorded.expectAllTaken()
    }

    private func batch(_ step: Int, _ recorded: RecordedTensors) throws -> (clips: Tensor, labels: Tensor) {
        let video = try #require(recorded["inputs.video.\(step)"])  // [B, 3, T, H, W]
        return (video.transposed(1, 2), try #require(recorded["inputs.labels.\(step)"]))
    }

    private func compareValues(
        _ model: EVL, _ clips: Tensor, _ record: EVLTrajectory, _ recorded: RecordedTensors
    ) throws {
        for (layer, trace) in model.head.decoder.trace(model.backboneFeatures(of: clips)).enumerated() {
            if model.configuration.hasTemporalCrossAttention {
                try record.compare(trace.crossed, recorded, "outputs", "step0.cross_attention.\(layer)")
            }
            try record.compare(trace.tokens, recorded, "outputs", "step0.frame_features.\(layer)")
            try record.compare(trace.query.unsqueezed(1), recorded, "outputs", "step0.query.\(layer)")
        }
        try record.compare(model(clips), recorded, "outputs", "logits_step0")
    }

    private func compareGradients(
        _ trained: TrainedParameters, _ unmoved: Set<String>, _ record: EVLTrajectory, _ recorded: RecordedTensors
    ) throws {
        for (name, parameter) in zip(trained.names, trained.tensors) {
            if unmoved.contains(name) {
                let gradient = parameter.gradient ?? .zeros(parameter.shape)
                expectClose(gradient, recorded["grads.\(name)"], absolute: 1e-6, relative: 0, name)
            } else {
                try record.compare(parameter.gradient, recorded, "grads", name)
            }
        }
    }
}
