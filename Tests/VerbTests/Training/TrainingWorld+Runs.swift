import Foundation
import Testing
import Torch
import Training

extension TrainingWorld {
    /// Runs the command to its end, which must be good.
    @discardableResult
    func run(_ arguments: [String]) async throws -> VerbProcess.Outcome {
        let outcome = try await VerbProcess.run(arguments, in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    /// Starts processes that share a run, each with its arguments and in its folder.
    func started(_ processes: [(arguments: [String], folder: URL)]) throws -> [VerbProcess] {
        let port = "\(Int.random(in: 20_000..<60_000))"
        let runs = try processes.enumerated().map { rank, process in
            try VerbProcess(
                process.arguments + ["--timeout", "60"], in: process.folder,
                environment: [
                    "RANK": "\(rank)", "WORLD_SIZE": "\(processes.count)", "LOCAL_RANK": "\(rank)",
                    "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
                ])
        }
        for run in runs { try run.process.run() }
        return runs
    }

    /// Starts two processes with the same arguments.
    func startedTwice(_ arguments: [String]) throws -> [VerbProcess] {
        try started([(arguments, folder), (arguments, folder)])
    }

    /// Runs two processes to their end, which must be good.
    @discardableResult
    func runTwice(_ arguments: [String]) async throws -> [VerbProcess.Outcome] {
        var outcomes: [VerbProcess.Outcome] = []
        for run in try startedTwice(arguments) { outcomes.append(await run.outcome()) }
        for outcome in outcomes { try #require(outcome.status == 0, "\(outcome.errors)") }
        return outcomes
    }

    /// Waits until a run has logged so many lines, or has ended.
    func waitForLines(_ count: Int, in output: String, while run: VerbProcess) async {
        while run.process.isRunning {
            let text = (try? String(contentsOfFile: "\(folder.path)/\(output)/metrics.jsonl", encoding: .utf8)) ?? ""
            if text.count(where: { $0 == "\n" }) >= count { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Runs to the end with a kill behind each of these numbers of lines of the log.
    func runKilled(_ arguments: [String], at lines: [Int], output: String) async throws {
        for count in lines {
            let run = try VerbProcess(arguments, in: folder)
            try run.process.run()
            await waitForLines(count, in: output, while: run)
            kill(run.process.processIdentifier, SIGKILL)
            _ = await run.outcome()
        }
        try await run(arguments)
    }

    /// The lines of a run's log without its speed.
    func log(_ output: String) throws -> [LogLine] {
        try JSONLinesLog.lines(of: "\(folder.path)/\(output)/metrics.jsonl").map { line in
            var line = line
            for name in ["train/images_per_second", "train/data_wait"] { line.values[name] = nil }
            return line
        }
    }

    /// The lines of a run's evaluations.
    func evaluations(_ output: String) throws -> [LogLine] {
        try log(output).filter { $0.scalars["validation/top1"] != nil }
    }

    /// Where a run is by its newest checkpoint.
    func state(_ output: String) throws -> RunState {
        let place = RunFolder("\(folder.path)/\(output)"), step = place.steps.last ?? 0
        let name = "step-" + String(repeating: "0", count: 8 - "\(step)".count) + "\(step)"
        let data = try Data(contentsOf: URL(filePath: "\(place.path)/checkpoints/\(name)/state.json"))
        return try JSONDecoder().decode(RunState.self, from: data)
    }

    /// Expects two runs to have the same log, evaluations and models, to the last bit.
    func expectSame(_ first: String, _ second: String) throws {
        let logs = try (log(first), log(second))
        #expect(logs.0 == logs.1)
        let states = try (state(first), state(second))
        #expect(states.0.best == states.1.best && states.0.evaluatedStep == states.1.evaluatedStep)
        #expect(states.0.evaluationsWithoutBest == states.1.evaluationsWithoutBest)
        for model in ["best", "last"] {
            let paths = [first, second].map { "\(folder.path)/\($0)/\(model)/model.safetensors" }
            let weights = paths.map { FileManager.default.contents(atPath: $0) }
            #expect(weights[0] == weights[1] && (model == "best" || weights[0] != nil), "\(model)")
        }
    }

    /// Writes a text into a file of this folder.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    /// The lines of a file of this folder.
    func lines(of name: String) throws -> [String] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
