import Foundation
import Testing
import Training

@Suite("Endings of training runs", .serialized)
struct TrainEndingTests {
    @Test(
        "a run measures its last weights once, wherever it ends and however often it was killed",
        arguments: [
            ("evl", ["recipe.steps=8"], [3, 6, 8]), ("linear-probe", ["run.evaluateEvery=2"], [6, 9]),
            ("linear-probe", ["run.evaluateEvery=0"], [9]), ("st-adapter", ["recipe.epochs=2.4"], [3, 6, 7]),
        ])
    func last(_ method: String, _ settings: [String], _ steps: [Int]) async throws {
        try await TrainingWorld.with { world in
            let more = settings + ["run.checkpointEvery=2"]
            try await world.run(try world.arguments(method, to: "whole", more))
            #expect(try world.evaluations("whole").map(\.step) == steps)
            let state = try world.state("whole")
            #expect(state.step == steps.last && state.evaluatedStep == steps.last)
            try await world.runKilled(try world.arguments(method, to: "killed", more), at: [2, 6], output: "killed")
            try world.expectSame("whole", "killed")
        }
    }

    @Test("a run that was killed between a checkpoint and its evaluation logs the evaluation once")
    func owed() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("evl", to: "run", ["run.checkpointEvery=3", "run.keep=5"])
            try await world.run(arguments)
            let (whole, place) = (try world.log("run"), world.folder.path + "/run")
            #expect(whole.filter { $0.step == 9 }.count == 2)
            // As the checkpoint was before the evaluation of its step.
            var state = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(filePath: place + "/checkpoints/step-00000009/state.json")))
                    as? [String: Any])
            let before = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: place + "/checkpoints/step-00000006/state.json")))
            for key in ["best", "evaluationsWithoutBest", "evaluatedStep"] {
                state[key] = (before as? [String: Any])?[key]
            }
            try JSONSerialization.data(withJSONObject: state)
                .write(to: URL(filePath: place + "/checkpoints/step-00000009/state.json"))
            try FileManager.default.removeItem(atPath: place + "/last")
            let after = try world.state("run")
            #expect(after.evaluatedStep == 6)
            try await world.run(arguments)
            #expect(try world.log("run") == whole)
            #expect(try world.state("run").evaluatedStep == 9)
        }
    }

    @Test(
        "a finished run that is started again changes nothing", arguments: [["recipe.steps=8"], ["lists.validation="]])
    func again(_ settings: [String]) async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("evl", to: "run", settings)
            let first = try await world.run(arguments)
            func contents() throws -> [Data?] {
                let state =
                    "checkpoints/step-" + (settings == ["recipe.steps=8"] ? "00000008" : "00000009") + "/state.json"
                return ["metrics.jsonl", "report.html", "last/model.safetensors", "last/README.md", state].map {
                    FileManager.default.contents(atPath: "\(world.folder.path)/run/\($0)")
                }
            }
            let before = try contents()
            #expect(before.allSatisfy { $0 != nil })
            let second = try await world.run(arguments)
            #expect(try contents() == before)
            let best = FileManager.default.fileExists(atPath: world.folder.path + "/run/best")
            #expect(best == (settings == ["recipe.steps=8"]))
            for outcome in [first, second] {
                #expect(outcome.output.contains(best ? "run/best\n" : "run/last\n"), "\(outcome.output)")
            }
        }
    }

    @Test("a run on another list than it began with is refused")
    func otherList() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("linear-probe", to: "run")
            try await world.run(arguments)
            let lines = try world.lines(of: "data/train.txt")
            try world.write(lines.reversed().joined(separator: "\n") + "\n", to: "data/train.txt")
            let outcome = try await VerbProcess.run(arguments, in: world.folder)
            #expect(outcome.status == 1 && outcome.errors.contains("trainList is "), "\(outcome.errors)")
            try world.write(lines.joined(separator: "\n") + "\n", to: "data/train.txt")
            try await world.run(arguments)
        }
    }

    @Test("a second run in the same folder is refused while the first is at work")
    func busy() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("st-adapter", to: "run", ["recipe.epochs=200", "run.evaluateEvery=0"])
            let first = try VerbProcess(arguments, in: world.folder)
            try first.process.run()
            await world.waitForLines(1, in: "run", while: first)
            let second = try await VerbProcess.run(arguments, in: world.folder)
            first.process.interrupt()
            #expect(await first.outcome().status == 130)
            #expect(second.status == 1 && second.errors.contains("another run is at work"), "\(second.errors)")
        }
    }
}
