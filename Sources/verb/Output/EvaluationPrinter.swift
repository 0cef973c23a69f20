import Foundation
import Training

/// Prints what came out of an evaluation.
enum EvaluationPrinter {
    /// The figures of all parts, the model's and the frozen CLIP's.
    static func text(_ outcome: EvaluationOutcome) -> String {
        let model = outcome.models[0].model.path
        var lines = ["\(outcome.result.protocol.rawValue): \(model) by \(outcome.models[0].head.rawValue)"]
        lines += table(outcome.result)
        for (place, fusions) in outcome.models[0].fusions.enumerated() {
            let list = outcome.models[0].fusions.count > 1 ? " (list \(place + 1))" : ""
            let shares = fusions.sorted { $0.key < $1.key }.map { "\($0.key) \(percent($0.value))" }
            lines.append("  top-1 of the two heads\(list): " + shares.joined(separator: ", "))
        }
        if let baseline = outcome.baselineResult, let path = outcome.baseline?.model.path {
            lines += ["frozen CLIP: \(path) by texts"] + table(baseline)
        }
        let broken = outcome.models[0].tables.reduce(0) { $0 + $1.unreadable.count }
        if broken > 0 {
            lines.append(
                "\(broken) videos could not be read and count as wrong; top-1 without them: "
                    + percent(outcome.result.top1OfReadable.mean))
        }
        if let curve = outcome.curve { lines += self.curve(curve) }
        return lines.joined(separator: "\n")
    }

    /// What could not be read, one line a video.
    static func unreadable(_ outcome: EvaluationOutcome) -> [String] {
        outcome.models[0].tables.flatMap(\.unreadable).map { video in
            let reason = video.reason.hasPrefix(video.path) ? video.reason : "\(video.path): \(video.reason)"
            return "cannot be read: \(reason)"
        }
    }

    private static func table(_ result: ProtocolResult) -> [String] {
        let width = (result.parts.map(\.name.count) + [4]).max() ?? 4
        var lines = result.parts.map { part in
            let report = part.report
            var cells = [
                part.name.padding(toLength: width, withPad: " ", startingAt: 0),
                "\(report.videos) videos, \(report.classes) classes", "top-1 \(percent(report.top1OverAll))",
                "top-5 \(percent(report.top5OverAll))",
            ]
            if let mean = report.meanClassAccuracy { cells.append("mean class \(percent(mean))") }
            if let mAP = report.mAP { cells.append("mAP \(percent(mAP))") }
            if let ece = report.ece { cells.append("ECE \(percent(ece))") }
            if let pairs = report.withinPairs { cells.append("within pairs \(percent(pairs))") }
            return "  " + cells.joined(separator: "  ")
        }
        if let harmonic = result.harmonicMean {
            for half in ["base", "novel"] {
                lines.append("  \(half) \(spread(result.trials(named: half)))")
            }
            lines.append("  harmonic mean \(percent(harmonic))")
        } else if result.parts.count > 1, result.protocol != .fewShot {
            lines.append("  top-1 \(spread(result.top1))")
        } else if result.parts.count > 1 {
            for shots in Set(result.shots ?? []).sorted() {
                lines.append("  \(shots) shots: top-1 \(spread(result.trials(named: "\(shots) shots,")))")
            }
        }
        return lines
    }

    private static func spread(_ trials: Trials?) -> String {
        guard let trials else { return "-" }
        let sample = trials.sampleStd.map { ", of a sample \(percent($0))" } ?? ""
        return
            "\(percent(trials.mean)) ± \(percent(trials.populationStd)) (population\(sample)) over \(trials.values.count)"
    }

    private static func curve(_ curve: InterpolationCurve) -> [String] {
        ["tuned weights  supervised  zero-shot"]
            + curve.points.map { point in
                let shares = [point.supervised, point.zeroShot].map { $0.map(percent) ?? "-" }
                return String(format: "%13.1f  ", point.coefficient)
                    + shares.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }.joined(separator: "  ")
            }
    }

    static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
