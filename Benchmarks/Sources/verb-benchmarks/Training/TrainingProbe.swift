import ActionModels
import ArgumentParser
import Foundation
import Synchronization
import Torch
import Training

/// What one process says of its steps; the peer answers with the same.
struct TrainingAnswer: Codable {
    /// Seconds of each measured step, waiting for clips included.
    let seconds: [Double]
    /// The peak of resident memory over the measured steps, in bytes.
    let peakBytes: Int
    /// The share of the steps' time that was spent waiting for clips.
    let dataWait: Double
}

/// Trains by the real trainer for a few steps in this process; the benchmark starts it.
struct TrainingProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "training-probe", shouldDisplay: false)

    @Argument var item: TrainingCase
    @Option var folder: String
    @Option var vocabulary: String
    @Option var batch: Int
    @Option var warmup: Int
    @Option var steps: Int
    @Option var threads: Int

    func run() async throws {
        TorchRuntime.threads = threads
        let files = TrainingFiles(folder: folder, vocabulary: vocabulary)
        var values = ["recipe.batch=\(batch)", "run.threads=\(threads)", "run.workers=1"]
        if item == .m2CLIP { values.append("model.labelWords=\(TrainingFiles.labelWords)") }
        let recipe = try TrainingRecipe(contentsOf: files.recipe(item), setting: values)
        let tokenizer = try files.tokenizer()
        let start = try await TorchThread.run {
            StartingPoint(
                try ActionModelCheckpoint(path: files.start), tokenizer: tokenizer, hasOwnVocabulary: false)
        }
        let output = "\(folder)/run-\(UUID().uuidString)"
        let (warmup, steps) = (warmup, steps)
        let records = Mutex<[StepRecord]>([])
        let images = Double(batch * (recipe.preset.model.configuration.frames ?? 0))
        _ = try await TrainingRun(recipe, start: start, folder: RunFolder(output)).run { event in
            guard case .stepped(let record) = event else { return }
            if record.step == warmup { ResidentMemory.forgetPeak() }
            let measured = records.withLock { records in
                if record.step > warmup { records.append(record) }
                return records
            }
            guard measured.count == steps else { return }
            // The run would go on to its end and write models.
            Self.end(
                TrainingAnswer(
                    seconds: measured.map { images / $0.imagesPerSecond }, peakBytes: ResidentMemory.peakBytes,
                    dataWait: measured.map(\.dataWait).reduce(0, +) / Double(steps)), removing: output)
        }
    }

    private static func end(_ answer: TrainingAnswer, removing folder: String) {
        if let data = try? JSONEncoder().encode(answer) { FileHandle.standardOutput.write(data) }
        try? FileManager.default.removeItem(atPath: folder)
        _exit(0)
    }
}

/// The memory of this process that is in the machine's memory; 0 where the system does not tell.
enum ResidentMemory {
    /// Begins a new peak.
    ///
    /// Source: proc(5), `/proc/pid/clear_refs`.
    static func forgetPeak() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
    }

    /// The most since then, in bytes.
    static var peakBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 } ?? 0
    }
}
