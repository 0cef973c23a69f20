internal import ActionModels
internal import CLIP
internal import Datasets
internal import Foundation
internal import Torch
internal import Video

extension EvaluationOutcome {
    /// The number of mistakes that a report shows.
    static let mistakes = 12

    /// What came out as a page: of the first part confusion, classes and mistakes, of all parts the figures.
    ///
    /// - Parameter manifest: what states the evaluation.
    /// - Returns: the report.
    /// - Throws: `TrainingError.badEvaluation` for scores that do not fit each other.
    public func report(_ manifest: EvaluationManifest) throws(TrainingError) -> RunReport {
        let scores = models[0], table = try shown(scores.tables[0])
        var report = RunReport(title: "\(scores.model.configuration.kind.title), \(result.protocol.rawValue)")
        report.subtitle = "\(scores.model.path) on \(scores.lists.map(\.path).joined(separator: ", "))"
        report.classification = result.parts[0].report
        report.facts = facts(manifest)
        report.skipped = scores.tables.flatMap(\.unreadable)
        report.mistakes = try table.mostConfidentMistakes(Self.mistakes).map { mistake in
            RunReport.Mistake(mistake, of: scores.lists[0].samples)
        }
        return report
    }

    /// The scores that the first part was computed from.
    private func shown(_ table: ClipScores) throws(TrainingError) -> ClipScores {
        let names = Set(result.parts[0].report.perClass.map(\.name))
        guard names.count < table.classes.count else { return table }
        return try table.restricted(to: table.classes.indices.filter { names.contains(table.classes[$0]) })
    }

    private func facts(_ manifest: EvaluationManifest) -> [RunReport.Fact] {
        var facts = [RunReport.Fact("command", manifest.environment.command.joined(separator: " "))]
        facts += result.parts.map { RunReport.Fact($0.name, Self.figures($0.report)) }
        facts += [("mean over parts", result.top1.mean), ("harmonic mean", result.harmonicMean)].compactMap {
            name, value in value.map { RunReport.Fact(name, "top-1 \(Markup.percent($0))") }
        }
        for part in baselineResult?.parts ?? [] {
            facts.append(RunReport.Fact("frozen CLIP, \(part.name)", Self.figures(part.report)))
        }
        facts += manifest.lists.map { RunReport.Fact("list", "\($0.list), \($0.listDigest)") }
        facts += manifest.models.map { RunReport.Fact("model", "\($0.kind), weights \($0.weightsDigest)") }
        let clips = manifest.clips
        facts.append(
            RunReport.Fact(
                "clips",
                "\(clips.frames) frames, \(clips.sampling), \(clips.temporalViews) x \(clips.crops) views, "
                    + "\(clips.resize), short side \(clips.shortSide ?? 0)"))
        facts.append(RunReport.Fact("LibTorch", manifest.environment.libTorch))
        return facts + [RunReport.Fact("FFmpeg", manifest.environment.ffmpeg)]
    }

    private static func figures(_ report: ClassificationReport) -> String {
        "top-1 \(Markup.percent(report.top1OverAll)), top-5 \(Markup.percent(report.top5OverAll)), "
            + "\(report.videos) videos, \(report.classes) classes"
    }
}

extension RunReport.Mistake {
    /// Shows a mistake with some of the video's frames; without them where it can no longer be read.
    init(_ mistake: ConfidentMistake, of samples: [VideoSample]) {
        let sample = samples.indices.contains(mistake.position) ? samples[mistake.position] : nil
        guard let sample, let frames = try? Self.frames(of: sample), let strip = try? EncodedImage(strip: frames) else {
            self.init(mistake, strip: nil)
            return
        }
        self.init(mistake, strip: strip)
    }

    private static func frames(of sample: VideoSample) throws(VideoError) -> [Frame] {
        let video = try sample.source.open()
        let indices = try TemporalSampling.actionCLIP(segments: 8).evaluationIndices(of: video.count)[0]
        return try video.frames(at: indices)
    }
}
