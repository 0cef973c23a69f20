import ArgumentParser
import Foundation
import Hub

struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch a model from a Hugging Face hub into the cache.",
        discussion: """
            Broken transfers are resumed, sizes and checksums are compared. What is cached works offline afterwards: \
            pass the same name to --model, with @REVISION if one was named. The environment may set HF_ENDPOINT, HF_TOKEN and VERB_CACHE.

            EXAMPLES
              verb pull openai/clip-vit-base-patch16
              verb pull openai/clip-vit-base-patch32 --revision main --json
            """)

    @Argument(help: "The model's name on the hub, OWNER/NAME.")
    var name: String

    @Option(help: "A branch, a tag or a commit.")
    var revision = "main"

    @Flag(help: "Use only what is cached.")
    var offline = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        var configuration = try HubConfiguration()
        if offline { configuration.isOffline = true }
        let progress = ProgressReporter("pull", unit: "MB")
        // Each file counts from 0 again; the note says which one it is.
        let model = try await HubClient(configuration).fetch(ModelName(name), revision: revision) { report in
            guard let total = report.totalBytes else { return }
            let note = "file \(report.fileNumber) of \(report.fileCount): \(report.file)"
            progress.update(Int(report.bytes / 1_000_000), of: Int(max(total / 1_000_000, 1)), note)
        }
        if case .cache(let reason) = model.source { Notices.write("from the cache: \(reason)") }
        struct Line: Encodable { let folder: String, commit: String }
        let line = Line(folder: model.folder.path, commit: model.commit)
        print(json ? try JSONText.line(line) : line.folder)
    }
}
