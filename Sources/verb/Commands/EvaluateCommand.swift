import ActionModels
import ArgumentParser
import CLIP
import Datasets
import Foundation
import Recognition
import Training

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure the zero-shot accuracy of a model on a folder of Puppets clips.",
        discussion: """
            Prints for each list of the folder (validation, heldout, second_look): top-1 among the list's classes, top-1 \
            with the two members of a time-order pair counted as one, and the accuracy between such members, which is \
            near one half for every model that cannot tell the order of frames.

            EXAMPLES
              verb evaluate data/puppets
              verb evaluate data/puppets --model models/tiny --frames 16 --json
            """)

    @Argument(help: "The folder with validation.txt, heldout.txt, second_look.txt and classes.txt.")
    var data: String

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "Number of frames a clip (default: what the model takes, else 8).")
    var frames: Int?

    @Option(help: "Sentence around a class name, with one {}.")
    var prompt = "a video of a person {}"

    @Flag(help: "Print one JSON object a list.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(frames ?? 8) else { throw ValidationError("--frames must be 1 to 1024.") }
        guard prompt.components(separatedBy: "{}").count == 2 else {
            throw ValidationError("--prompt needs one {} in the place of the class name.")
        }
    }

    func run() async throws {
        let loaded = try await model.load(frames: frames)
        guard let tokenizer = loaded.tokenizer else {
            throw TrainingError.badEvaluation("\(loaded.path): \(loaded.kind.title) cannot be asked for class names")
        }
        var evaluation = ZeroShotEvaluation(
            loaded.model, preprocessing: loaded.preprocessing, tokenizer: tokenizer)
        evaluation.frames = frames ?? evaluation.frames
        evaluation.prompt = prompt
        let lists = ["validation", "heldout", "second_look"].map { "\(data)/\($0).txt" }
            .filter { FileManager.default.fileExists(atPath: $0) }
        guard !lists.isEmpty else {
            throw DatasetError.unreadable(path: data, detail: "no validation.txt, heldout.txt or second_look.txt in it")
        }
        for list in lists {
            let clips = try LabelledClips(list: list)
            let name = ((list as NSString).lastPathComponent as NSString).deletingPathExtension
            let progress = ProgressReporter(name, unit: "clips")
            let report = try await evaluation.run(
                clips, among: Set(clips.clips.map(\.label)).sorted(),
                partner: { Puppets.action(named: $0)?.partner?.name }
            ) { done, total in progress.update(done, of: total) }
            try print(name, report)
        }
    }

    private func print(_ list: String, _ report: ZeroShotReport) throws {
        struct Line: Encodable {
            let list: String
            let report: ZeroShotReport
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            Swift.print(String(decoding: try encoder.encode(Line(list: list, report: report)), as: UTF8.self))
            return
        }
        func percent(_ share: Double?) -> String { share.map { String(format: "%5.1f %%", 100 * $0) } ?? "    -" }
        Swift.print(
            """
            \(list): \(report.clips) clips, \(report.classes) classes
              order-blind top-1   \(percent(report.orderBlindTop1))
              top-1               \(percent(report.top1))
              top-5               \(percent(report.top5))
              within pairs        \(percent(report.withinPairs))
            """)
    }
}
