import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

/// What `case.json` of a recorded training of EVL says; what it leaves out is the reference's default.
private struct EVLTrajectory: Decodable {
    struct Optimizer: Decodable {
        let betas, lr_per_step: [Double]?
        let eps, lr, weight_decay, gradient_clipping: Double?
        let t_max, batch_split: Int?
    }
    let optimizer: Optimizer
    let steps: Int

    private enum CodingKeys: String, CodingKey { case optimizer, steps }

    /// Sizes, tolerances and lists of names, as in every case of EVL.
    let facts: EVLCase

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        optimizer = try container.decode(Optimizer.self, forKey: .optimizer)
        steps = try container.decode(Int.self, forKey: .steps)
        facts = try EVLCase(from: decoder)
    }

    var recipe: EVLRecipe {
        var recipe = EVLRecipe()
        recipe.learningRate = optimizer.lr ?? recipe.learningRate
        recipe.weightDecay = optimizer.weight_decay ?? recipe.weightDecay
        if let betas = optimizer.betas { (recipe.beta1, recipe.beta2) = (betas[0], betas[1]) }
        recipe.eps = optimizer.eps ?? recipe.eps
        (recipe.steps, recipe.batchSplit) = (optimizer.t_max ?? recipe.steps, optimizer.batch_split ?? 1)
        return recipe
    }

    func compare(_ actual: Tensor?, _ recorded: RecordedTensors, _ group: String, _ name: String) throws {
        try compare(actual, recorded["\(group).\(name)"], group, name)
    }

    /// Expects values within the tolerances of a group.
    func compare(_ actual: Tensor?, _ expected: Tensor?, _ group: String, _ name: String) throws {
        let tolerance = try #require(facts.tolerances[group])
        expectClose(
            try #require(actual, "\(name)"), expected, absolute: tolerance.atol ?? 0, relative: tolerance.rtol ?? 0,
            "\(group).\(name)")
    }

    /// Whether Adam makes steps out of the rounding noise of a parameter's gradient, which is zero by mathematics.
    func isNoise(_ name: String) -> Bool {
        (facts.zero_gradient_parameters ?? []).contains(name) || name.hasSuffix("attn.k_proj.bias")
    }
}

@Suite("Training EVL as the reference does")
struct EVLTrajectoryTests {
    @Test("losses, gradients and weights of recorded steps", arguments: Fixture.all("evl", "train_trajectory"))
    @TorchActor
    func trajectory(_ fixture: Fixture) throws {
        let (record, recorded) = (try fixture.decode(EVLTrajectory.self), try RecordedTensors(fixture))
        let (configuration, recipe) = (record.facts.configuration, record.recipe)
        try configuration.validate()
        try recipe.validate()
        #expect(record.optimizer.gradient_clipping == nil)
        let released = recorded.below("weights.")
        let weights = try EVLLayout.canonical(released, path: fixture.testDescription)
        let (model, parameters) = try Parameters.build(.checkpoint(weights)) { EVL($0, configuration) }
        #expect(Set(parameters.names) == Set(weights.keys))
        let training = ClassHeadTraining(.evl(model, recipe), parameters), trained = training.trained
        let stepper = try Stepper(training)

        var losses: [Double] = []
        for step in 0..<record.steps {
            let (clips, labels) = try batch(step, recorded)
            if step == 0 {
                try compareValues(model, clips, record, recorded)
                try expectInvariance(released, clips, model(clips), record)
            }
            let parts = recipe.microBatches.parts(of: clips.shape[0]).map { part in
                TrainingBatch(
                    .clips(clips.slice(0, part)), labels: labels.slice(0, part), total: clips.shape[0],
                    isDropping: false)
            }
            let rate = training.learningRate(at: RunPosition(step: step, stepsPerEpoch: 1))
            losses.append(try stepper.step(learningRate: rate, parts: parts).loss)
            if step == 0 { try compareGradients(trained, record, recorded) }
            if let rates = record.optimizer.lr_per_step { #expect(abs(rate - rates[step]) < 1e-12) }
        }
        try record.compare(Tensor(losses), recorded, "losses", "steps")
        let (clips, labels) = try batch(0, recorded)
        try record.compare(model(clips).crossEntropy(labels).reshaped(1), recorded, "losses", "after")
        for name in trained.names {
            if record.isNoise(name) {
                _ = recorded["after_step.\(name)"]
            } else {
                try record.compare(parameters[name], recorded, "after_step", name)
            }
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

    /// Expects the same logits when the parameters that the case names hold other values.
    private func expectInvariance(
        _ released: [String: Tensor], _ clips: Tensor, _ logits: Tensor, _ record: EVLTrajectory
    ) throws {
        let generator = Generator(seed: 8), names = record.facts.output_invariant_to ?? []
        var other = released.mapValues { $0.cloned() }
        for name in names { other[name] = generator.normal(try #require(released[name], "\(name)").shape) }
        let weights = try EVLLayout.canonical(other, path: "other weights")
        let model = try Parameters.build(.checkpoint(weights)) { EVL($0, record.facts.configuration) }.model
        try record.compare(model(clips), logits, "outputs", "logits with other \(names)")
    }

    /// Compares all gradients; a pass that leaves a parameter out has none for it, which counts as zero.
    private func compareGradients(
        _ trained: TrainedParameters, _ record: EVLTrajectory, _ recorded: RecordedTensors
    ) throws {
        let zeros = Set(record.facts.zero_gradient_parameters ?? [])
        for (name, parameter) in zip(trained.names, trained.tensors) {
            let gradient = parameter.gradient ?? .zeros(parameter.shape)
            if zeros.contains(name) {
                expectClose(gradient, recorded["grads.\(name)"], absolute: 1e-6, relative: 0, name)
            } else {
                try record.compare(gradient, recorded, "grads", name)
            }
        }
    }
}
