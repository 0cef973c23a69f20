import Foundation
import Synchronization
import Training

/// Shows a training run: progress and notes on standard error, evaluations on standard output.
final class TrainingPrinter: Sendable {
    private let json: Bool
    private let isQuiet: Bool
    private let steps: ProgressReporter
    private let features = ProgressReporter("features", unit: "batches")
    private let targets = ProgressReporter("spatial targets", unit: "videos")
    private let predictions = ProgressReporter("teacher", unit: "batches")
    private let evaluation: Mutex<ProgressReporter?> = Mutex(nil)

    /// - Parameters:
    ///   - title: the run's name.
    ///   - json: whether results are JSON objects.
    ///   - isQuiet: whether another process shows the run.
    init(title: String, json: Bool, isQuiet: Bool) {
        (self.json, self.isQuiet) = (json, isQuiet)
        steps = ProgressReporter(title, unit: "steps")
    }

    /// Shows what happens.
    func show(_ event: TrainingRun.Event) {
        guard !isQuiet else { return }
        switch event {
        case .began(let step, let total):
            if step > 0 { Notices.write("goes on after step \(step) of \(total)") }
        case .encoding(let done, let total): features.update(done, of: total)
        case .preparing(.spatialTargets, let done, let total): targets.update(done, of: total)
        case .preparing(.teacherPredictions, let done, let total): predictions.update(done, of: total)
        case .skipped(let videos):
            steps.clear()
            for video in videos { Notices.write("cannot be read: \(video.description)") }
        case .stepped(let record):
            let note = String(
                format: "loss %.4f, rate %.2g, %.0f images/s, waits %.0f %%", record.loss, record.learningRate,
                record.imagesPerSecond, 100 * record.dataWait)
            steps.update(record.step, of: record.total, note)
        case .evaluating(let done, let total):
            let reporter = evaluation.withLock { reporter in
                if done <= 1 { reporter = nil }
                let found = reporter ?? ProgressReporter("evaluation", unit: "batches")
                reporter = found
                return found
            }
            steps.clear()
            reporter.update(done, of: total)
        case .evaluated(let step, let report, let isBest): print(step, report, isBest)
        case .saved: break
        }
    }

    /// Shows what came out.
    func show(_ outcome: TrainingRun.Outcome, folder: RunFolder) {
        guard !isQuiet else { return }
        if json {
            struct Line: Encodable { let steps: Int, seconds: Double, bestStep: Int?, best: Double?, folder: String }
            write(
                Line(
                    steps: outcome.steps, seconds: outcome.seconds, bestStep: outcome.best?.step,
                    best: outcome.best?.value, folder: folder.path))
        } else {
            Swift.print(
                "\(outcome.steps) steps in \(Int(outcome.seconds)) s"
                    + (outcome.best.map { String(format: "; best %.1f %% after step %d", 100 * $0.value, $0.step) }
                        ?? ""))
            Swift.print("\(outcome.best == nil ? folder.last : folder.best)\n\(folder.report)")
        }
    }

    private func print(_ step: Int, _ report: ClassificationReport, _ isBest: Bool) {
        steps.clear()
        if json {
            struct Line: Encodable {
                let step: Int, top1: Double, top5: Double, meanClassAccuracy: Double?, mAP: Double?
                let withinPairs: Double?, unreadable: Int, isBest: Bool
            }
            return write(
                Line(
                    step: step, top1: report.top1OverAll, top5: report.top5OverAll,
                    meanClassAccuracy: report.meanClassAccuracy, mAP: report.mAP, withinPairs: report.withinPairs,
                    unreadable: report.unreadable, isBest: isBest))
        }
        func percent(_ name: String, _ share: Double?) -> String {
            share.map { String(format: ", \(name) %.1f %%", 100 * $0) } ?? ""
        }
        Swift.print(
            "step \(step): " + String(format: "top-1 %.1f %%", 100 * report.top1OverAll)
                + percent("top-5", report.top5OverAll) + percent("within pairs", report.withinPairs)
                + percent("mAP", report.mAP) + (isBest ? ", best" : "")
                + (report.unreadable > 0 ? "; \(report.unreadable) videos could not be read and count as wrong" : ""))
    }

    private func write(_ line: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let data = try? encoder.encode(line) { Swift.print(String(decoding: data, as: UTF8.self)) }
        fflush(nil)
    }
}
