import ActionModels
import CLIP
import Datasets
import FixtureSupport
import Foundation
import Testing
import Torch

@testable import Training

@Suite("Training of a student on what is visible")
@TorchActor
struct SpatialTrainingTests {
    private static let groups = [
        SpatialGroup("place", .single, templates: [.bare], labels: ["a park", "a street"]),
        SpatialGroup("shirt", .single, templates: [.bare], labels: ["red", "green", "blue"]),
    ]

    /// The world's CLIP, asked about the student's own frames.
    private func source(
        _ world: DistillationWorld, _ change: (inout SpatialPrediction) -> Void = { _ in }
    ) throws -> DistillationSources.Spatial {
        var prediction = SpatialPrediction()
        change(&prediction)
        let model = try EvaluationModel(try world.start.checkpoint, tokenizer: world.clip.tokenizer)
        return .online(
            try SpatialPredictor(model, Self.groups, prediction),
            ClipAdjustment(own: .clip, other: .clip, imageSize: 32))
    }

    private func student(
        _ world: DistillationWorld, _ change: (inout SpatialObjectivesConfiguration) -> Void
    ) throws -> any TrainingMethod {
        var spatial = SpatialRecipe()
        spatial.input = .online
        change(&spatial.objectives)
        let recipe = world.recipe {
            $0.heads = TwoHeadLoss(.twoHeadGroundTruth)
            $0.spatial = spatial
        }
        var sources = DistillationSources()
        sources.spatial = try source(world)
        return try world.method(.distillation(world.model(), recipe: recipe), sources)
    }

    @Test("targets of the very frames are hardened as kept ones are")
    func hardened() async throws {
        try await withDistillation { world in
            let batch = try world.batch(try student(world) { _ in })
            @TorchActor
            func rows(_ change: (inout SpatialPrediction) -> Void) throws -> [[Float]] {
                try source(world, change).targets(of: batch).targets.map { $0.array(of: Float.self) }
            }
            let soft = try rows { _ in }
            #expect(soft.count == 2 && soft.allSatisfy { !Set($0).isSubset(of: [0, 1]) })
            let hard = try rows { $0.target = .hard }
            #expect(hard.allSatisfy { Set($0) == [0, 1] && $0.reduce(0, +) == 6 })
            let unsure = try rows { ($0.target, $0.confidence) = (.hardConfident, 1) }
            #expect(unsure.allSatisfy { Set($0) == [0] })
        }
    }

    @Test("λ = 0 is no spatial term, and the adapters' gradients are zeros")
    func lambdaZero() async throws {
        try await withDistillation { world in
            let with = try student(world) { $0.lambda = 0 }
            let without = try world.method(
                .distillation(
                    world.model(), recipe: world.recipe { $0.heads = TwoHeadLoss(.twoHeadGroundTruth) }))
            let batch = try world.batch(with)
            let loss = try with.loss(of: batch, across: LossSharing()).share
            loss.backward()
            let other = try without.loss(of: try world.batch(without), across: LossSharing()).share
            #expect(loss.item(Double.self) == other.item(Double.self))
            for group in Self.groups {
                let adapter = try #require(with.parameters["spatial.\(group.name).adapter"])
                let gradient = try #require(adapter.gradient, "\(group.name)")
                #expect(gradient.equal(to: 0).allTrue)
            }
        }
    }

    @Test("all forms learn, and only the student is the model")
    func forms() async throws {
        try await withDistillation { world in
            for change in [
                { $0.adapter = .linearHead }, { $0.view = .both }, { $0.prototypes = .trainable },
                { $0.combination = .uncertainty }, { $0.adapter = .none }, { $0.sampleWeight = .confidence },
            ] as [(inout SpatialObjectivesConfiguration) -> Void] {
                let student = try student(world, change)
                let found = try world.trained(student, steps: 4)
                #expect(found.losses.allSatisfy { $0.isFinite } && found.losses.count == 4)
                let own = Set(student.configuration.parameterNames)
                #expect(Set(found.weights.keys.filter { !SpatialObjectives.owns($0) }) == own)
            }
        }
    }

    @Test("λ follows the run, and what stands beside the model has the temporal module's rate")
    func schedule() async throws {
        try await withDistillation { world in
            let student = try student(world) {
                ($0.lambda, $0.lambdaEnd) = (1, 0)
                $0.combination = .sum
            }
            @TorchActor
            func loss(_ progress: Double) throws -> Double {
                try student.loss(of: try world.batch(student, progress: progress), across: LossSharing())
                    .share.item(Double.self)
            }
            let (begin, middle, end) = (try loss(0), try loss(0.5), try loss(1))
            #expect(begin > end && abs(middle - (begin + end) / 2) < 1e-5)
            let learned = try self.student(world) { $0.combination = .uncertainty }
            for group in learned.groups {
                let spatial = group.parameters.names.filter(SpatialObjectives.owns)
                #expect(spatial.isEmpty || spatial.count == group.parameters.names.count)
                if spatial == ["spatial.eta"] { #expect(group.weightDecay == 0) }
                if !spatial.isEmpty { #expect(group.learningRateScale == 10) }
            }
            #expect(learned.groups.reduce(0) { $0 + $1.parameters.count } == learned.trained.count)
        }
    }
}

extension ActionModelConfiguration {
    /// What the model declares.
    fileprivate var parameterNames: [String] {
        (try? Parameters.build(.outline) { model($0) })?.parameters.names ?? []
    }
}
