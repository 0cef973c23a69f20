import ArgumentParser
import Foundation

/// Training steps of all methods by the trainer, beside the same steps in PyTorch.
struct TrainingBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Training steps by the real trainer, beside the same steps in PyTorch.",
        discussion: """
            Every method trains ViT-B/16 with 8 frames and random weights by its preset's recipe, from H.264 files 256 \
            pixels high. Verb's side is a whole run: decoding, augmentation, step, log. PyTorch's side is the step alone, on \
            clips that are there already. Each measurement is a process of its own; the two take turns. First both \
            compute the loss of one batch with the same weights, which must be equal.

            The peer needs Python with the packages of Benchmarks/peers/requirements.txt:
              verb-benchmarks training --python .venv/bin/python
              verb-benchmarks training --only evl --rounds 1 --skip-check
            """)

    @Option(help: "The Python with PyTorch; without it Verb is measured alone.")
    var python: String?

    @Option(help: "The peer's script.")
    var script = "peers/training.py"

    @Option(help: "The folder of what the runs read, about 0.6 GB, written where it is missing.")
    var folder = FileManager.default.temporaryDirectory.appendingPathComponent("verb-training-benchmark").path

    @Option(help: "The file of CLIP's vocabulary, which `make setup` fetches.")
    var vocabulary = "../.deps/clip/bpe_simple_vocab_16e6.txt.gz"

    @Option(help: "Only these methods.")
    var only: [TrainingCase] = []

    @Option(help: "Clips of a step.")
    var batch = 2

    @Option(help: "How often the two sides take turns.")
    var rounds = 3

    @Option(help: "Measured steps in each turn, after one for warming up.")
    var steps = 3

    @Option(help: "Threads of LibTorch and of PyTorch.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "A file for the results as JSON.")
    var json: String?

    @Flag(help: "Do not compare the losses first.")
    var skipCheck = false

    func validate() throws {
        guard batch > 0, rounds > 0, steps > 0, threads > 0 else { throw ValidationError("Numbers must be positive.") }
    }

    func run() async throws {
        try await TrainingFiles(folder: folder, vocabulary: vocabulary).write(note)
        var lines: [TrainingLine] = []
        for item in only.isEmpty ? TrainingCase.allCases : only {
            if python != nil, !skipCheck { try check(item) }
            var line = TrainingLine(item, try item.cost(), batch: batch)
            for round in 1...rounds {
                note("\(item.rawValue), round \(round) of \(rounds)")
                line.verb.append(try own("training-probe", item, warmupAndSteps))
                if let peer = try peer("step", item, peerSizes, TrainingAnswer.self) { line.peer.append(peer) }
            }
            lines.append(line)
        }
        print("\(Machine.name), \(threads) threads, float32, \(batch) clips a step; medians of \(rounds) x \(steps)\n")
        print(TrainingLine.markdown(lines))
        if let json { try JSONEncoder().encode(lines).write(to: URL(fileURLWithPath: json), options: .atomic) }
    }

    private var warmupAndSteps: [String] { ["--warmup", "1", "--steps", "\(steps)"] }
    private var peerSizes: [String] {
        ["--batch", "\(batch)", "--threads", "\(threads)", "--words", "\(TrainingFiles.labelWords)"] + warmupAndSteps
    }

    private func check(_ item: TrainingCase) throws {
        let own: TrainingFacts = try own("training-check", item, [])
        guard let other = try peer("check", item, [folder], TrainingFacts.self) else { return }
        note("\(item.rawValue): loss \(own.loss), \(other.loss); gradient \(own.gradientNorm), \(other.gradientNorm)")
        guard own.agrees(with: other) else { throw Different(own: own, other: other) }
    }

    private func own<Answer: Decodable>(_ command: String, _ item: TrainingCase, _ more: [String]) throws -> Answer {
        let program = Bundle.main.executableURL?.path ?? CommandLine.arguments[0]
        return try PeerProcess.answer(
            [program, command, item.rawValue, "--folder", folder, "--vocabulary", vocabulary, "--batch", "\(batch)"]
                + ["--threads", "\(threads)"] + more)
    }

    private func peer<Answer: Decodable>(
        _ command: String, _ item: TrainingCase, _ more: [String], _ type: Answer.Type
    ) throws -> Answer? {
        guard let python else { return nil }
        return try PeerProcess.answer(["/usr/bin/env", python, script, command, item.rawValue] + more)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    struct Different: Error, CustomStringConvertible {
        let own: TrainingFacts, other: TrainingFacts
        var description: String { "the two sides do not compute the same: \(own), \(other)" }
    }
}

/// A process that answers once with JSON.
enum PeerProcess {
    static func answer<Answer: Decodable>(_ command: [String]) throws -> Answer {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Probe.Failure(arguments: command, status: process.terminationStatus)
        }
        return try JSONDecoder().decode(Answer.self, from: data)
    }
}
