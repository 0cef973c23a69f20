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
    private func sources(_ world: DistillationWorld) throws -> DistillationSources {
        var sources = DistillationSources()
        let model = try EvaluationModel(try world.start.checkpoint, tokenizer: world.clip.tokenizer)
        sources.spatial = .online(
            try SpatialPredictor(model, Self.groups, SpatialPrediction()),
            ClipAdjustment(own: .clip, other: .clip, imageSize: 32))
        return sources
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
        return try world.method(.distillation(world.model(), recipe: recipe), try sources(world))
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
                #expect(adapter.gradient?.abs.max().item(Double.self) ?? 0 == 0)
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
