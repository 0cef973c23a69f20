internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch
internal import Video

/// Makes the report of a run.
struct RunReporting {
    let run: TrainingRun
    let data: RunData
    let state: RunState

    /// The number of mistakes that are shown.
    static let mistakes = 12

    /// Writes the report.
    ///
    /// - Parameters:
    ///   - classification: the last evaluation.
    ///   - scores: what it was computed from.
    /// - Throws: `TrainingError` for a log that cannot be read or a report that cannot be written.
    func write(_ classification: ClassificationReport?, _ scores: ClipScores?) throws {
        let recipe = run.recipe
        var report = RunReport(title: recipe.preset.title)
        report.subtitle = recipe.preset.source
        report.facts = facts
        report.recipe = recipe.text
        report.log = try JSONLinesLog.lines(of: run.folder.log)
        report.classification = classification
        report.mistakes = try scores?.mostConfidentMistakes(Self.mistakes).map(pictured) ?? []
        let broken = (state.broken ?? []).map {
            UnreadableVideo(path: $0.path, reason: $0.reason, position: $0.position)
        }
        report.skipped = broken + (scores?.unreadable ?? [])
        try report.write(to: run.folder.report)
    }

    private var facts: [RunReport.Fact] {
        let configuration = run.recipe.preset.model.configuration, cost = configuration.cost()
        return [
            RunReport.Fact("method", configuration.kind.title),
            RunReport.Fact("command", run.command),
            RunReport.Fact("start", run.start.checkpoint.path),
            RunReport.Fact(
                "trained on", "\(data.train.path), \(data.train.samples.count) clips, list \(data.train.digest)"),
            RunReport.Fact("classes", "\(data.classes.names.count), list \(data.classes.digest)"),
            RunReport.Fact("parameters", "\(cost.parameters), \(cost.trained) trained"),
            RunReport.Fact("steps", "\(state.step) in \(Int(state.seconds)) s"),
            RunReport.Fact("best", state.best.map { "\($0.value) after step \($0.step)" } ?? "none"),
            RunReport.Fact("processes", "\(run.group.size), \(TorchRuntime.threads) threads each"),
            RunReport.Fact("LibTorch", TorchRuntime.version),
        ]
    }

    /// A mistake with some of the video's frames; without them where it can no longer be read.
    private func pictured(_ mistake: ConfidentMistake) -> RunReport.Mistake {
        let sample = data.validation.flatMap { $0.indices.contains(mistake.position) ? $0[mistake.position] : nil }
        guard let sample, let frames = try? frames(of: sample), let strip = try? EncodedImage(strip: frames) else {
            return RunReport.Mistake(mistake, strip: nil)
        }
        return RunReport.Mistake(mistake, strip: strip)
    }

    private func frames(of sample: VideoSample) throws(VideoError) -> [Frame] {
        let video = try sample.source.open()
        let indices = try TemporalSampling.actionCLIP(segments: 8).evaluationIndices(of: video.count)[0]
        return try video.frames(at: indices)
    }
}
