import ActionModels
import CLIP
import Datasets
import FixtureSupport
import Foundation
import Testing
import Torch

@testable import Training

@Suite("Training of a student")
@TorchActor
struct DistillationTrainingTests {
    private func expectEqual(
        _ a: (losses: [Double], weights: [String: [Float]]), _ b: (losses: [Double], weights: [String: [Float]]),
        besides: String? = nil
    ) {
        #expect(a.losses == b.losses && !a.losses.isEmpty)
        for (name, values) in a.weights where besides.map({ !name.hasPrefix($0) }) ?? true {
            #expect(b.weights[name] == values, "\(name)")
        }
    }

    @Test("with everything off it is ActionCLIP's training, to the last bit")
    func off() async throws {
        try await withDistillation { world in
            var model = world.model(), recipe = world.recipe()
            if case .transformer(var sizes) = model.aggregator {
                sizes.token = nil
                model.aggregator = .transformer(sizes)
            }
            for isFixed in [false, true] {
                recipe.actionCLIP.isTextFixed = isFixed
                let student = try world.method(.distillation(model, recipe: recipe))
                let plain = try world.method(.actionCLIP(model, recipe: recipe.actionCLIP))
                expectEqual(try world.trained(student), try world.trained(plain))
            }
        }
    }

    @Test("α = 0 is one head")
    func alphaZero() async throws {
        try await withDistillation { world in
            var model = world.model { $0.hidesFromFrames = true }
            let two = try world.method(
                .distillation(
                    model,
                    recipe: world.recipe {
                        $0.heads = TwoHeadLoss(.twoHeadGroundTruth)
                        $0.heads?.alpha = 0
                    }))
            model.fusion = .frame
            let one = try world.method(
                .distillation(model, recipe: world.recipe { $0.heads = TwoHeadLoss(.single) }))
            expectEqual(try world.trained(two), try world.trained(one), besides: "fusion.token")
        }
    }

    @Test("a teacher that says the ground truth is the control without one")
    func truthfulTeacher() async throws {
        try await withDistillation { world in
            var sources = DistillationSources()
            sources.teacher = .cached(try world.predictions([0, 1, 2, 1, 0, 2]))
            @TorchActor
            func method(_ mode: DistillationMode) throws -> any TrainingMethod {
                let recipe = world.recipe {
                    $0.heads = TwoHeadLoss(mode)
                    $0.teacher = TeacherRecipe(checkpoint: "teacher")
                }
                return try world.method(.distillation(world.model(), recipe: recipe), sources)
            }
            let taught = try method(.deitHard), control = try method(.twoHeadGroundTruth)
            try expectSameGradients(taught, control, world)
            sources.teacher = .cached(try world.predictions([1, 2, 0, 2, 1, 0]))
            let other = try method(.deitHard).loss(of: try world.batch(control), across: LossSharing())
            let own = try control.loss(of: try world.batch(control), across: LossSharing())
            #expect(other.share.item(Double.self) != own.share.item(Double.self))
        }
    }

    /// Texts of both heads are encoded apart or together, which adds gradients up in another order.
    private func expectSameGradients(
        _ a: any TrainingMethod, _ b: any TrainingMethod, _ world: DistillationWorld
    ) throws {
        let losses = try [a, b].map { method in
            let loss = try method.loss(of: try world.batch(method), across: LossSharing()).share
            loss.backward()
            return loss.item(Double.self)
        }
        #expect(abs(losses[0] - losses[1]) < 1e-6)
        #expect(a.parameters.names == b.parameters.names)
        for (name, tensor) in a.parameters.tensors {
            switch (tensor.gradient, b.parameters[name]?.gradient) {
            case (let own?, let other?): expectClose(own, other, absolute: 1e-6, relative: 1e-4, name)
            case (nil, nil): break
            default: Issue.record("\(name) has a gradient in one of the two only")
            }
        }
    }

    @Test("every mode steps with a teacher that never changes, in evaluation mode and without gradients")
    func frozenTeacher() async throws {
        try await withDistillation { world in
            let model = try world.teacher(), teacher = try world.frozen(model, isCompared: true)
            let clips = Generator(seed: 4).normal([3, 2, 3, 32, 32])
            let before = teacher.scores(teacher.features(of: clips))
            #expect(!before.logits.requiresGradient)
            for mode in DistillationMode.allCases where mode.hasTwoViews {
                var sources = DistillationSources()
                sources.teacher = .online(teacher)
                let recipe = world.recipe {
                    $0.heads = TwoHeadLoss(mode)
                    $0.teacher = TeacherRecipe(checkpoint: "teacher")
                    $0.affinity = AffinityLoss(weight: 0.3)
                }
                let student = try world.method(.distillation(world.model(), recipe: recipe), sources)
                #expect(!student.parameters.names.contains { $0.contains("teacher") })
                let losses = try world.trained(student, steps: 4).losses
                #expect(losses.allSatisfy { $0.isFinite } && losses.count == 4, "\(mode): \(losses)")
            }
            #expect(WeightDigest.sha256(of: model.parameters.tensors) == model.digest)
            #expect(model.parameters.tensors.values.allSatisfy { $0.gradient == nil && !$0.requiresGradient })
            // Dropping would change what it says.
            let after = teacher.scores(teacher.features(of: clips))
            expectClose(after.logits, before.logits, absolute: 0, relative: 0)
        }
    }

    @Test("a teacher of other pictures sees the student's clips resized")
    func otherResolution() async throws {
        try await withDistillation { world in
            let teacher = try world.frozen(try world.teacher(imageSize: 48))
            let clips = Generator(seed: 4).normal([3, 2, 3, 32, 32])
            #expect(teacher.scores(teacher.features(of: clips)).logits.shape == [3, 3])
            let adjustment = ClipAdjustment(
                own: PixelNormalization(mean: [0, 0.5, 0], std: [1, 1, 2]),
                other: PixelNormalization(mean: [0.5, 0, 0], std: [1, 2, 1]), imageSize: 1)
            let pixel = Tensor([Float(1), 1, 1], shape: [1, 1, 3, 1, 1])
            // (1·1 + 0 - 0.5) / 1, (1·1 + 0.5 - 0) / 2, (1·2 + 0 - 0) / 1
            #expect(adjustment(pixel).array(of: Float.self) == [0.5, 0.75, 2])
        }
    }

    @Test("a teacher that was asked before must be of the same videos, classes and weights, and whole")
    func checkedPredictions() async throws {
        try await withDistillation { world in
            let path = world.folder.path + "/said"
            _ = try world.predictions([0, 1, 2, 1, 0, 2])
            let samples = world.samples, classes = DistillationWorld.classes
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path, for: Array(samples.dropLast()), classes: classes)
            }
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path, for: samples.reversed(), classes: classes)
            }
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path, for: samples, classes: classes.reversed())
            }
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path, for: samples, classes: classes, teacherDigest: "other")
            }
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path + "-none", for: samples, classes: classes)
            }
            try StateFile.write(
                ["logits": Tensor.zeros([6, 3], dtype: .float16), "labels": Tensor([0, 0, 0, 0, 0, 3])],
                to: path + "/teacher_predictions.safetensors")
            #expect(throws: TrainingError.self) {
                try TeacherPredictions(at: path, for: samples, classes: classes)
            }
        }
    }
}
