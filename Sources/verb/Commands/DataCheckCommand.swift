import ArgumentParser
import Datasets
import Foundation
import Video

struct DataCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Decode every video of a list and say what is wrong with it.",
        discussion: """
            Prints a line for each video that is not ok, and a table of how often each status occurs. Ends with 1 when a \
            video or a label is not usable.

            EXAMPLES
              verb data check data/puppets/train.txt
              verb data check hmdb/testTrainMulti_7030_splits --root hmdb/videos --split 1 --part train --report health.csv
              verb data check k400/val.csv --root k400/val --workers 16 --clean k400/val_clean.csv --json
            """)

    @Argument(help: "A list of videos, or a folder of split files or of folders of classes.")
    var list: String

    @OptionGroup(title: "List")
    var reading: ListReadingOptions

    @Option(help: "Videos decoded at a time (default: the number of cores).")
    var workers: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Seconds after which a video is given up.")
    var deadline = 30.0

    @Option(help: "Name videos with fewer frames short.")
    var frames: Int?

    @Option(help: ArgumentHelp("Write a row for each video: .csv, or .jsonl.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Write the list without what is not usable.", valueName: "file"))
    var clean: String?

    @Flag(help: "Print one JSON object a video, and one for all of them at the end.")
    var json = false

    func validate() throws {
        guard (1...256).contains(workers) else { throw ValidationError("--workers must be 1 to 256.") }
        guard deadline > 0, deadline <= 86_400 else {
            throw ValidationError("--deadline must be more than 0 seconds and at most a day.")
        }
        guard frames ?? 1 > 0 else { throw ValidationError("--frames must be at least 1.") }
        if let report, !["csv", "json", "jsonl"].contains((report as NSString).pathExtension.lowercased()) {
            throw ValidationError("--report must be called .csv, .json or .jsonl.")
        }
    }

    func run() async throws {
        try checkPlaces()
        let progress = ProgressReporter("check", unit: "videos")
        let health = ListHealth(workers: workers, options: VideoOptions(deadline: deadline), frames: frames)
        let found = try await health.check(list, reading.options) { done, total, unusable in
            progress.update(done, of: total, unusable > 0 ? "\(unusable) not usable" : "")
        }
        if let report { try found.write(to: report) }
        try print(found)
        for line in HealthNotices.lines(found.summary) { Notices.write(line) }
        if let clean, found.summary.usable > 0 { try writeCleaned(found, to: clean) }
        Notices.write(found.table())
        if found.summary.hasUnusable { throw ExitCode.failure }
    }

    /// Finds out before hours of decoding, not after them.
    private func checkPlaces() throws {
        for path in [report, clean].compactMap({ $0 }) {
            let folder = (path as NSString).deletingLastPathComponent
            guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
                throw DatasetError.notWritable(path: path, reason: "its folder is missing or closed to writing")
            }
        }
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        if let clean, resolved(clean) == resolved(list) {
            throw DatasetError.badOption("\(clean): a cleaned list must not replace the list; choose another file")
        }
    }

    private func writeCleaned(_ found: HealthReport, to path: String) throws {
        let cleaned = try found.writeCleanedList(to: path)
        var words = "\(cleaned.path): \(cleaned.videos) videos, \(cleaned.format.rawValue)"
        if let root = cleaned.root { words += "; read it with --root \(root)" }
        if let classes = cleaned.classes { words += "; the classes are in \(classes)" }
        Notices.write(words)
    }

    private func print(_ found: HealthReport) throws {
        guard json else {
            for row in found.rows where row.status != .ok {
                Swift.print("\(row.status.rawValue)  \(row.path)\(row.detail.map { ": \($0)" } ?? "")")
            }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Swift.print(found.jsonLines(), terminator: "")
        Swift.print(String(decoding: try encoder.encode(found.summary), as: UTF8.self))
    }
}
