import Foundation
import Testing
import Training

@Suite("Training runs of several processes", .serialized)
struct TrainProcessesTests {
    @Test("ctrl-C of any of them stops all before the same step, and the run goes on", arguments: [[1], [0], [0, 1]])
    func interrupt(_ interrupted: [Int]) async throws {
        try await TrainingWorld.with { world in
            func arguments(_ output: String) throws -> [String] {
                try world.arguments("st-adapter", to: output, ["recipe.epochs=25", "run.evaluateEvery=0"])
            }
            let runs = try world.startedTwice(try arguments("run"))
            await world.waitForLines(4, in: "run", while: runs[0])
            for rank in interrupted { runs[rank].process.interrupt() }
            for run in runs {
                let outcome = await run.outcome()
                #expect(outcome.status == 130, "\(outcome.errors)")
            }
            let saved = try world.state("run").step
            #expect(saved >= 4 && saved < 75)
            #expect(try world.losses("run").count == saved)
            guard interrupted == [1] else { return }
            try await world.runTwice(try arguments("run"))
            try await world.runTwice(try arguments("whole"))
            try world.expectSame("whole", "run")
        }
    }

    @Test("processes with other recipes or lists are told so, and no folder is made")
    func mismatch() async throws {
        try await TrainingWorld.with { world in
            let arguments = try world.arguments("linear-probe", to: "run")
            let other = world.folder.appending(path: "other")
            try withOtherList(world, other)
            for (second, words) in [
                ((arguments + ["--set", "run.seed=7"], world.folder), "seed: 7"),
                ((arguments, other), "the list of clips to train on"),
            ] {
                for run in try world.started([(arguments, world.folder), second]) {
                    let outcome = await run.outcome()
                    #expect(outcome.status == 1 && outcome.errors.contains("do not agree on"), "\(outcome.errors)")
                    #expect(outcome.errors.contains(words), "\(outcome.errors)")
                }
                #expect(!FileManager.default.fileExists(atPath: world.folder.path + "/run"))
            }
        }
    }

    /// Makes a folder with the same clips and model, and a list in another order.
    private func withOtherList(_ world: TrainingWorld, _ other: URL) throws {
        let files = FileManager.default, data = other.appending(path: "data")
        try files.createDirectory(at: data, withIntermediateDirectories: true)
        try files.createSymbolicLink(
            at: other.appending(path: "clip"), withDestinationURL: world.folder.appending(path: "clip"))
        for name in ["train", "validation", "validation.txt", "training_classes.txt"] {
            try files.createSymbolicLink(
                at: data.appending(path: name), withDestinationURL: world.folder.appending(path: "data/\(name)"))
        }
        let lines = try world.lines(of: "data/train.txt").reversed()
        try world.write(lines.joined(separator: "\n") + "\n", to: "other/data/train.txt")
    }

    @Test("processes that evaluate other models, lists or clips are told so")
    func evaluation() async throws {
        try await TrainingWorld.with { world in
            let arguments = [
                "evaluate", "data/validation.txt", "--classes", "data/training_classes.txt", "--model", "clip",
                "--baseline", "none", "--frames", "3",
            ]
            let listed = arguments.map { $0 == "data/validation.txt" ? "data/train.txt" : $0 }
            for (second, words) in [
                (listed, "the lists"), (arguments + ["--prompt", "a {}"], "how models are evaluated"),
            ] {
                for run in try world.started([(arguments, world.folder), (second, world.folder)]) {
                    let outcome = await run.outcome()
                    #expect(
                        outcome.status == 1 && outcome.errors.contains("do not agree on \(words)"), "\(outcome.errors)")
                }
            }
        }
    }
}
