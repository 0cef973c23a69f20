import Foundation
import Testing
import Torch
import Training

@Suite("verb train", .serialized)
struct TrainCommandTests {
    static let methods = ["linear-probe", "actionclip", "st-adapter", "evl", "m2clip", "distillation"]

    @Test("killed at any moment, a run goes on to the same numbers, to the last bit", arguments: methods)
    func resume(_ method: String) async throws {
        try await TrainingWorld.with { world in
            let more = ["run.checkpointEvery=2", "run.averaging.decay=0.9"]
            let whole = try await VerbProcess.run(try world.arguments(method, to: "whole", more), in: world.folder)
            try #require(whole.status == 0, "\(whole.errors)")
            let arguments = try world.arguments(method, to: "killed", more)
            for lines in [3, 8] {
                let run = try VerbProcess(arguments, in: world.folder)
                try run.process.run()
                await waitForLines(lines, in: "killed", of: world, while: run)
                kill(run.process.processIdentifier, SIGKILL)
                #expect(await run.outcome().status == SIGKILL)
            }
            let rest = try await VerbProcess.run(arguments, in: world.folder)
            try #require(rest.status == 0, "\(rest.errors)")
            #expect(rest.errors.contains("goes on after step"))
            try world.expectSame("whole", "killed")
            let expected = try world.weights("whole"), found = try world.weights("killed")
            #expect(Set(expected.keys) == Set(found.keys))
            for (name, tensor) in expected {
                #expect(found[name]?.array(of: Double.self) == tensor.array(of: Double.self), "\(name)")
            }
        }
    }

    /// Waits until a run has logged so many lines, or has ended.
    private func waitForLines(_ count: Int, in output: String, of world: TrainingWorld, while run: VerbProcess) async {
        let path = "\(world.folder.path)/\(output)/metrics.jsonl"
        while run.process.isRunning {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if text.count(where: { $0 == "\n" }) >= count { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("several processes with the same global batch give the result of one", arguments: methods)
    func processes(_ method: String) async throws {
        try await TrainingWorld.with { world in
            // Dropping is drawn in each process, so there is none here.
            let exact = Self.withoutDropout(method) + ["run.gradientClip=1"]
            let one = try await VerbProcess.run(try world.arguments(method, to: "one", exact), in: world.folder)
            try #require(one.status == 0, "\(one.errors)")
            let expected = try world.weights("one"), losses = try world.losses("one")
            for size in [2, 4] {
                try await runTogether(size, try world.arguments(method, to: "of\(size)", exact), world)
                let found = try world.losses("of\(size)")
                try #require(found.count == losses.count)
                for (a, b) in zip(found, losses) { #expect(abs(a - b) < 1e-5 * max(1, abs(b)), "\(size) processes") }
                let weights = try world.weights("of\(size)")
                for (name, tensor) in expected {
                    let distance = try #require(weights[name]) - tensor
                    #expect(distance.abs.max().item(Double.self) < 2e-4, "\(name), \(size) processes")
                }
            }
        }
    }

    @Test("a step's clips in unequal parts give the step of all", arguments: ["linear-probe", "st-adapter", "evl"])
    func accumulation(_ method: String) async throws {
        try await TrainingWorld.with { world in
            let exact = Self.withoutDropout(method)
            for parts in [1, 4] {  // of batches of 6, 6 and 2 clips
                let run = try await VerbProcess.run(
                    try world.arguments(method, to: "in\(parts)", exact + ["run.accumulate=\(parts)"]), in: world.folder
                )
                try #require(run.status == 0, "\(run.errors)")
            }
            let (whole, parted) = (try world.losses("in1"), try world.losses("in4"))
            try #require(parted.count == whole.count)
            for (a, b) in zip(parted, whole) { #expect(abs(a - b) < 1e-5 * max(1, abs(b))) }
            let weights = try world.weights("in4")
            for (name, tensor) in try world.weights("in1") {
                let distance = try #require(weights[name]) - tensor
                #expect(distance.abs.max().item(Double.self) < 2e-4, "\(name)")
            }
        }
    }

    private static func withoutDropout(_ method: String) -> [String] {
        switch method {
        case "st-adapter": ["model.dropout=0"]
        case "evl": ["model.mlpDropout=0", "model.headDropout=0"]
        case "m2clip": ["model.classDropout=0"]
        default: []
        }
    }

    private func runTogether(_ size: Int, _ arguments: [String], _ world: TrainingWorld) async throws {
        for outcome in try await outcomes(arguments, in: Array(repeating: world.folder, count: size)) {
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
    }

    /// Runs one process in each folder, all of one run.
    private func outcomes(_ arguments: [String], in folders: [URL]) async throws -> [VerbProcess.Outcome] {
        let port = "\(Int.random(in: 20_000..<60_000))"
        let runs = try folders.enumerated().map { rank, folder in
            try VerbProcess(
                arguments + ["--timeout", "60"], in: folder,
                environment: [
                    "RANK": "\(rank)", "WORLD_SIZE": "\(folders.count)", "LOCAL_RANK": "\(rank)",
                    "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
                ])
        }
        for run in runs { try run.process.run() }
        var outcomes: [VerbProcess.Outcome] = []
        for run in runs { outcomes.append(await run.outcome()) }
        return outcomes
    }

    @Test(
        "training on kept features gives what training on their clips gives", arguments: ["linear-probe", "evl"])
    func keptFeatures(_ method: String) async throws {
        try await TrainingWorld.with { world in
            let fixed = Self.withoutDropout(method) + ["run.isFixed=true"]
            let plain = try await VerbProcess.run(try world.arguments(method, to: "plain", fixed), in: world.folder)
            try #require(plain.status == 0, "\(plain.errors)")
            let kept = fixed + ["run.features={folder: features, storage: float32}"]
            for output in ["first", "second"] {  // the second finds the features of the first
                let run = try await VerbProcess.run(try world.arguments(method, to: output, kept), in: world.folder)
                try #require(run.status == 0, "\(run.errors)")
                let (found, plain) = (try world.losses(output), try world.losses("plain"))
                try #require(found.count == plain.count && !plain.isEmpty)
                for (a, b) in zip(found, plain) { #expect(abs(a - b) < 1e-5) }
            }
            #expect(try world.losses("first") == world.losses("second"))
            let other = kept.filter { !$0.hasPrefix("run.isFixed") }
            let refused = try await VerbProcess.run(try world.arguments(method, to: "x", other), in: world.folder)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("run.isFixed=true"))
        }
    }

    @Test("processes share the clips that the first one misses, whatever the others see by then")
    func sharedFeatures() async throws {
        try await TrainingWorld.with { world in
            let kept = ["run.isFixed=true", "run.features={folder: features, storage: float32}"]
            let alone = try await VerbProcess.run(
                try world.arguments("linear-probe", to: "alone", kept), in: world.folder)
            try #require(alone.status == 0, "\(alone.errors)")
            let all = try world.keptFiles()
            #expect(all.count == 14 && all.values.allSatisfy { $0 > 0 })
            // A second process that sees every file already: empty ones, so that those it writes can be told.
            let other = try world.sibling(emptying: all.keys.sorted())
            try FileManager.default.removeItem(at: world.folder.appending(path: "features"))
            let both = try await outcomes(
                try world.arguments("linear-probe", to: "both", kept), in: [world.folder, other.folder])
            #expect(both.allSatisfy { $0.status != 0 })  // the folder is not shared, which training needs
            let (first, second) = (try world.keptFiles(), try other.keptFiles().filter { $0.value > 0 })
            #expect(first.count == 7 && second.count == 7)
            #expect(Set(first.keys).union(second.keys) == Set(all.keys))
        }
    }

    @Test("parts of one folder of images have kept features of their own")
    func keptParts() async throws {
        try await TrainingWorld.with { world in
            let fixed = [try world.imageParts(), "run.isFixed=true"]
            let kept = fixed + ["run.features={folder: features, storage: float32}"]
            for (output, more) in [("plain", fixed), ("kept", kept)] {
                let run = try await VerbProcess.run(
                    try world.arguments("linear-probe", to: output, more), in: world.folder)
                try #require(run.status == 0, "\(run.errors)")
            }
            let (plain, found) = (try world.losses("plain"), try world.losses("kept"))
            try #require(plain.count == found.count && Set(plain).count > 1)
            for (a, b) in zip(plain, found) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test("the models between a CLIP and what was trained on it", arguments: ["actionclip", "m2clip"])
    func interpolation(_ method: String) async throws {
        try await TrainingWorld.with { world in
            let run = try await VerbProcess.run(try world.arguments(method, to: "run"), in: world.folder)
            try #require(run.status == 0, "\(run.errors)")
            let curve = try await VerbProcess.run(
                [
                    "evaluate", "data/validation.txt", "--classes", "data/training_classes.txt", "--model", "run/best",
                    "--baseline", "none", "--interpolate", "clip", "--manifest", "m.json",
                ], in: world.folder)
            try #require(curve.status == 0, "\(curve.errors)")
            let known = try StateFile.read(world.folder.path + "/clip/model.safetensors").loadedTensors()
            let all = try world.weights("run")
            // M2-CLIP begins with a copy of CLIP's last text block.
            let copied = method == "m2clip" ? known.keys.count { $0.hasPrefix("transformer.resblocks.1.") } : 0
            #expect(
                curve.errors.contains("lacks \(all.count - known.count - copied) of the model's \(all.count) tensors"))
            let manifest = try EvaluationManifest(contentsOf: world.folder.path + "/m.json")
            #expect(manifest.curve?.points.last?.supervised == manifest.result.top1.mean)
        }
    }

    @Test("ctrl-C saves and ends with 130")
    func interrupt() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("st-adapter", to: "run", ["recipe.epochs=200", "run.evaluateEvery=0"])
            let run = try VerbProcess(arguments, in: world.folder)
            try run.process.run()
            await waitForLines(5, in: "run", of: world, while: run)
            run.process.interrupt()
            let outcome = await run.outcome()
            #expect(outcome.status == 130)
            let saved = RunFolder(world.folder.path + "/run").steps.last ?? 0
            #expect(saved >= 5)
            #expect(try world.losses("run").count == saved)
        }
    }

    @Test(
        "wrong recipes are refused with the place and the remedy, before a folder is made",
        arguments: [
            ("recipe.learninRate=1", "recipe.learninRate: there is no such key; the nearest is learningRate"),
            ("model.classes=48", "--set model.classes=49"),
            ("model.vision.blocks.layers=3", "clip is another CLIP than the recipe"),
            ("lists.train.path=nowhere.txt", "nowhere.txt: no such file"),
            ("run.accumulate=0", "run.accumulate is 0"),
            ("run.rates=[{prefix: foo, factor: 1}]", "no trained parameter begins with foo"),
            ("start.checkpoint=nothing", "nothing"),
        ])
    func refusals(_ assignment: String, _ words: String) async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("evl", to: "x", [assignment])
            let outcome = try await VerbProcess.run(arguments, in: world.folder)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/x"))
        }
    }

    @Test("a folder with another recipe is left alone")
    func otherRecipe() async throws {
        try await TrainingWorld.with { world in
            let first = try await VerbProcess.run(try world.arguments("linear-probe", to: "run"), in: world.folder)
            try #require(first.status == 0, "\(first.errors)")
            let second = try await VerbProcess.run(
                try world.arguments("linear-probe", to: "run", ["run.seed=2"]), in: world.folder)
            #expect(second.status == 1)
            #expect(second.errors.contains("run.seed is 2 now and 1 there"))
        }
    }
}
