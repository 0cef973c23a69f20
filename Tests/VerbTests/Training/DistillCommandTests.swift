import Foundation
import Testing
import Torch
import Training

@Suite("verb distill", .serialized)
struct DistillCommandTests {
    private func run(
        _ world: TrainingWorld, _ output: String, _ more: [String] = []
    ) async throws -> VerbProcess.Outcome {
        try await VerbProcess.run(try world.arguments("distillation", to: output, more), in: world.folder)
    }

    @Test("makes targets and predictions, trains, and leaves nothing of the training in the model")
    func whole() async throws {
        try await TrainingWorld.with { world in
            let cached = ["recipe.affinity=", "recipe.teacher={checkpoint: teacher, input: cached, folder: said}"]
            let first = try await run(world, "first", cached)
            try #require(first.status == 0, "\(first.errors)")
            for file in ["targets/manifest.json", "said/manifest.json", "said/teacher_predictions.safetensors"] {
                #expect(FileManager.default.fileExists(atPath: "\(world.folder.path)/\(file)"), "\(file)")
            }
            let names = Set(try world.weights("first").keys)
            #expect(names.contains("fusion.token") && !names.contains { $0.hasPrefix("spatial.") })
            let step = RunFolder(world.folder.path + "/first").steps.last ?? 0
            let place = String(repeating: "0", count: 8 - "\(step)".count) + "\(step)"
            let saved = try StateFile.read("\(world.folder.path)/first/checkpoints/step-\(place)/trained.safetensors")
            #expect(try saved.loadedTensors()["spatial.place.adapter"]?.shape == [16, 16])
            // What is there is found again, and `verb train` needs nothing else.
            var arguments = try world.arguments("distillation", to: "second", cached)
            arguments[0] = "train"
            let second = try await VerbProcess.run(arguments, in: world.folder)
            try #require(second.status == 0, "\(second.errors)")
            #expect(try world.losses("second") == world.losses("first"))
            // Another run's folder is refused before anything is computed for this one.
            let other = try await run(world, "first", cached + ["run.seed=7", "recipe.spatial.folder=elsewhere"])
            #expect(other.status == 1 && other.errors.contains("holds a run of another recipe"), "\(other.errors)")
            #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/elsewhere"))
        }
    }

    @Test("a teacher that was asked before says what one says in the step, where nothing is random")
    func cachedTeacher() async throws {
        try await TrainingWorld.with { world in
            let fixed = ["run.isFixed=true", "recipe.affinity=", "recipe.heads={mode: deit_soft, alpha: 0.5}"]
            let online = try await run(world, "online", fixed)
            try #require(online.status == 0, "\(online.errors)")
            let kept = ["recipe.teacher={checkpoint: teacher, input: cached, folder: said}"]
            let cached = try await run(world, "cached", fixed + kept)
            try #require(cached.status == 0, "\(cached.errors)")
            let (a, b) = (try world.losses("online"), try world.losses("cached"))
            try #require(a.count == b.count && a.count == 9)
            // Logits are kept in half precision.
            for (a, b) in zip(a, b) { #expect(abs(a - b) < 2e-3 * max(1, abs(a))) }
        }
    }

    @Test("a start that is cut out of a larger CLIP; targets of the very frames; sentences that tell what is seen")
    func switches() async throws {
        try await TrainingWorld.with { world in
            let smaller = [
                "start.inherit=true", "model.clip.vision.blocks={width: 16, layers: 1, heads: 1, mlpWidth: 64}",
                "model.clip.text.blocks={width: 8, layers: 1, heads: 1, mlpWidth: 32}", "recipe.epochs=1",
            ]
            let online = [
                "recipe.spatial={input: online, model: clip, vocabulary: puppets-spatial}", "recipe.mode=frozen_text",
            ]
            let one = try await run(world, "online", smaller + online)
            try #require(one.status == 0, "\(one.errors)")
            #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/targets"))
            let captions = try await run(world, "captions", smaller + ["recipe.spatial.objectives.form=captions"])
            try #require(captions.status == 0, "\(captions.errors)")
            let frozen = try await run(
                world, "frozen",
                ["recipe.mode=frozen_backbone", "recipe.epochs=1", "recipe.spatial.objectives.combination=uncertainty"])
            try #require(frozen.status == 0, "\(frozen.errors)")
            let start = try StateFile.read(world.folder.path + "/clip/model.safetensors").loadedTensors()
            let found = try world.weights("frozen")
            let name = "visual.transformer.resblocks.0.mlp.c_fc.weight"
            #expect(found["model." + name]?.array(of: Float.self) == start[name]?.array(of: Float.self))
        }
    }

    @Test(
        "what cannot be is refused with the remedy, before a folder is made",
        arguments: [
            (["recipe.teacher="], "set teacher.checkpoint"), (["recipe.teacher.checkpoint=nowhere"], "nowhere"),
            (["model.aggregator.Transf.token="], "set model.aggregator.Transf.token"),
            (["recipe.heads.mode=single"], "nothing trains the model's second head"),
            (["recipe.heads.mode=dait_hard"], "there is no dait_hard"),
            (["recipe.heads.alhpa=1"], "recipe.heads.alhpa: there is no such key"),
            (["recipe.spatial.lambda=1"], "recipe.spatial.lambda: there is no such key"),
            (["recipe.teacher={checkpoint: t, input: cached, folder: said}"], "affinity compares features"),
            (["recipe.affinity=", "recipe.teacher.input=cached"], "set teacher.folder"),
            (["recipe.spatial.folder="], "set spatial.folder"), (["recipe.spatial.model=teacher"], "is ActionCLIP"),
            (["recipe.temporalInit=teacher"], "has no temporal module of the student's sizes"),
            (["recipe.spatial.vocabulary="], "set both, or neither"),
            (["recipe.spatial.prediction.frmaes=3"], "recipe.spatial.prediction.frmaes: there is no such key"),
            (["recipe.affinity.alhpa=1"], "recipe.affinity.alhpa: there is no such key"),
            (["start.inherit=true", "model.clip.text.vocabularySize=50"], "set the model's text.vocabularySize"),
            (["start.inherit=true", "model.clip.layerNormEps=1e-6"], "was trained with layerNormEps"),
            (["recipe.isTextFixed=true", "recipe.spatial.objectives.prototypes=trainable"], "set it to constant"),
            (["data.training.flip=0.5", "data.training.flipLabels=[[0, 1]]"], "set data.training.flip=0"),
            (
                [
                    "recipe.spatial={input: online, model: clip, vocabulary: puppets-spatial, prediction: {temperatures: {x: 2}}}"
                ], "no group of puppets-spatial"
            ),
        ])
    func refusals(_ assignments: [String], _ words: String) async throws {
        try await TrainingWorld.with { world in
            let outcome = try await run(world, "x", assignments)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/x"))
        }
    }

    @Test("targets and predictions of another list, or none, are refused; another method is no student")
    func otherLists() async throws {
        try await TrainingWorld.with { world in
            let train = try world.arguments("distillation", to: "x").map { $0 == "distill" ? "train" : $0 }
            let missing = try await VerbProcess.run(train, in: world.folder)
            #expect(missing.status == 1 && missing.errors.contains("there is no targets/manifest.json"))
            let cached = ["recipe.affinity=", "recipe.teacher={checkpoint: teacher, input: cached, folder: said}"]
            let first = try await run(world, "first", cached + ["recipe.epochs=1"])
            try #require(first.status == 0, "\(first.errors)")
            let other = ["lists.train.path=data/validation.txt", "recipe.spatial.model=", "recipe.spatial.vocabulary="]
            let untaught = ["recipe.teacher=", "recipe.heads={mode: two_head_gt}", "recipe.affinity="]
            let targets = try await run(world, "x", other + untaught)
            #expect(
                targets.status == 1 && targets.errors.contains("targets: the targets belong to other videos"),
                "\(targets.errors)")
            let predictions = try await run(world, "x", other + cached + ["recipe.spatial="])
            #expect(
                predictions.status == 1 && predictions.errors.contains("said: the predictions belong to other videos"),
                "\(predictions.errors)")
            #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/x"))
            let evl = ["distill"] + (try world.arguments("evl", to: "x").dropFirst())
            let method = try await VerbProcess.run(evl, in: world.folder)
            #expect(method.status == 1 && method.errors.contains("`verb train` trains it"), "\(method.errors)")
        }
    }

    @Test("targets and predictions that were made otherwise than the recipe says are refused, whoever trains")
    func otherSettings() async throws {
        try await TrainingWorld.with { world in
            let cached = [
                "recipe.affinity=", "recipe.teacher={checkpoint: teacher, input: cached, folder: said}",
                "recipe.epochs=1",
            ]
            let first = try await run(world, "first", cached)
            try #require(first.status == 0, "\(first.errors)")
            let group = #"{"name": "g", "mode": "single", "templates": ["{}"], "labels": ["a park", "a street"]}"#
            try world.write(#"{"name": "other", "groups": [\#(group)]}"#, to: "other.json")
            for (assignment, words) in [
                ("recipe.spatial.prediction={frames: 4}", "frames: 8 there, 4 here"),
                ("recipe.spatial.vocabulary=other.json", "vocabulary: puppets-spatial there, other here"),
                ("data.evaluation.shortSide=40", "clips.shortSide is 32 here and 40 there"),
            ] {
                var arguments = try world.arguments("distillation", to: "x", cached + [assignment])
                arguments[0] = "train"
                let outcome = try await VerbProcess.run(arguments, in: world.folder)
                #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
                #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/x"))
            }
        }
    }

    @Test("weights of groups are those that the vocabulary has now, and a run does not go on with others")
    func weights() async throws {
        try await TrainingWorld.with { world in
            var groups = try SpatialVocabulary.find("puppets-spatial").groups
            func train(_ weight: Double, to output: String) async throws -> VerbProcess.Outcome {
                for place in groups.indices { groups[place].weight = weight }
                let vocabulary = try SpatialVocabulary(name: "mine", groups: groups)
                try world.write(
                    String(decoding: try JSONEncoder().encode(vocabulary), as: UTF8.self), to: "mine.json")
                return try await run(world, output, ["recipe.spatial.vocabulary=mine.json", "recipe.epochs=1"])
            }
            for (weight, output) in [(1.0, "one"), (3.0, "three")] {
                let outcome = try await train(weight, to: output)
                try #require(outcome.status == 0, "\(outcome.errors)")
            }
            #expect(try world.losses("one") != world.losses("three"))
            let changed = try await train(2, to: "three")
            #expect(changed.status == 1 && changed.errors.contains("the spatial questions is"), "\(changed.errors)")
        }
    }

    @Test("several processes ask for targets that one has made")
    func severalProcesses() async throws {
        try await TrainingWorld.with { world in
            for run in try world.startedTwice(try world.arguments("distillation", to: "x")) {
                let outcome = await run.outcome()
                #expect(outcome.status == 1 && outcome.errors.contains("make them first"), "\(outcome.errors)")
            }
            for name in ["x", "targets"] {
                #expect(!FileManager.default.fileExists(atPath: "\(world.folder.path)/\(name)"))
            }
        }
    }
}
