import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

@Suite("ActionCLIP's recipe")
struct ActionCLIPRecipeTests {
    private struct ScheduleCase: Decodable {
        struct Row: Decodable {
            let epoch_position: Double?
            let lr: [Double]
        }
        struct Table: Decodable {
            let base_lr: [Double]
            let epochs: Int
            let warmup_epochs: Double?
            let milestones: [Double]?
            let rows: [Row]
        }
        struct Iteration: Decodable {
            let epoch: Int
            let iteration: Int
            let position: Double
            let lr: Double
        }
        struct Config: Decodable {
            let lr: Double?
            let base_lr: Double?
            let epochs: Int?
            let warmup_epochs: Double?
            let lr_warmup_step: Double?
            let iterations_per_epoch: Int?
            let refresh_every: Int?
        }
        let config: Config?
        let tables: [String: Table]?
        let iterations: [Iteration]?
        let tolerance: Tolerances

        /// The recipe of the iterations: what the case says, else what Kinetics-400 is trained by.
        func recipe() throws -> ActionCLIPRecipe {
            var recipe = ActionCLIPRecipe()
            recipe.learningRate = config?.lr ?? config?.base_lr ?? recipe.learningRate
            recipe.epochs = config?.epochs ?? recipe.epochs
            recipe.warmupEpochs = config?.warmup_epochs ?? config?.lr_warmup_step ?? recipe.warmupEpochs
            recipe.refresh = RateRefresh(every: config?.refresh_every ?? recipe.refresh.interval)
            try recipe.validate()
            return recipe
        }

        /// The iterations of an epoch; told by the first position inside of an epoch if nothing else does.
        func iterationsPerEpoch() throws -> Int {
            if let count = config?.iterations_per_epoch { return count }
            let inner = iterations?.filter { $0.position > Double($0.epoch) }.min { $0.iteration < $1.iteration }
            let first = try #require(inner, "the case does not tell how many iterations an epoch has")
            return Int((Double(first.iteration) / (first.position - Double(first.epoch))).rounded())
        }
    }

    @Test("rates at positions in epochs", arguments: Fixture.all("actionclip", "lr_schedule"))
    func schedule(_ fixture: Fixture) throws {
        let facts: ScheduleCase = try fixture.decode(), tolerance = try facts.tolerance.both("lr")
        try #require(facts.tables?.isEmpty == false || facts.iterations?.isEmpty == false, "nothing is recorded")
        for (name, table) in facts.tables ?? [:] {
            let decay = table.milestones.map(EpochSchedule.Decay.multistep) ?? .cosine
            let schedule = EpochSchedule(warmup: table.warmup_epochs ?? 0, end: Double(table.epochs), decay: decay)
            try #require(!table.rows.isEmpty)
            for row in table.rows {
                // The rate right after construction is that of the beginning.
                let factor = schedule.factor(at: row.epoch_position ?? 0)
                try #require(row.lr.count == table.base_lr.count)
                for (base, expected) in zip(table.base_lr, row.lr) {
                    let isClose = abs(base * factor - expected) <= tolerance.absolute + tolerance.relative * expected
                    #expect(isClose, "\(name) at \(row.epoch_position ?? 0): \(base * factor), recorded \(expected)")
                }
            }
        }
    }

    @Test(
        "rates of iterations, refreshed at the first and every tenth",
        arguments: Fixture.all("actionclip", "lr_schedule"))
    func refresh(_ fixture: Fixture) throws {
        let facts: ScheduleCase = try fixture.decode(), tolerance = try facts.tolerance.both("lr")
        guard let iterations = facts.iterations, !iterations.isEmpty else { return }
        let recipe = try facts.recipe(), count = try facts.iterationsPerEpoch()
        for expected in iterations {
            let position = recipe.refresh.position(
                epoch: expected.epoch, iteration: expected.iteration, of: count)
            #expect(abs(position - expected.position) < 1e-9)
            let rate = recipe.learningRate(epoch: expected.epoch, iteration: expected.iteration, of: count)
            #expect(abs(rate - expected.lr) <= tolerance.absolute + tolerance.relative * expected.lr)
        }
    }

    @Test("the first nine updates of a run have the rate 0, the tenth has not")
    func coldStart() {
        let recipe = ActionCLIPRecipe()
        let rates = (0..<12).map { recipe.learningRate(epoch: 0, iteration: $0, of: 100) }
        #expect(rates.prefix(9).allSatisfy { $0 == 0 })
        #expect(rates[9] > 0 && rates[10] == rates[9] && rates[11] == rates[9])
        #expect(abs(recipe.learningRate(epoch: 3, iteration: 0, of: 100) - 3e-6) < 1e-18)
        let always = RateRefresh(every: 1)
        #expect((0..<4).map { always.position(epoch: 1, iteration: $0, of: 4) } == [1, 1.25, 1.5, 1.75])
    }

    @Test("milestones at multiples of a step")
    func milestones() {
        #expect(EpochSchedule.Decay.multistep(every: 15, to: 50) == .multistep(milestones: [15, 30, 45]))
        #expect(EpochSchedule.Decay.multistep(every: 25, to: 50) == .multistep(milestones: [25, 50]))
    }

    private static func model(
        _ kind: AggregatorConfiguration.Kind = .transformer
    ) throws -> (model: ActionCLIP, parameters: Parameters) {
        let clip = CLIPConfiguration(
            embedDim: 8,
            vision: VisionConfiguration(
                imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 16, layers: 1, heads: 2)),
            text: TextConfiguration(
                contextLength: 6, vocabularySize: 20, blocks: TransformerConfiguration(width: 8, layers: 1, heads: 2)),
            activation: .quickGELU)
        let configuration = ActionCLIPConfiguration(
            clip: clip, frames: 2, aggregator: AggregatorConfiguration(kind, clip: clip))
        return try Parameters.build(.random(Generator(seed: 1))) { ActionCLIP($0, configuration) }
    }

    static let methods: [ActionCLIPRecipe.Method] = [
        .adamW(weightDecay: 0.1), .adam, .sgd(momentum: 0.9, weightDecay: 0.01),
    ]

    @Test("groups: image apart for AdamW, CLIP whole for the others; every parameter in one", arguments: methods)
    func groups(_ method: ActionCLIPRecipe.Method) throws {
        var recipe = ActionCLIPRecipe()
        (recipe.method, recipe.imageRatio, recipe.aggregatorRatio) = (method, 0.5, 20)
        let trained = try Self.model().parameters.train(ActionCLIPConfiguration.isTrained),
            groups = recipe.groups(trained)
        let isAdamW = method == .adamW(weightDecay: 0.1)
        #expect(groups.map(\.learningRateScale) == (isAdamW ? [1, 0.5, 20] : [1, 20]))
        #expect(groups.allSatisfy { $0.weightDecay == method.weightDecay })
        #expect(groups.flatMap(\.parameters.names).sorted() == trained.names.sorted())
        #expect(groups[0].parameters.names.contains("model.logit_scale"))
        #expect(groups[0].parameters.names.contains("model.visual.proj") != isAdamW)
        #expect(groups[groups.count - 1].parameters.names.allSatisfy { $0.hasPrefix("fusion.") })
        #expect(ActionCLIPRecipe.Method.adam.weightDecay == 0.2)
    }

    @Test("the mean has no group of its own")
    func noAggregator() throws {
        let trained = try Self.model(.mean).parameters.train(ActionCLIPConfiguration.isTrained)
        #expect(ActionCLIPRecipe().groups(trained).count == 2)
    }

    @Test("every optimiser lowers the loss and goes on from a saved state", arguments: methods)
    func learns(_ method: ActionCLIPRecipe.Method) throws {
        var recipe = ActionCLIPRecipe()
        (recipe.method, recipe.aggregatorRatio) = (method, 1)
        let (model, parameters) = try Self.model(), trained = parameters.train(ActionCLIPConfiguration.isTrained)
        let optimizer = recipe.optimizer(trained), clips = Generator(seed: 2).normal([4, 2, 3, 8, 8])
        let tokens = Tensor([1, 2, 19, 1, 3, 19, 1, 4, 19, 1, 5, 19] as [Int32], shape: [4, 3]),
            labels = Tensor([0, 1, 2, 3])
        func step() -> Double {
            trained.clearGradients()
            let loss = recipe.loss(of: model, clips: clips, tokens: tokens, labels: labels).total
            loss.backward()
            optimizer.step(learningRate: 3e-3)
            return loss.item(Double.self)
        }
        let losses = (0..<8).map { _ in step() }
        #expect(losses[7] < losses[0])
        let other = recipe.optimizer(trained)
        try other.restore(optimizer.state.mapValues { $0.cloned() })
        #expect(other.state.keys == optimizer.state.keys && !other.state.isEmpty)
        for (name, tensor) in optimizer.state {
            expectClose(try #require(other.state[name]), tensor, absolute: 0, relative: 0)
        }
    }

    @Test("dropping, which Transf_cls always does in training, can be left out of the loss")
    func lossWithoutDropping() throws {
        let model = try Self.model(.classToken).model, clips = Generator(seed: 2).normal([2, 2, 3, 8, 8])
        let tokens = Tensor([1, 2, 19, 1, 3, 19] as [Int32], shape: [2, 3]), labels = Tensor([0, 1])
        func loss(training: Bool) -> Double {
            ActionCLIPRecipe().loss(of: model, clips: clips, tokens: tokens, labels: labels, training: training).total
                .item(Double.self)
        }
        Generator.seedDefaults(1)
        #expect(loss(training: false) == loss(training: false))
        #expect(loss(training: true) != loss(training: true))
    }

    @Test("a fixed text tower gets no gradient, no step and no decay; the scale does")
    func fixedText() throws {
        var recipe = ActionCLIPRecipe()
        recipe.isTextFixed = true
        let (model, parameters) = try Self.model(), trained = parameters.train(ActionCLIPConfiguration.isTrained)
        let before = parameters.tensors.mapValues { $0.detached().cloned() }
        let clips = Generator(seed: 2).normal([2, 2, 3, 8, 8])
        let tokens = Tensor([1, 2, 19, 1, 3, 19] as [Int32], shape: [2, 3])
        recipe.loss(of: model, clips: clips, tokens: tokens, labels: Tensor([0, 1])).total.backward()
        recipe.optimizer(trained).step(learningRate: 1e-3)
        for name in parameters.names {
            let isText = name.hasPrefix("model.") && !name.hasPrefix("model.visual.") && name != "model.logit_scale"
            #expect((parameters[name]?.gradient == nil) == isText, "\(name)")
            let moved = try (#require(parameters[name]) - #require(before[name])).abs.max().item(Double.self)
            #expect((moved == 0) == isText, "\(name)")
        }
    }

    @Test("JSON comes back", arguments: methods)
    func json(_ method: ActionCLIPRecipe.Method) throws {
        var recipe = ActionCLIPRecipe()
        (recipe.method, recipe.decay, recipe.isTextFixed) = (method, .multistep(milestones: [15, 30]), true)
        let data = try JSONEncoder().encode(recipe)
        #expect(try JSONDecoder().decode(ActionCLIPRecipe.self, from: data) == recipe)
    }

    /// A change that makes a good recipe a bad one.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout ActionCLIPRecipe) -> Void
    }

    static let damages: [Damage] = [
        Damage(testDescription: "epochs") { $0.epochs = 0 }, Damage(testDescription: "batch") { $0.batch = Int.max },
        Damage(testDescription: "interval") { $0.refresh.interval = 0 },
        Damage(testDescription: "rate") { $0.learningRate = .nan },
        Damage(testDescription: "image ratio") { $0.imageRatio = -1 },
        Damage(testDescription: "aggregator ratio") { $0.aggregatorRatio = .infinity },
        Damage(testDescription: "decay") { $0.method = .adamW(weightDecay: -0.1) },
        Damage(testDescription: "momentum") { $0.method = .sgd(momentum: 1, weightDecay: 0) },
        Damage(testDescription: "warm-up") { $0.warmupEpochs = 50 },
        Damage(testDescription: "negative warm-up") { $0.warmupEpochs = -1 },
        Damage(testDescription: "milestone in the warm-up") { $0.decay = .multistep(milestones: [5, 9]) },
    ]

    @Test("numbers that cannot be", arguments: damages)
    func refused(_ damage: Damage) throws {
        var recipe = ActionCLIPRecipe()
        try recipe.validate()
        damage.apply(&recipe)
        #expect(throws: TrainingError.self) { try recipe.validate() }
    }
}
