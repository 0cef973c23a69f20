import ArgumentParser
import Datasets
import Foundation
import Recognition
import Training

/// The evaluation of a list of long videos: the stream recogniser runs over each as fast as it can.
struct SegmentsEvaluation {
    /// Where the list is.
    let path: String
    let stream: StreamOptions

    /// What was found in all videos.
    private struct Findings {
        var detections: [DetectedAction] = []
        var traces: [DecisionTrace] = []
        var statistics = StreamStatistics()
    }

    /// Evaluates and prints.
    func run(_ command: EvaluateCommand) async throws {
        let list = try SegmentList(contentsOf: path)
        let model = try await command.model.load(frames: command.clips.frames)
        let labels = try LabelSet(list.labels)
        let prompts = command.prompt.isEmpty ? nil : try PromptSet(texts: command.prompt)
        let head: ScoringHead? =
            switch command.scoreBy {
            case .classes: .classes
            case .texts: .texts
            case nil: nil
            }
        let session = try await Session(model, model.question(labels: labels, prompts: prompts, head: head))
        let settings = try await stream.settings(for: session, frames: command.clips.frames)
        let recognizer = try StreamRecognizer(session: session, settings: settings)
        var findings = Findings()
        let progress = ProgressReporter("segments", unit: "videos")
        for (number, video) in list.videos.enumerated() {
            let file = ((path as NSString).deletingLastPathComponent as NSString).appendingPathComponent(video.path)
            try await watch(file, number, recognizer, &findings)
            progress.update(number + 1, of: list.videos.count)
        }
        let report = try SegmentReport(list, detections: findings.detections, traces: findings.traces)
        try print(report, findings.statistics, json: command.json)
    }

    private func watch(
        _ file: String, _ number: Int, _ recognizer: StreamRecognizer, _ findings: inout Findings
    ) async throws {
        var decisions: [DecisionTrace.Decision] = []
        func detected(_ span: Span) -> DetectedAction {
            DetectedAction(
                video: number, label: span.label, start: span.start, end: span.end, confidence: span.confidence)
        }
        findings.statistics.beginRun()
        for try await event in try recognizer.events(ofFile: file) {
            findings.statistics.add(event)
            switch event {
            case .decision(let decision):
                decisions.append(.init(time: decision.window.upperBound, outcome: decision.outcome))
            case .changed(let span, _), .ended(let span): findings.detections.append(detected(span))
            case .began, .labels, .gap, .jump: break
            }
        }
        findings.traces.append(DecisionTrace(decisions))
    }

    private func print(_ report: SegmentReport, _ statistics: StreamStatistics, json: Bool) throws {
        struct Line: Encodable {
            let report: SegmentReport
            let decisions, encodedFrames: Int
            let realTimeFactor, encodeMedian, headMedian: Double?
        }
        let factor = statistics.realTimeFactor
        if json {
            let line = Line(
                report: report, decisions: statistics.decisions, encodedFrames: statistics.encodedFrames,
                realTimeFactor: factor, encodeMedian: statistics.encode.percentile(0.5),
                headMedian: statistics.head.percentile(0.5))
            return Swift.print(try JSONText.line(line))
        }
        func percent(_ share: Double) -> String { String(format: "%5.1f %%", 100 * share) }
        func seconds(_ value: Double?) -> String { value.map { String(format: "%5.2f s", $0) } ?? "    -" }
        Swift.print(
            """
            \(report.videos) videos, \(report.actions) actions, \(statistics.decisions) decisions
              mAP at tIoU 0.3, 0.5, 0.7   \(percent(report.meanPrecision30)) \(percent(report.meanPrecision50)) \
            \(percent(report.meanPrecision70))
              mean mAP 0.5:0.95           \(percent(report.meanPrecision))
              decisions that are right    \(percent(report.agreement))
              actions recognised          \(percent(report.recognized))
              delay, median and p95       \(seconds(report.delayMedian)) \(seconds(report.delay95))
              changes a minute            \(String(format: "%5.1f", report.flicker)) of \
            \(String(format: "%.1f", report.trueChanges)) true ones
              real-time factor            \(factor.map { String(format: "%.4f", $0) } ?? "-")
            """)
    }
}
