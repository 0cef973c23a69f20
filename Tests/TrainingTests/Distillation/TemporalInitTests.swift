import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@testable import Training

@Suite("A temporal module that begins as the teacher's")
@TorchActor
struct TemporalInitTests {
    /// A model of random weights, read back from its folder.
    private func teacher(
        _ world: DistillationWorld, _ configuration: ActionCLIPConfiguration
    ) throws -> ActionModelCheckpoint {
        let path = world.folder.path + "/model-\(UUID().uuidString)"
        let parameters = try Parameters.build(.random(Generator(seed: 2))) { ActionCLIP($0, configuration) }.parameters
        try ActionModelDirectory.write(
            ActionModelDirectory.Contents(
                configuration: .actionCLIP(configuration), preprocessing: Preprocessing(imageSize: 32),
                vocabulary: world.clip.tokenizer.vocabulary), tensors: parameters.tensors, to: path)
        return try ActionModelCheckpoint(path: path)
    }

    private func withoutHead(_ configuration: ActionCLIPConfiguration) -> ActionCLIPConfiguration {
        var configuration = configuration
        if case .transformer(var sizes) = configuration.aggregator {
            sizes.token = nil
            configuration.aggregator = .transformer(sizes)
        }
        return configuration
    }

    @Test("the blocks are the teacher's; a second head too, where it reads the clip in the same way")
    func heads() async throws {
        try await withDistillation { world in
            let separate = world.model { $0.projection = .separate }
            let checkpoint = try teacher(world, separate)
            let same = try checkpoint.temporalModule(for: separate)
            let all = Set(checkpoint.tensors.keys.filter { $0.hasPrefix("fusion.") })
            #expect(Set(same.keys) == all && all.contains("fusion.token") && all.contains("fusion.head_dist.weight"))
            for (name, tensor) in same {
                let own: Tensor = try #require(checkpoint.tensors[name])
                expectClose(tensor, own, absolute: 0, relative: 0, name)
            }
            let blocks = all.filter { !$0.hasPrefix("fusion.token") && !$0.hasPrefix("fusion.head") }
            let others = [
                world.model { ($0.projection, $0.level) = (.separate, .spatial) },
                world.model { ($0.projection, $0.residual) = (.separate, 0) }, withoutHead(separate),
            ]
            for student in others { #expect(try Set(checkpoint.temporalModule(for: student).keys) == blocks) }
            let single = try teacher(world, withoutHead(separate))
            #expect(try Set(single.temporalModule(for: separate).keys) == blocks)
        }
    }

    @Test("the student's training begins there, with a second head of another kind too")
    func training() async throws {
        try await withDistillation { world in
            let checkpoint = try teacher(world, world.model())
            let model = world.model { $0.level = .spatial }
            var sources = DistillationSources()
            sources.temporal = try checkpoint.temporalModule(for: model)
            let recipe = world.recipe {
                ($0.heads, $0.temporalInit) = (TwoHeadLoss(.twoHeadGroundTruth), .teacher)
            }
            let student = try world.method(.distillation(model, recipe: recipe), sources)
            let name = "fusion.frame_position_embeddings.weight"
            let first: Tensor = try #require(student.parameters[name])
            let own: Tensor = try #require(checkpoint.tensors[name])
            expectClose(first.detached(), own, absolute: 0, relative: 0)
            #expect(student.parameters["fusion.token"]?.shape == [32])
            #expect(try world.trained(student, steps: 2).losses.allSatisfy(\.isFinite))
        }
    }

    @Test("another aggregator, or a common space of another width, is refused")
    func refused() async throws {
        try await withDistillation { world in
            var mean = world.model()
            mean.aggregator = .mean
            let checkpoint = try teacher(world, mean)
            #expect(throws: TrainingError.self) { _ = try checkpoint.temporalModule(for: world.model()) }
            #expect(throws: TrainingError.self) {
                _ = try world.teacherCheckpoint.temporalModule(for: world.model())
            }
        }
    }
}
