internal import ActionModels
internal import Datasets
internal import Foundation
internal import Torch

/// What a trained model says about itself: `README.md` of its directory.
struct ModelCard {
    let run: TrainingRun
    let data: RunData
    let report: ClassificationReport?

    var text: String {
        let recipe = run.recipe
        var lines = [
            "# \(recipe.preset.title)", "",
            "- Method: \(recipe.preset.model.configuration.kind.title); \(recipe.preset.source)",
            "- Trained on `\(data.train.path)`: \(data.train.samples.count) clips, \(data.classes.names.count) classes, "
                + "list \(data.train.digest.prefix(12))",
            "- Started from `\(recipe.start.checkpoint)`, seed \(recipe.run.seed)",
        ]
        if !run.command.isEmpty { lines.append("- Command: `\(run.command)`") }
        if let report { lines += measured(report) }
        lines += [
            "- LibTorch \(TorchRuntime.version), \(TorchRuntime.threads) threads", "", "```yaml", recipe.text, "```",
            "",
        ]
        return lines.joined(separator: "\n")
    }

    private func measured(_ report: ClassificationReport) -> [String] {
        func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
        let path = run.recipe.lists.validation?.path ?? ""
        return [
            "- On `\(path)`, \(report.videos) videos: top-1 \(percent(report.top1OverAll)), top-5 \(percent(report.top5OverAll))"
                + (report.meanClassAccuracy.map { ", mean class \(percent($0))" } ?? "")
                + (report.mAP.map { ", mAP \(percent($0))" } ?? "")
                + (report.withinPairs.map { ", within time-order pairs \(percent($0))" } ?? "")
                + (report.unreadable > 0 ? "; \(report.unreadable) could not be read and count as wrong" : "")
        ]
    }
}
