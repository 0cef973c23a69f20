import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training
import Video

@Suite("The student's spatial objectives")
struct SpatialObjectivesTests {
    private static let groups = [
        SpatialGroup("scene", .single, templates: [.bare], labels: ["kitchen", "street", "park"]),
        SpatialGroup("people", .single, templates: [.bare], labels: ["one", "two"]),
    ]
    private let videos = Generator(seed: 1).normal([4, 6]), frames = Generator(seed: 2).normal([4, 6])
    private let scale = Tensor(Float(5))
    private let prototypes = [3, 2].enumerated().map {
        Generator(seed: UInt64(10 + $0.offset)).normal([$0.element, 6]).normalized()
    }
    private let batch = SpatialBatch(
        targets: [3, 2].enumerated().map {
            Generator(seed: UInt64(20 + $0.offset)).normal([4, $0.element]).softmax(-1)
        })

    private func built(
        _ groups: [SpatialGroup] = groups, _ change: (inout SpatialObjectivesConfiguration) -> Void = { _ in }
    ) throws -> (objectives: SpatialObjectives, parameters: Parameters) {
        var configuration = SpatialObjectivesConfiguration()
        change(&configuration)
        let built = try Parameters.build(.random(Generator(seed: 3))) {
            SpatialObjectives($0, configuration, groups: groups, width: 6)
        }
        built.parameters.train(SpatialObjectives.owns)
        return (built.model, built.parameters)
    }

    private func value(
        _ objectives: SpatialObjectives, _ videos: Tensor? = nil, _ batch: SpatialBatch? = nil
    ) -> SpatialObjectives.Value {
        objectives(
            .init(fused: videos ?? self.videos, frames: frames), prototypes: prototypes, scale: scale,
            targets: batch ?? self.batch)
    }

    @Test("names of the parameters, and identities at first")
    func parameters() throws {
        let identity = try built()
        #expect(identity.parameters.names == ["spatial.scene.adapter", "spatial.people.adapter"])
        expectClose(
            try #require(identity.parameters["spatial.scene.adapter"]), .identity(6), absolute: 0, relative: 0)
        let none = try built { $0.adapter = .none }
        #expect(none.parameters.names.isEmpty)
        expectClose(value(identity.objectives).mean, value(none.objectives).mean, absolute: 1e-6)
        let heads = try built { ($0.adapter, $0.combination) = (.linearHead, .uncertainty) }
        #expect(
            heads.parameters.names == [
                "spatial.scene.head.weight", "spatial.scene.head.bias", "spatial.people.head.weight",
                "spatial.people.head.bias", "spatial.eta",
            ])
        #expect(heads.parameters["spatial.people.head.weight"]?.shape == [2, 6])
    }

    @Test("λ = 0 is no spatial term, and the adapters' gradients are zeros", arguments: [false, true])
    func nothing(_ isLearned: Bool) throws {
        let (objectives, parameters) = try built { $0.combination = isLearned ? .uncertainty : .sum }
        let own = videos.cloned()
        own.setRequiresGradient(true)
        let action = (own * own).sum()
        let total = objectives.total(action: action, value(objectives, own), lambda: 0)
        expectClose(total, action, absolute: 0, relative: 0)
        total.backward()
        expectClose(try #require(own.gradient), videos * 2, absolute: 0, relative: 0)
        for name in parameters.names where name.hasSuffix("adapter") {
            let gradient = try #require(parameters[name]?.gradient)
            #expect(gradient.equal(to: 0).allTrue, "\(name)")
        }
        let some = objectives.total(action: action, value(objectives, own), lambda: 0.25)
        #expect(!some.equal(to: action).allTrue)
    }

    @Test("weights of groups and videos count; videos that could not be read do not")
    func weights() throws {
        var groups = Self.groups
        (groups[0].weight, groups[1].weight) = (3, 0.5)
        let (objectives, _) = try built(groups)
        let found = value(objectives)
        expectClose(found.mean, (found.groups[0] * 3 + found.groups[1] * 0.5) / 2, absolute: 1e-6)
        let half = SpatialBatch(targets: batch.targets, weights: Tensor([1, 0, 1, 0] as [Float]))
        let rows = Tensor([0, 2])
        let alone = SpatialBatch(targets: batch.targets.map { $0.selected(0, rows) })
        let (part, whole) = (
            value(objectives, nil, half),
            objectives(
                .init(fused: videos.selected(0, rows)), prototypes: prototypes, scale: scale, targets: alone)
        )
        // The mean is over all four clips.
        expectClose(part.mean * 2, whole.mean, absolute: 1e-6)
    }

    @Test("a sure answer counts more: 1 - H(q) / ln K")
    func confidence() throws {
        let (objectives, _) = try built(Array(Self.groups.suffix(1))) { $0.sampleWeight = .confidence }
        let (plain, _) = try built(Array(Self.groups.suffix(1)))
        func loss(_ objectives: SpatialObjectives, _ target: [Float]) -> Double {
            objectives(
                .init(fused: videos.slice(0, 0..<1)), prototypes: [prototypes[1]], scale: scale,
                targets: SpatialBatch(targets: [Tensor(target, shape: [1, 2])])
            ).mean.item()
        }
        #expect(abs(loss(objectives, [0.5, 0.5])) < 1e-6)
        #expect(abs(loss(objectives, [1, 0]) - loss(plain, [1, 0])) < 1e-6)
        let weight = 1 + (0.9 * log(0.9) + 0.1 * log(0.1)) / log(2)
        #expect(abs(loss(objectives, [0.9, 0.1]) - weight * loss(plain, [0.9, 0.1])) < 1e-5)
    }

    @Test("the frames' features answer, or both")
    func views() throws {
        let (fused, _) = try built(), (mean, _) = try built { $0.view = .frames },
            (both, _) = try built { $0.view = .both }
        expectClose(value(mean).mean, value(fused, frames).mean, absolute: 1e-6)
        expectClose(value(both).mean, (value(fused).mean + value(mean).mean) * 0.5, absolute: 1e-6)
    }

    @Test("learned weights: exp(-η) L + η, whose slope at 0 is 1 - L")
    func uncertainty() throws {
        let (objectives, parameters) = try built { $0.combination = .uncertainty }
        let found = value(objectives), action = Tensor(Float(0.75))
        let total = objectives.total(action: action, found, lambda: 0.25)
        expectClose(total, found.groups[0] + found.groups[1] + 0.75, absolute: 1e-6)
        total.backward()
        let losses = [0.75] + found.groups.map { $0.item(Double.self) }
        expectClose(
            try #require(parameters["spatial.eta"]?.gradient), Tensor(losses.map { 1 - $0 }), absolute: 1e-5)
    }

    @Test("shares of a step's clips add up to the loss of all")
    func shares() throws {
        let (objectives, _) = try built()
        let parts = [0..<1, 1..<4].map { range -> Tensor in
            let part = SpatialBatch(targets: batch.targets.map { $0.slice(0, range) })
            return value(objectives, videos.slice(0, range), part).mean * (Double(range.count) / 4)
        }
        expectClose(parts[0] + parts[1], value(objectives).mean, absolute: 1e-6)
        let alone = try batch.gathered(
            by: LossSharing(), of: TrainingBatch(.clips(.zeros([4, 1])), labels: .zeros([4], dtype: .int64)))
        for (own, other) in zip(alone.targets + [alone.weights], batch.targets + [batch.weights]) {
            expectClose(own, other, absolute: 0, relative: 0)
        }
    }

    @Test("λ goes in a straight line")
    func decay() {
        var configuration = SpatialObjectivesConfiguration()
        #expect([0, 0.3, 1].map(configuration.lambda) == [0.25, 0.25, 0.25])
        configuration.lambdaEnd = 0.05
        #expect(configuration.lambda(at: 0) == 0.25 && configuration.lambda(at: 1) == 0.05)
        #expect(abs(configuration.lambda(at: 0.5) - 0.15) < 1e-12 && configuration.lambda(at: 7) == 0.05)
    }

    @Test("settings that are left out are the page's; some do not go together")
    func configuration() throws {
        let empty = try JSONDecoder().decode(SpatialObjectivesConfiguration.self, from: Data("{}".utf8))
        #expect(empty == SpatialObjectivesConfiguration())
        let text = #"{"lambda": 0.5, "adapter": "linear_head", "view": "both", "prototypes": "trainable"}"#
        let own = try JSONDecoder().decode(SpatialObjectivesConfiguration.self, from: Data(text.utf8))
        #expect(own.lambda == 0.5 && own.adapter == .linearHead && own.view == .both && own.prototypes == .trainable)
        try own.validate()
        let changes: [(inout SpatialObjectivesConfiguration) -> Void] = [
            { $0.lambda = -1 }, { $0.lambda = .nan }, { $0.lambdaEnd = .infinity },
            { ($0.form, $0.combination) = (.captions, .uncertainty) },
            { ($0.form, $0.adapter) = (.captions, .linearHead) },
        ]
        for change in changes {
            var configuration = SpatialObjectivesConfiguration()
            change(&configuration)
            #expect(throws: TrainingError.self) { try configuration.validate() }
        }
    }

    @Test("captions append the largest label of a drawn group, and pairs are equal only where both are")
    func captions() {
        var groups = Self.groups
        groups[0].caption = PromptTemplate("in a {}") ?? .bare
        let targets = [
            Tensor([0.9, 0.1, 0, 0.2, 0.8, 0, 0.7, 0.3, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3] as [Float], shape: [4, 3]),
            Tensor([0, 0, 0, 0, 0, 0, 0.5, 0.5] as [Float], shape: [4, 2]),
        ]
        let batch = SpatialBatch(targets: targets, weights: Tensor([1, 1, 1, 0] as [Float]))
        var draws = (0..<4).map { SeededDraws(seed: $0) }
        let found = SpatialCaptions(groups)(
            ["eating", "eating", "running", "eating"], actions: [4, 4, 5, 4], targets: batch, draws: &draws)
        #expect(
            found.sentences == ["eating, in a kitchen", "eating, in a street", "running, in a kitchen", "eating"])
        #expect(Set(found.pairs).count == 4)
        let both = SpatialBatch(targets: targets.map { $0.select(0, 3).unsqueezed(0).repeated(64, 1) })
        var many = (0..<64).map { SeededDraws(seed: $0) }
        let drawn = SpatialCaptions(groups)(
            Array(repeating: "x", count: 64), actions: Array(repeating: 1, count: 64), targets: both, draws: &many)
        #expect(Set(drawn.sentences) == ["x, in a kitchen", "x, one"] && Set(drawn.pairs).count == 2)
    }
}
