import ActionModels
import ArgumentParser
import Datasets
import Recognition
import Torch
import Training

struct SpatialTargetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spatial-targets",
        abstract: "Ask a frozen CLIP what is visible in the videos of a list, as targets for distillation.",
        discussion: """
            A vocabulary asks about place, objects, people, body or view: spatial-v1 about real footage, puppets-spatial \
            about Puppets, or a JSON file of your own. The folder gets spatial_targets.safetensors, manifest.json and \
            report.json; the table tells how much each group says about the action. Interrupted, the same command goes \
            on where it was. docs/spatial-distillation.md describes files and settings.

            EXAMPLES
              verb spatial-targets data/puppets/train.txt --model verb-tiny --vocabulary puppets-spatial --output targets
              verb spatial-targets hmdb/splits --part train --root hmdb/videos --model ViT-B-16.pt --output hmdb-targets \
            --action-mixing 0.25 --min-information 0.05
            """)

    @Argument(help: "The list that will be trained on.")
    var list: String

    @Option(help: ArgumentHelp("A CLIP of any format: the one that the teacher started from.", valueName: "path|name"))
    var model: String

    @Option(help: ArgumentHelp("The questions: a bundled vocabulary, or a JSON file.", valueName: "name|file"))
    var vocabulary = "spatial-v1"

    @Option(help: ArgumentHelp("The folder of the targets; made if it is missing.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "List")
    var reading: ListReadingOptions

    @OptionGroup(title: "Targets")
    var settings: SpatialPredictionOptions

    @OptionGroup(title: "Model")
    var checkpoint: CheckpointReadingOptions

    @Option(
        help: ArgumentHelp(
            "The symbols of the text tower, for models that came without them (default: those that `make setup` fetched).",
            valueName: "file"))
    var tokenizer: String?

    @Option(help: "Videos decoded at a time (default: the number of cores less one).")
    var workers: Int?

    @Option(help: "Threads of LibTorch (default: the number of cores).")
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(workers ?? 1) else { throw ValidationError("--workers must be 1 to 1024.") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be 1 to 1024.") }
    }

    func run() async throws {
        if let threads { TorchRuntime.threads = threads }
        let questions = try SpatialVocabulary.find(vocabulary)
        let videos = try VideoList(reading: list, reading.options)
        if videos.classes == nil {
            Notices.write("note: nothing names the actions, so labels are not compared with them")
        }
        let files = try await files()
        var run = try SpatialPredictionRun(
            try await files.evaluationModel(), questions, try settings.prediction, videos)
        run.workers = workers
        let progress = ProgressReporter("spatial-targets", unit: "videos")
        let report = try await run.write(to: output) { progress.update($0, of: $1) }
        for line in SpatialPrinter.unreadable(report) { Notices.write(line) }
        print(json ? try JSONText.line(report) : SpatialPrinter.text(report, folder: output))
    }

    private func files() async throws -> ModelFiles {
        let library = ModelLibrary.withHubCache
        let reference = try library.locate(model), options = ActionModelOptions(clip: checkpoint.options)
        let tokenizer = tokenizer
        let files = try await TorchThread.run { () throws(RecognitionError) in
            try library.files(of: reference, options: options, vocabulary: tokenizer)
        }
        for warning in files.checkpoint.warnings { Notices.write("warning: \(files.checkpoint.path): \(warning)") }
        return files
    }
}
