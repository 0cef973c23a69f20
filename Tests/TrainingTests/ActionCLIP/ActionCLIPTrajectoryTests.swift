import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Training

@Suite("ActionCLIP's training against the reference")
struct ActionCLIPTrajectoryTests {
    private struct Case: Decodable {
        struct Solver: Decodable {
            let optim: String
            let lr: Double
            let ratio: Double
            let f_ratio: Double
            let weight_decay: Double
            let type: String
            let epochs: Int
            let lr_warmup_step: Double
            let momentum: Double
        }
        struct Config: Decodable {
            let epoch_positions: [Double]
            let num_classes: Int
            let solver: Solver
        }
        struct Group: Decodable {
            let base_lr: Double
            let parameters: [String]
        }
        struct Optimizer: Decodable {
            let betas: [Double]
            let eps: Double
            let groups: [Group]
            let lr_per_step: [[Double]]
        }
        struct Ranges: Decodable { let ranges: [String: [Int]] }
        let config: Config
        let optimizer: Optimizer
        let do_not_compare: Ranges
        let sums_after_each_step: [String: [Double]]
    }

    private func recipe(_ solver: Case.Solver) throws -> ActionCLIPRecipe {
        var recipe = ActionCLIPRecipe()
        switch solver.optim {
        case "adamw": recipe.method = .adamW(weightDecay: solver.weight_decay)
        case "adam": recipe.method = .adam
        case "sgd": recipe.method = .sgd(momentum: solver.momentum, weightDecay: solver.weight_decay)
        default: Issue.record("no optimiser \(solver.optim)")
        }
        try #require(solver.type == "cosine")
        (recipe.learningRate, recipe.imageRatio, recipe.aggregatorRatio) = (solver.lr, solver.ratio, solver.f_ratio)
        (recipe.epochs, recipe.warmupEpochs) = (solver.epochs, solver.lr_warmup_step)
        try recipe.validate()
        return recipe
    }

    @Test(
        "three steps: losses, rates, and all weights behind them",
        arguments: Fixture.all("actionclip", "train_trajectory"))
    func trajectory(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), run: Case = try fixture.decode()
        let recorded = try ActionCLIPTensors(fixture), configuration = try facts.config.model()
        let recipe = try recipe(run.config.solver), tolerance = facts.tolerance
        let (model, parameters) = try Parameters.build(.checkpoint(recorded.all("weights."))) {
            ActionCLIP($0, configuration)
        }
        let trained = parameters.train(ActionCLIPConfiguration.isTrained), groups = recipe.groups(trained)
        #expect(groups.map { Set($0.parameters.names) } == run.optimizer.groups.map { Set($0.parameters) })
        #expect(run.optimizer.betas == [0.9, 0.98] && run.optimizer.eps == 1e-8)
        let optimizer = recipe.optimizer(trained)
        for (step, position) in run.config.epoch_positions.enumerated() {
            let rate = recipe.learningRate * recipe.schedule.factor(at: position)
            for (group, expected) in zip(groups, run.optimizer.lr_per_step[step]) {
                #expect(abs(rate * group.learningRateScale - expected) <= 1e-12)
            }
            trained.clearGradients()
            try expectLoss(of: model, recipe, recorded, step, tolerance).backward()
            optimizer.step(learningRate: rate)
            expectClose(
                model.clip.logitScale.detached(), try recorded["outputs.logit_scale_after_step"].select(0, step),
                absolute: try tolerance("after_step_atol"), relative: 0, "logit_scale after step \(step)")
            for (name, sums) in run.sums_after_each_step where run.do_not_compare.ranges[name] == nil {
                let tensor = try #require(parameters[name]), sum = tensor.sum().item(Double.self)
                #expect(abs(sum - sums[step]) <= (try tolerance("after_step_atol")) * Double(tensor.count), "\(name)")
            }
            try expectPrompts(recorded, step, classes: run.config.num_classes)
        }
        try expectWeights(parameters, recorded, run.do_not_compare.ranges, tolerance)
        for name in facts.parameters_without_gradient ?? [] {
            let before = try recorded["weights.\(name)"]
            expectClose(try #require(parameters[name]), before, absolute: 0, relative: 0, "\(name) must stay")
        }
        recorded.expectAllSeen()
    }

    /// Compares logits and losses of a step, and gives the loss.
    private func expectLoss(
        of model: ActionCLIP, _ recipe: ActionCLIPRecipe, _ recorded: ActionCLIPTensors, _ step: Int,
        _ tolerance: Tolerances
    ) throws -> Tensor {
        let clips = try recorded["inputs.images"].select(0, step),
            labels = try recorded["inputs.labels"].select(0, step)
        let tokens = try recorded["inputs.text_tokens"].select(0, step)
        let logits = withoutGradient { model.logits(videos: model.encodeVideo(clips), texts: model.encodeText(tokens)) }
        expectClose(
            logits, try recorded["outputs.logits_per_video"].select(0, step), absolute: try tolerance("outputs_atol"),
            relative: 0, "logits of step \(step)")
        let loss = recipe.loss(of: model, clips: clips, tokens: tokens, labels: labels)
        for (name, value) in [("video", loss.video), ("text", loss.text), ("total", loss.total)] {
            expectClose(
                value, try recorded["losses.\(name)"].select(0, step), absolute: try tolerance("losses_atol"),
                relative: 0, "\(name) in step \(step)")
        }
        return loss.total
    }

    private func expectPrompts(_ recorded: ActionCLIPTensors, _ step: Int, classes: Int) throws {
        let labels = try recorded["inputs.labels"].select(0, step).array(of: Int.self)
        let templates = try recorded["inputs.template_ids"].select(0, step).array(of: Int.self)
        let rows = Tensor(zip(templates, labels).map { $0 * classes + $1 })
        expectClose(
            try recorded["inputs.prompt_tokens"].selected(0, rows), try recorded["inputs.text_tokens"].select(0, step),
            absolute: 0, relative: 0, "prompts of step \(step)")
    }

    /// Compares all weights, but the recorded ranges of rounding noise and as many elements as may leave the tolerance.
    private func expectWeights(
        _ parameters: Parameters, _ recorded: ActionCLIPTensors, _ ranges: [String: [Int]], _ tolerance: Tolerances
    ) throws {
        #expect(recorded.names("after_step.") == Set(parameters.names))
        let limit = try tolerance("after_step_atol")
        var outliers: [String] = []
        for name in parameters.names {
            let actual = try #require(parameters[name]).array(of: Double.self)
            let expected = try recorded["after_step.\(name)"].array(of: Double.self)
            try #require(actual.count == expected.count, "\(name)")
            let ignored = try ranges[name].map { try #require($0.count == 2 ? $0[0]..<$0[1] : nil) } ?? 0..<0
            for index in actual.indices
            where !ignored.contains(index) && !(abs(actual[index] - expected[index]) <= limit) {
                outliers.append("\(name)[\(index)]: \(actual[index]), recorded \(expected[index])")
            }
        }
        #expect(Double(outliers.count) <= (try tolerance("after_step_allowed_outliers")), "\(outliers)")
    }
}
