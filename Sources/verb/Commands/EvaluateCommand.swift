import ActionModels
public import ArgumentParser
public import Datasets
import Foundation
import Recognition
import Torch
public import Training

extension EvaluationSettings.Head: ExpressibleByArgument {}
extension LabelText: ExpressibleByArgument {}

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model names the videos of a list.",
        discussion: """
            Every video counts exactly once, on any number of processes (torchrun --no-python, Slurm, MPI); what cannot be \
            read is listed and wrong. The frozen CLIP that the model started from stands beside it. docs/evaluation.md \
            describes the protocols.

            A folder of Puppets clips without a protocol is measured by the names of the classes of each of its lists \
            (validation, heldout, second_look).

            With --segments, a list of long videos with the times of their actions is watched as a stream, and what is \
            found when is compared with it.

            EXAMPLES
              verb evaluate data/puppets
              verb evaluate --segments data/long/segments.json --smoothing 0.5
              verb evaluate k400/val.csv --root k400/val --model runs/k400/best --manifest evaluation.json
              verb evaluate --protocol zero-shot-splits hmdb/splits --root hmdb/videos --model k400.pth --backbone B16.pt
              verb evaluate --rerun evaluation.json
            """)

    @Argument(help: "A list, or a folder of split files or of folders of classes; several of zero-shot-splits.")
    var lists: [String] = []

    @Option(name: .customLong("protocol"), help: "How the figures come about (default: supervised).")
    var method: EvaluationProtocol?

    @OptionGroup(title: "List")
    var reading: ListReadingOptions

    @Option(help: "Which classes of a list compete.")
    var among = CompetingClasses.listed

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(
        name: .customLong("more-model"),
        help: ArgumentHelp(
            "A further model of few-shot or base-to-novel, another draw or seed; may come several times.",
            valueName: "path|name"))
    var moreModels: [String] = []

    @Option(
        help: ArgumentHelp(
            "The frozen CLIP to compare with, or none (default: what the model's run started from).",
            valueName: "path|name"))
    var baseline: String?

    @OptionGroup(title: "Clips")
    var clips: EvaluationClipOptions

    @Option(
        help: ArgumentHelp(
            "By the trained classes, or by texts (default: texts in zero-shot protocols, else classes where there are any).",
            valueName: "head"))
    var scoreBy: EvaluationSettings.Head?

    @Option(help: ArgumentHelp("A sentence with {} for the class; may come several times.", valueName: "sentence"))
    var prompt: [String] = []

    @Option(help: "How class names become words (default: the run's rule, else underscores become blanks).")
    var labelText: LabelText?

    @Option(
        help: ArgumentHelp(
            "Videos a class that few-shot models were trained on, one number a model.", valueName: "K[,K…]"))
    var shots: String?

    @Option(help: ArgumentHelp("The folder that `verb data halves` wrote, for base-to-novel.", valueName: "folder"))
    var halves: String?

    @Option(
        help: ArgumentHelp(
            "Measure the models between this one and the tuned one, in steps of 0.1 of the weights.",
            valueName: "path|name"))
    var interpolate: String?

    @Option(help: ArgumentHelp("Unseen classes or data, measured along --interpolate.", valueName: "list"))
    var zeroShotList: String?

    @Option(help: ArgumentHelp("The class list of --zero-shot-list.", valueName: "file"))
    var zeroShotClasses: String?

    @Option(
        help: ArgumentHelp(
            "A list of long videos with the times of their actions, as `verb puppets --long` writes it.",
            valueName: "segments.json"))
    var segments: String?

    @OptionGroup(title: "Segments")
    var stream: StreamOptions

    @Option(help: ArgumentHelp("Write everything that the figures depend on, and the figures.", valueName: "file"))
    var manifest: String?

    @Option(help: ArgumentHelp("Do what a manifest says again, and tell every difference.", valueName: "manifest"))
    var rerun: String?

    @Option(help: ArgumentHelp("Write a page with confusion, classes and mistakes.", valueName: "file.html"))
    var report: String?

    @Option(help: "Videos decoded at a time (default: the number of cores less one).")
    var workers: Int?

    @OptionGroup var processes: ProcessOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard rerun == nil || lists.isEmpty else { throw ValidationError("--rerun takes its lists from the manifest.") }
        guard segments == nil || (lists.isEmpty && rerun == nil && method == nil) else {
            throw ValidationError("--segments is a list by itself; leave out other lists, --protocol and --rerun.")
        }
        if segments != nil { try validateSegments() }
        guard rerun != nil || segments != nil || !lists.isEmpty else {
            throw ValidationError("Name a list, or a manifest with --rerun.")
        }
        guard (1...1024).contains(workers ?? 1) else { throw ValidationError("--workers must be 1 to 1024.") }
        for prompt in prompt where PromptTemplate(prompt) == nil {
            throw ValidationError("--prompt needs one {} in the place of the class name: \(prompt)")
        }
        let isDraws = method == .fewShot || method == .baseToNovel
        guard moreModels.isEmpty || isDraws else {
            throw ValidationError("--more-model is for few-shot and base-to-novel; other protocols evaluate one model.")
        }
        guard (shots != nil) == (method == .fewShot) || (shots != nil && isDraws) else {
            throw ValidationError(
                method == .fewShot
                    ? "few-shot needs --shots, the videos a class that the model was trained on."
                    : "--shots is for few-shot and base-to-novel.")
        }
        guard (halves != nil) == (method == .baseToNovel) else {
            throw ValidationError(
                method == .baseToNovel
                    ? "base-to-novel needs --halves, the folder that `verb data halves` writes."
                    : "--halves is for base-to-novel.")
        }
        guard method != .baseToNovel || scoreBy != .classes else {
            throw ValidationError("base-to-novel asks each half for its own texts; leave out --score-by classes.")
        }
        guard interpolate == nil || !isDraws else {
            throw ValidationError("--interpolate goes with one model: supervised or a zero-shot protocol.")
        }
        guard zeroShotList == nil || interpolate != nil else {
            throw ValidationError("--zero-shot-list is measured along --interpolate, which is missing.")
        }
        _ = try draws(of: ["model"] + moreModels)
    }

    /// A list of segments is watched by one process, and takes labels and times from its file.
    private func validateSegments() throws {
        let given: [(String, Bool)] = [
            ("--manifest", manifest != nil), ("--report", report != nil), ("--among", among != .listed),
            ("--label-text", labelText != nil), ("--baseline", baseline != nil), ("--interpolate", interpolate != nil),
            ("--root", reading.root != nil), ("--classes", reading.classes != nil), ("--workers", workers != nil),
            ("--clips", clips.clips != nil), ("--temporal-views", clips.temporalViews != nil),
            ("--crops", clips.crops != nil), ("--sampling", clips.sampling != nil),
            ("--short-side", clips.shortSide != nil), ("--resize", clips.resize != nil),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError("\(option) means nothing with --segments, whose videos are watched as streams.")
        }
        let environment = ProcessInfo.processInfo.environment
        if let launch = try LaunchEnvironment.detected(in: environment), launch.size > 1 {
            throw ValidationError("--segments runs in one process, not in \(launch.size).")
        }
    }

    /// What each model was trained on.
    func draws(of models: [String]) throws -> [TrainedDraw] {
        guard let shots else { return [] }
        let numbers = shots.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.allSatisfy({ $0 > 0 }), numbers.count == 1 || numbers.count == models.count else {
            throw ValidationError("--shots needs a number from 1, or one for each of the \(models.count) models.")
        }
        return models.enumerated().map { TrainedDraw(shots: numbers.count == 1 ? numbers[0] : numbers[$0], name: $1) }
    }

    func run() async throws {
        if let threads = model.threads { TorchRuntime.threads = threads }
        if let segments { return try await SegmentsEvaluation(path: segments, stream: stream).run(self) }
        let group = try await processes.join()
        if let rerun { return try await EvaluationRerun(manifest: rerun).run(group) }
        if method == nil, let folder = PuppetsEvaluation(lists) { return try await folder.run(self, group) }
        try checkPlaces()
        let outcome = try await outcome(group)
        guard group.rank == 0 else { return }
        for line in EvaluationPrinter.unreadable(outcome) { Notices.write(line) }
        let manifest = await outcome.manifest(command: command, version: Verb.configuration.version)
        if let path = self.manifest { try manifest.write(to: path) }
        if let report { try outcome.report(manifest).write(to: report) }
        print(json ? try JSONText.line(manifest) : EvaluationPrinter.text(outcome))
    }

    /// Finds out before hours of computing, not after them.
    private func checkPlaces() throws {
        for path in [manifest, report].compactMap({ $0 }) {
            let folder = (path as NSString).deletingLastPathComponent
            guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
                throw DatasetError.notWritable(path: path, reason: "its folder is missing or closed to writing")
            }
        }
    }

    private var command: [String] { ["verb", "evaluate"] + CommandLine.arguments.dropFirst(2) }
}
