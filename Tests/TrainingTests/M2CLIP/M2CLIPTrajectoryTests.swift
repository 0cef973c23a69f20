import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

private struct TrajectoryCase: Decodable {
    struct Optimizer: Decodable {
        let betas: [Double], eps: Double, lr: Double, weight_decay: Double
        let group_sizes: [String: Int]
    }
    struct ScheduleSettings: Decodable {
        let steps_per_epoch: Int, warmup_epochs: Double, epochs: Double
        let lr_per_step_per_group: [[Double]]
        let group_order: [String]
    }
    let config: M2CLIPCaseSizes
    let optimizer: Optimizer
    let schedule: ScheduleSettings
    let num_steps: Int
    let tolerances: [String: Tolerance]

    /// The recipe's groups by the names that cases give them, in the recipe's order.
    static let groups = ["decay", "text_decay", "no_decay", "text_no_decay"]

    /// The first tolerance of these names that the case gives.
    func tolerance(_ names: String...) throws -> Tolerance {
        try #require(names.lazy.compactMap { tolerances[$0] }.first, "no tolerance \(names)")
    }

    var recipe: M2CLIPRecipe {
        var recipe = M2CLIPRecipe(epochs: schedule.epochs)
        recipe.warmupEpochs = schedule.warmup_epochs
        recipe.learningRate = optimizer.lr
        recipe.weightDecay = optimizer.weight_decay
        (recipe.beta1, recipe.beta2, recipe.eps) = (optimizer.betas[0], optimizer.betas[1], optimizer.eps)
        return recipe
    }
}

@Suite("Training M2-CLIP against the reference")
struct M2CLIPTrajectoryTests {
    @Test("groups and rates", arguments: Fixture.all("m2clip", "train_trajectory"))
    func groups(_ fixture: Fixture) throws {
        let own = try fixture.decode(TrajectoryCase.self)
        let recording = try M2CLIPRecording(fixture, own.config)
        let groups = own.recipe.groups(recording.trained)
        let byName = Dictionary(uniqueKeysWithValues: zip(TrajectoryCase.groups, groups))
        #expect(Set(own.optimizer.group_sizes.keys).isSubset(of: TrajectoryCase.groups))
        for (name, group) in byName {  // a group that the case does not name is empty
            #expect(group.parameters.names.count == own.optimizer.group_sizes[name] ?? 0, "\(name)")
        }
        #expect(groups.flatMap(\.parameters.names).sorted() == recording.trained.names.sorted())
        for (step, rates) in own.schedule.lr_per_step_per_group.enumerated() {
            let rate = own.recipe.learningRate(at: step, stepsPerEpoch: own.schedule.steps_per_epoch)
            #expect(rates.count == own.schedule.group_order.count)
            for (name, recorded) in zip(own.schedule.group_order, rates) {
                let group = try #require(byName[name], "\(name)")
                #expect(abs(rate * group.learningRateScale - recorded) < 1e-12, "step \(step), \(name)")
            }
        }
    }

    @Test("losses and weights of every step", arguments: Fixture.all("m2clip", "train_trajectory"))
    @TorchActor
    func trajectory(_ fixture: Fixture) throws {
        let own = try fixture.decode(TrajectoryCase.self)
        try own.recipe.validate()
        let recording = try M2CLIPRecording(fixture, own.config)
        let recorded = recording.recorded
        let cache = ClassPromptCache(recording.model, tokens: try recorded.required("inputs.class_tokens"))
        let stepper = try Stepper(try training(recording, own.recipe))
        for step in 0..<own.num_steps {
            let outputs = try recording.outputs("inputs.step\(step).") { _ in cache.features(recording.model) }
            let loss = try recording.compareLosses(
                outputs, inputs: "inputs.step\(step).", losses: "losses.step\(step).", own.tolerance("losses"))
            let report = try stepper.step(
                learningRate: own.recipe.learningRate(at: step, stepsPerEpoch: own.schedule.steps_per_epoch),
                parts: [try batch("inputs.step\(step).", recorded)])
            #expect(abs(report.loss - loss.item(Double.self)) < 1e-6)
            for name in recorded.names(below: "after_step\(step).").sorted() {
                let weight = try #require(recording.parameters[name])
                recorded.compare(
                    weight, "after_step\(step).\(name)", try own.tolerance("after_step\(step)", "after_step"))
            }
        }
        #expect(recorded.names(below: "after_step.") == Set(recording.trained.names))
        for (name, weight) in zip(recording.trained.names, recording.trained.tensors) {
            recorded.compare(weight, "after_step.\(name)", try own.tolerance("after_step"))
        }
        recorded.expectAllTaken()
        for (name, weight) in recorded.below("weights.") where !M2CLIPConfiguration.isTrained(name) {
            expectClose(try #require(recording.parameters[name]), weight, absolute: 0, relative: 0, name)
        }
    }

    @TorchActor
    private func training(_ recording: M2CLIPRecording, _ recipe: M2CLIPRecipe) throws -> M2CLIPTraining {
        let tokens = try recording.recorded.required("inputs.class_tokens")
        let vocabulary = TokenizerTrainer(mergeLimit: 0).vocabulary(from: [:])
        let masking = try LabelMasking(
            Tokenizer(vocabulary: vocabulary), vocabulary: LabelVocabulary(classes: ["a"]),
            contextLength: tokens.shape[1], templates: recording.model.configuration.templates)
        return M2CLIPTraining(
            recording.model, recording.parameters, recipe,
            try M2CLIPTraining.Texts(classes: [], masking: masking, classTokens: tokens))
    }

    private func batch(_ prefix: String, _ recorded: RecordedTensors) throws -> TrainingBatch {
        TrainingBatch(
            .clips(try recorded.required("\(prefix)video").permuted(0, 2, 1, 3, 4)),
            labels: try recorded.required("\(prefix)labels"),
            texts: ClipTexts(
                tokens: try recorded.required("\(prefix)text_tokens"),
                words: try recorded.required("\(prefix)mlm_labels")),
            isDropping: false)
    }
}
