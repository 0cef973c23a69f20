import ActionModels
import ArgumentParser
import Datasets
import Foundation
import Recognition
import Torch
import Training

/// The evaluation of a folder of Puppets clips: each list among its own classes, by their names.
struct PuppetsEvaluation {
    private let lists: [String]

    /// The lists of a folder; nil for what is none of Puppets.
    init?(_ paths: [String]) {
        guard paths.count == 1, let folder = paths.first else { return nil }
        lists = ["validation", "heldout", "second_look"].map { "\(folder)/\($0).txt" }
            .filter { FileManager.default.fileExists(atPath: $0) }
        if lists.isEmpty { return nil }
    }

    /// Evaluates and prints each list.
    func run(_ command: EvaluateCommand, _ group: ProcessGroup) async throws {
        guard command.manifest == nil, command.report == nil, command.interpolate == nil else {
            throw ValidationError("--manifest, --report and --interpolate go with one list and its --protocol.")
        }
        let models = EvaluatedModels(command.model, frames: command.clips.frames, isQuiet: group.rank > 0)
        let files = try await models.files(command.model.model)
        var settings = try command.settings(files, models)
        settings.templates = settings.templates ?? [.person]
        settings.head = command.scoreBy ?? (files.tokenizer == nil ? .classes : .texts)
        for path in lists {
            let list = try EvaluationList(
                VideoList(reading: path, command.reading.options), onlyOccurring: true)
            let evaluation = try Evaluation(.zeroShotFull, [list], settings, group: group)
            let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            do {
                let scores = try await command.scores(evaluation, files, name)
                let frozen = try await command.baselineScores(evaluation, scores, files, models)
                let outcome = try EvaluationOutcome(evaluation, [scores], baseline: frozen)
                if group.rank == 0 { try print(name, outcome, json: command.json) }
            } catch DatasetError.classesDiffer where settings.head == .classes {
                models.note("\(name): it has classes that the model was not trained on; a class head cannot name them")
            }
        }
    }

    private func print(_ list: String, _ outcome: EvaluationOutcome, json: Bool) throws {
        struct Line: Encodable {
            let list: String
            let report: ClassificationReport
            let baseline: ClassificationReport?
        }
        let report = outcome.result.parts[0].report, baseline = outcome.baselineResult?.parts[0].report
        for line in EvaluationPrinter.unreadable(outcome) { Notices.write(line) }
        if json { return Swift.print(try JSONText.line(Line(list: list, report: report, baseline: baseline))) }
        Swift.print("\(list): \(report.videos) clips, \(report.classes) classes")
        Swift.print(figures(report))
        if let baseline { Swift.print("  frozen CLIP\n" + figures(baseline)) }
    }

    private func figures(_ report: ClassificationReport) -> String {
        func percent(_ share: Double?) -> String { share.map { String(format: "%5.1f %%", 100 * $0) } ?? "    -" }
        return """
              order-blind top-1   \(percent(report.orderBlindTop1))
              top-1               \(percent(report.top1OverAll))
              top-5               \(percent(report.top5OverAll))
              within pairs        \(percent(report.withinPairs))
            """
    }
}
