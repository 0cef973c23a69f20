import ArgumentParser
import CLIP
import Foundation
import Recognition

/// Recognition in real time, beside PyTorch, ONNX Runtime and OpenVINO.
struct RealtimeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "realtime",
        abstract: "Image towers, dense windows, files and live streams, beside PyTorch, ONNX Runtime and OpenVINO.",
        discussion: """
            encode   pictures through the image tower, by every tool
            dense    a decision with every frame over the last eight, beside PyTorch window by window
            file     eight frames a second of a 720p H.264 file, a decision with each
            streams  the largest number of live streams with eight decisions a second each

            Weights are random and the same on both sides, frames are decoded from a file. Each measurement is a process \
            of its own; the tools take turns, in another order each round. What computes something else ends the run.

            The peers need Python with the packages of Benchmarks/peers/realtime-requirements.txt:
              verb-benchmarks realtime --python .venv/bin/python
              verb-benchmarks realtime --part encode --architecture TinyCLIP-8M/16 --rounds 1
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument { case encode, dense, file, streams }

    @Option(help: "The Python with the peers; without it Verb is measured alone.")
    var python: String?

    @Option(help: "The peers' script.")
    var script = "peers/realtime.py"

    @Option(help: "The folder of what is read, about 2 GB, written where it is missing.")
    var folder = FileManager.default.temporaryDirectory.appendingPathComponent("verb-realtime-benchmark").path

    @Option(parsing: .upToNextOption, help: "Only these parts.")
    var part: [Part] = []

    @Option(parsing: .upToNextOption, help: "Other architectures than each part's own.")
    var architecture: [NamedArchitecture] = []

    @Option(parsing: .upToNextOption, help: "The precisions of Verb.")
    var precision: [Precision] = [.fp32, .bf16, .int8]

    @Option(parsing: .upToNextOption, help: "The backends of the peers (default: all).")
    var backend: [String] = [
        "eager", "compile", "onnxruntime", "onnxruntime-int8-dynamic", "onnxruntime-int8-static", "openvino",
        "openvino-bf16", "openvino-int8", "openvino-int8-bf16",
    ]

    @Option(help: "How often the tools take turns.")
    var rounds = 3

    @Option(help: "Measured runs in each turn, after five for warming up.")
    var runs = 15

    @Option(help: "Threads of every tool.")
    var threads = 2

    @Option(help: "A file for the results as JSON.")
    var json: String?

    func validate() throws {
        guard rounds > 0, runs > 0, threads > 0 else { throw ValidationError("Numbers must be positive.") }
    }

    private var precisions: [Precision] { precision.filter { $0.obstacle == nil } }

    func run() async throws {
        let files = RealtimeFiles(folder: folder)
        try files.writeVideo()
        var results = RealtimeResults(machine: Machine.name, threads: threads)
        let parts = part.isEmpty ? Part.allCases : part
        if parts.contains(.encode) { try await encode([.vitB16, .tinyCLIP8M16], files, &results) }
        if parts.contains(.dense) { try await dense([.vitB16], files, &results) }
        if parts.contains(.file) { try file([.vitB16, .tinyCLIP40M32, .tinyCLIP8M16], &results) }
        if parts.contains(.streams) { try streams([.tinyCLIP40M32, .tinyCLIP8M16], &results) }
        print(results.markdown)
        if let json { try JSONEncoder().encode(results).write(to: URL(fileURLWithPath: json), options: .atomic) }
    }

    private func chosen(_ usual: [NamedArchitecture]) -> [NamedArchitecture] {
        architecture.isEmpty ? usual : architecture
    }

    private func encode(
        _ usual: [NamedArchitecture], _ files: RealtimeFiles, _ results: inout RealtimeResults
    ) async throws {
        for item in chosen(usual) {
            let target = files.folder(of: item)
            if python != nil {
                note("\(item.rawValue): writing models")
                try await files.write(item)
                _ = try peer(["prepare", target], Nothing.self)
            }
            for round in 1...rounds {
                for tool in tools(round) {
                    note("\(item.rawValue), round \(round) of \(rounds): \(tool.name)")
                    let answer: EncodingAnswer? =
                        switch tool {
                        case .verb(let precision): try own("encode", item, precision)
                        case .peer(let name): try peer(["encode", target, name] + warmupAndRuns, EncodingAnswer.self)
                        }
                    guard let answer else { continue }
                    guard answer.cosine >= tool.lowestCosine else {
                        throw Different(tool: tool.name, what: "cosine \(answer.cosine)")
                    }
                    results.encoding[item.rawValue, default: [:]][tool.name, default: []].append(answer)
                }
            }
        }
    }

    private enum Tool {
        case verb(Precision)
        case peer(String)

        var name: String {
            switch self {
            case .verb(let precision): "Verb \(precision.rawValue)"
            case .peer(let name): name
            }
        }

        /// What features must have with the reference's; the 8-bit ones of others are only kept from nonsense.
        var lowestCosine: Double {
            switch self {
            case .verb(.int8): 0.995
            case .peer where name.contains("int8"): 0.95
            case .verb, .peer: 0.9995
            }
        }
    }

    private struct Different: Error, CustomStringConvertible {
        let tool: String, what: String
        var description: String { "\(tool) computes something else: \(what)" }
    }

    /// All tools, from another one on in each round.
    private func tools(_ round: Int) -> [Tool] {
        let all = precisions.map(Tool.verb) + (python == nil ? [] : backend.map(Tool.peer))
        let first = (round - 1) * (all.count / rounds) % all.count
        return Array(all[first...] + all[..<first])
    }

    private func dense(
        _ usual: [NamedArchitecture], _ files: RealtimeFiles, _ results: inout RealtimeResults
    ) async throws {
        for item in chosen(usual) {
            let target = files.folder(of: item)
            if python != nil { try await files.write(item) }
            for round in 1...rounds {
                note("\(item.rawValue), dense windows, round \(round) of \(rounds)")
                for precision in precisions {
                    let answer: DenseAnswer = try own("dense", item, precision)
                    guard precision != .fp32 || answer.difference <= 1e-5 else {
                        throw Different(tool: "Verb's stream", what: "a probability by \(answer.difference)")
                    }
                    results.dense[item.rawValue, default: [:]]["Verb \(precision.rawValue)", default: []].append(answer)
                }
                let answer = try peer(["dense", target] + warmupAndRuns, DenseAnswer.self)
                if let answer {
                    results.dense[item.rawValue, default: [:]]["PyTorch window by window", default: []].append(answer)
                }
            }
        }
    }

    private func file(_ usual: [NamedArchitecture], _ results: inout RealtimeResults) throws {
        for item in chosen(usual) {
            for precision in precisions {
                note("\(item.rawValue), file, \(precision.rawValue)")
                results.files[item.rawValue, default: [:]][precision.rawValue] = try own("file", item, precision)
            }
        }
    }

    private func streams(_ usual: [NamedArchitecture], _ results: inout RealtimeResults) throws {
        for item in chosen(usual) {
            for precision in precisions {
                note("\(item.rawValue), streams, \(precision.rawValue)")
                results.streams[item.rawValue, default: [:]][precision.rawValue] = try own("streams", item, precision)
            }
        }
    }

    private struct Nothing: Decodable {}

    private var warmupAndRuns: [String] { ["--warmup", "5", "--runs", "\(runs)"] }

    private func own<Answer: Decodable>(
        _ work: String, _ item: NamedArchitecture, _ precision: Precision
    ) throws -> Answer {
        let program = Bundle.main.executableURL?.path ?? CommandLine.arguments[0]
        return try PeerProcess.answer(
            [program, "realtime-probe", work, item.rawValue, "--precision", precision.rawValue, "--folder", folder]
                + ["--threads", "\(threads)"] + warmupAndRuns)
    }

    private func peer<Answer: Decodable>(_ arguments: [String], _ type: Answer.Type) throws -> Answer? {
        guard let python else { return nil }
        return try PeerProcess.answer(
            ["/usr/bin/env", python, script] + arguments + ["--threads", "\(threads)"])
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
