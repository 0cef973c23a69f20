import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

@Suite("ActionCLIP's training against the reference")
struct ActionCLIPTrajectoryTests {
    @Test(
        "all steps: losses, rates, and all weights behind them",
        arguments: Fixture.all("actionclip", "train_trajectory"))
    @TorchActor
    func trajectory(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), run: ActionCLIPTrajectoryCase = try fixture.decode()
        let recorded = try RecordedTensors(fixture, renaming: ActionCLIPLayout.canonicalName)
        let configuration = try facts.config.model(), recipe = try run.recipe(), tolerance = facts.tolerance
        let (model, parameters) = try Parameters.build(.checkpoint(recorded.below("weights."))) {
            ActionCLIP($0, configuration)
        }
        let vocabulary = TokenizerTrainer(mergeLimit: 0).vocabulary(from: [:])
        let training = ActionCLIPTraining(
            model, parameters, recipe, classes: [], tokenizer: Tokenizer(vocabulary: vocabulary))
        let stepper = try Stepper(training)
        try expectGroups(recipe, training.trained, run)
        var sums = try StepSums(run, parameters)
        for (step, position) in run.config.epoch_positions.enumerated() {
            let rate = recipe.learningRate * recipe.schedule.factor(at: position)
            let loss = try expectLoss(of: model, recipe, recorded, step, tolerance)
            let report = try stepper.step(learningRate: rate, parts: [try batch(step, recorded)])
            #expect(abs(report.loss - loss.item(Double.self)) < 1e-6)
            expectClose(
                model.clip.logitScale.detached(),
                try recorded.required("outputs.logit_scale_after_step").select(0, step),
                absolute: try tolerance("after_step_atol"), relative: 0, "logit_scale after step \(step)")
            try sums.expect(
                parameters, after: step, rates: run.optimizer.lr_per_step[step],
                outliers: tolerance("after_step_allowed_outliers"))
            try expectPrompts(recorded, step, classes: run.config.num_classes)
        }
        try expectWeights(parameters, recorded, run.ignored(), tolerance)
        for name in facts.parametersWithoutGradient {
            let before = try recorded.required("weights.\(name)"), after = try #require(parameters[name])
            expectClose(after.detached(), before, absolute: 0, relative: 0, "\(name) must stay")
        }
        recorded.expectAllTaken()
    }

    private func batch(_ step: Int, _ recorded: RecordedTensors) throws -> TrainingBatch {
        TrainingBatch(
            .clips(try recorded.required("inputs.images").select(0, step)),
            labels: try recorded.required("inputs.labels").select(0, step),
            texts: ClipTexts(tokens: try recorded.required("inputs.text_tokens").select(0, step)), isDropping: false)
    }

    /// Compares groups, their rates in every step, and the optimiser's numbers; an empty group is left out here.
    private func expectGroups(
        _ recipe: ActionCLIPRecipe, _ trained: TrainedParameters, _ run: ActionCLIPTrajectoryCase
    ) throws {
        let groups = recipe.groups(trained), recorded = run.optimizer.groups
        let scales =
            recipe.method.isAdamW ? [1, recipe.imageRatio, recipe.aggregatorRatio] : [1, recipe.aggregatorRatio]
        let used = recorded.indices.filter { !recorded[$0].parameters.isEmpty }
        #expect(groups.map { Set($0.parameters.names) } == used.map { run.groupNames[$0] })
        try #require(recorded.count == scales.count || recorded.count == groups.count)
        let expected = recorded.count == scales.count ? scales : groups.map(\.learningRateScale)
        #expect(groups.map(\.learningRateScale) == used.map { expected[$0] })
        try #require(run.optimizer.lr_per_step.count == run.config.epoch_positions.count)
        for (scale, group) in zip(expected, recorded) {
            let base = recipe.learningRate * scale
            #expect(abs((group.base_lr ?? base) - base) <= 1e-12)
        }
        for (position, rates) in zip(run.config.epoch_positions, run.optimizer.lr_per_step) {
            try #require(rates.count == expected.count)
            for (rate, scale) in zip(rates, expected) {
                #expect(abs(recipe.learningRate * scale * recipe.schedule.factor(at: position) - rate) <= 1e-12)
            }
        }
        guard recipe.method.isAdaptive else { return }
        #expect(run.optimizer.betas ?? [0.9, 0.98] == [0.9, 0.98] && run.optimizer.eps ?? 1e-8 == 1e-8)
    }

    /// Compares logits and losses of a step, and gives the loss.
    private func expectLoss(
        of model: ActionCLIP, _ recipe: ActionCLIPRecipe, _ recorded: RecordedTensors, _ step: Int,
        _ tolerance: Tolerances
    ) throws -> Tensor {
        let clips = try recorded.required("inputs.images").select(0, step),
            labels = try recorded.required("inputs.labels").select(0, step)
        let tokens = try recorded.required("inputs.text_tokens").select(0, step)
        let logits = withoutGradient { model.logits(videos: model.encodeVideo(clips), texts: model.encodeText(tokens)) }
        expectClose(
            logits, try recorded.required("outputs.logits_per_video").select(0, step),
            absolute: try tolerance("outputs_atol"),
            relative: 0, "logits of step \(step)")
        let loss = recipe.loss(of: model, clips: clips, tokens: tokens, labels: labels, training: false)
        for (name, value) in [("video", loss.video), ("text", loss.text), ("total", loss.total)] {
            expectClose(
                value, try recorded.required("losses.\(name)").select(0, step), absolute: try tolerance("losses_atol"),
                relative: 0, "\(name) in step \(step)")
        }
        return loss.total
    }

    private func expectPrompts(_ recorded: RecordedTensors, _ step: Int, classes: Int) throws {
        let labels = try recorded.required("inputs.labels").select(0, step).array(of: Int.self)
        let templates = try recorded.required("inputs.template_ids").select(0, step).array(of: Int.self)
        let rows = Tensor(zip(templates, labels).map { $0 * classes + $1 })
        expectClose(
            try recorded.required("inputs.prompt_tokens").selected(0, rows),
            try recorded.required("inputs.text_tokens").select(0, step),
            absolute: 0, relative: 0, "prompts of step \(step)")
    }

    /// Compares all weights, but the recorded ranges of rounding noise and as many elements as may leave the tolerance.
    private func expectWeights(
        _ parameters: Parameters, _ recorded: RecordedTensors, _ ranges: [String: Range<Int>], _ tolerance: Tolerances
    ) throws {
        #expect(recorded.names(below: "after_step.") == Set(parameters.names))
        #expect(Set(ranges.keys).isSubset(of: parameters.names))
        let limit = try tolerance("after_step_atol")
        var outliers: [String] = []
        for name in parameters.names {
            let actual = try #require(parameters[name]).array(of: Double.self)
            let expected = try recorded.required("after_step.\(name)").array(of: Double.self)
            try #require(actual.count == expected.count, "\(name)")
            let ignored = ranges[name] ?? 0..<0
            for index in actual.indices
            where !ignored.contains(index) && !(abs(actual[index] - expected[index]) <= limit) {
                outliers.append("\(name)[\(index)]: \(actual[index]), recorded \(expected[index])")
            }
        }
        #expect(Double(outliers.count) <= (try tolerance("after_step_allowed_outliers")), "\(outliers)")
    }
}

extension ActionCLIPRecipe.Method {
    fileprivate var isAdamW: Bool { if case .adamW = self { true } else { false } }
    fileprivate var isAdaptive: Bool { if case .sgd = self { false } else { true } }
}

/// The sums of parameters behind every step, near enough to notice one wrong step of any tensor.
private struct StepSums {
    private let recorded: [String: [Double]]
    private let ignored: Set<String>
    private let groups: [Set<String>]
    /// The sum of each group's rates so far, by which any of its elements can have moved.
    private var moved: [Double]

    init(_ run: ActionCLIPTrajectoryCase, _ parameters: Parameters) throws {
        recorded = try run.sums()
        ignored = Set(try run.ignored().keys)
        groups = run.groupNames
        moved = groups.map { _ in 0 }
        #expect(Set(recorded.keys).isSubset(of: parameters.names))
        for (name, sums) in recorded { try #require(sums.count == run.config.epoch_positions.count, "\(name)") }
    }

    /// An element may be off by a thousandth of the rates so far and by its rounding.
    ///
    /// As many tensors as the case allows outliers may hold an element whose step is rounding noise.
    mutating func expect(_ parameters: Parameters, after step: Int, rates: [Double], outliers: Double) throws {
        for (group, rate) in zip(moved.indices, rates) { moved[group] += rate }
        var wrong: [String] = []
        for (name, sums) in recorded where !ignored.contains(name) {
            let values = try #require(parameters[name]).array(of: Double.self)
            let group = try #require(groups.firstIndex { $0.contains(name) }, "\(name) is in no group")
            let bound = values.reduce(0) { $0 + 1e-3 * moved[group] + 1e-7 * abs($1) }
            let distance = abs(values.reduce(0, +) - sums[step])
            if !(distance <= bound) { wrong.append("\(name) by \(distance), not \(bound)") }
        }
        #expect(Double(wrong.count) <= outliers, "sums after step \(step) are off: \(wrong)")
    }
}
