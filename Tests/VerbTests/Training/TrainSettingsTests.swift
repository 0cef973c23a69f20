import Foundation
import Testing
import Training

/// Settings that change what a run reads and learns.
private enum ChangedSettings {
    static let mixing: String =
        "run.mixing={mixup: 0.8, cutmix: 1, probability: 1, cutmixShare: 0.5, partners: reversed}"
    static let several: [String] = [
        "run.task=multiple", "run.metric=map", "lists.train.path=data/train-several.txt",
        "lists.train.format=multi-label", "lists.validation.path=data/validation-several.txt",
        "lists.validation.format=multi-label",
    ]
    static let killed: [(String, [String])] = [
        ("linear-probe", [mixing]), ("linear-probe", several), ("st-adapter", several + [mixing]),
        ("st-adapter", ["run.precision=bfloat16"]), ("actionclip", ["run.contrastive=own"]),
        ("evl", ["run.isFixed=true", "run.features={folder: features, storage: float16}"]),
    ]
}

@Suite("Settings of training runs", .serialized)
struct TrainSettingsTests {
    /// Lists of the same clips with none, one or two classes each.
    private func writeSeveral(_ world: TrainingWorld) throws {
        for list in ["train", "validation"] {
            let lines = try world.lines(of: "data/\(list).txt").enumerated().map { number, line in
                let path = line.split(separator: " ")[0]
                return number % 4 == 3 ? String(path) : number % 2 == 0 ? line : "\(line) 48"
            }
            try world.write(lines.joined(separator: "\n") + "\n", to: "data/\(list)-several.txt")
        }
    }

    @Test(
        "runs with these settings are killed and go on to the same numbers",
        arguments: ChangedSettings.killed)
    func killed(_ method: String, _ settings: [String]) async throws {
        try await TrainingWorld.with { world in
            try writeSeveral(world)
            let more = settings + ["run.checkpointEvery=2"]
            try await world.run(try world.arguments(method, to: "whole", more))
            try await world.run(try world.arguments(method, to: "plain"))
            try await world.runKilled(try world.arguments(method, to: "killed", more), at: [4], output: "killed")
            try world.expectSame("whole", "killed")
            let losses = try world.losses("whole"), plain = try world.losses("plain")
            #expect(losses.count == plain.count && losses.allSatisfy(\.isFinite))
            // Contrastive losses of a single process are the same in both scopes.
            #expect((losses == plain) == settings.contains("run.contrastive=own"))
        }
    }

    @Test("clips of several classes that are mixed with a chance of 0 keep their classes, on one process and two")
    func severalClasses() async throws {
        try await TrainingWorld.with { world in
            try writeSeveral(world)
            let never = ChangedSettings.mixing.replacing("probability: 1", with: "probability: 0")
            try await world.run(try world.arguments("linear-probe", to: "plain", ChangedSettings.several))
            try await world.run(try world.arguments("linear-probe", to: "unmixed", ChangedSettings.several + [never]))
            try await world.runTwice(try world.arguments("linear-probe", to: "two", ChangedSettings.several))
            let plain = try world.losses("plain")
            #expect(try world.losses("unmixed") == plain)
            try expectClose(try world.losses("two"), plain)
            let (values, state) = (try world.evaluations("plain"), try world.state("plain"))
            let best = values.compactMap { $0.scalars["validation/map"] }.max()
            #expect(values.count == 3 && state.best?.value == best && (best ?? 0) > 0)
        }
    }

    @Test("the metric decides which model was best")
    func metric() async throws {
        try await TrainingWorld.with { world in
            // Classes of different sizes: what is right often is not what is right in many classes.
            let lines = try world.lines(of: "data/train.txt")
            try world.write(
                ([lines[0], lines[0], lines[0]] + lines).joined(separator: "\n") + "\n", to: "data/own.txt")
            let settings = ["lists.validation.path=data/own.txt", "run.metric=mean_class", "recipe.learningRate=0.1"]
            try await world.run(try world.arguments("linear-probe", to: "run", settings + ["recipe.epochs=6"]))
            let (values, state) = (try world.evaluations("run"), try world.state("run"))
            let means = values.compactMap { $0.scalars["validation/mean_class"] }
            let best = try #require(means.max())
            #expect(means.count == 6 && best > 0 && state.best?.value == best)
            #expect(state.best?.step == values.first { $0.scalars["validation/mean_class"] == best }?.step)
            #expect(best != values.compactMap { $0.scalars["validation/top1"] }.max())
        }
    }

    @Test("a run without a better evaluation ends by its patience, and stays ended")
    func patience() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments(
                "linear-probe", to: "run", ["recipe.learningRate=1e-12", "run.patience=2", "recipe.epochs=9"])
            for _ in 0..<2 {
                try await world.run(arguments)
                #expect(try world.evaluations("run").map(\.step) == [3, 6, 9])
                let state = try world.state("run")
                #expect(state.step == 9 && state.best?.step == 3 && state.evaluationsWithoutBest == 2)
            }
        }
    }

    @Test("contrastive losses compare the clips of all processes, or of each its own")
    func contrastive() async throws {
        try await TrainingWorld.with { world in
            func losses(_ scope: String) async throws -> [Double] {
                try await world.runTwice(try world.arguments("actionclip", to: scope, ["run.contrastive=\(scope)"]))
                return try world.losses(scope)
            }
            let (all, own) = (try await losses("all"), try await losses("own"))
            #expect(own.count == all.count && own.allSatisfy(\.isFinite))
            // Three clips to choose from instead of six.
            #expect(abs(own[0] - all[0]) > 1e-2, "\(own[0]) \(all[0])")
        }
    }

    @Test("two processes train on kept features as one does", arguments: ["linear-probe", "evl"])
    func keptFeatures(_ method: String) async throws {
        try await TrainingWorld.with { world in
            let exact = method == "evl" ? ["model.mlpDropout=0", "model.headDropout=0"] : []
            let kept = exact + ["run.isFixed=true", "run.features={folder: features, storage: float32}"]
            try await world.runTwice(try world.arguments(method, to: "two", kept))
            try await world.run(try world.arguments(method, to: "one", exact + ["run.isFixed=true"]))
            try expectClose(try world.losses("two"), try world.losses("one"))
        }
    }

    private func expectClose(_ found: [Double], _ expected: [Double]) throws {
        try #require(found.count == expected.count && !found.isEmpty)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5 * max(1, abs(b))) }
    }
}
