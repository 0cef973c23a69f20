import Foundation
import Recognition
import Synchronization
import Video

/// Prints what was recognised on standard output as it comes, and everything else on standard error.
final class RecognitionPrinter {
    private(set) var hasFailures = false

    private let videos: [String]
    private let top: Int
    private let isJSON: Bool
    private let clips: ProgressReporter
    private let seconds = ProgressReporter("recognize", unit: "s")

    /// - Parameters:
    ///   - videos: all paths of the command.
    ///   - top: how many actions are printed for each video.
    ///   - isJSON: whether one JSON object a video is printed instead of lines.
    init(videos: [String], top: Int, isJSON: Bool) {
        (self.videos, self.top, self.isJSON) = (videos, top, isJSON)
        clips = ProgressReporter("recognize", unit: "videos")
    }

    /// Prints the outcome of a video that was recognised as a whole.
    func print(_ outcome: Result<RecognizedClip, RecognitionError>, of number: Int) {
        clips.clear()
        switch outcome {
        case .success(let clip):
            if let report = clip.report, report.status != .ok {
                let words = report.detail ?? "see `verb inspect`"
                Notices.write("warning: \(VideoError(report.status, path: videos[number], detail: words))")
            }
            let best = clip.predictions.prefix(top)
            if isJSON {
                write { try RecognitionFormat.json(videos[number], best, clip.timings) }
            } else {
                title(number)
                for line in RecognitionFormat.lines(best) { write { line } }
            }
        case .failure(let error): fail(error, number)
        }
        if videos.count > 1 { clips.update(number + 1, of: videos.count) }
    }

    /// Begins the timeline of a video.
    func begin(_ number: Int) {
        if !isJSON { title(number) }
    }

    /// Prints a span that has ended, if any, and how far the video is.
    func show(_ span: Span?, at time: Double, of duration: Double?) {
        if let span, !isJSON {
            seconds.clear()
            write { RecognitionFormat.line(span) }
        }
        if let duration, duration > 20 {
            let total = Int(duration.rounded())
            seconds.update(min(Int(time), total - 1), of: total)
        }
    }

    /// Ends the timeline of a video.
    func end(_ spans: [Span], _ timings: Timings, of number: Int) {
        seconds.clear()
        if isJSON { write { try RecognitionFormat.json(videos[number], spans, timings) } }
    }

    /// Tells why a video could not be recognised.
    func fail(_ error: RecognitionError, _ number: Int) {
        hasFailures = true
        clips.clear()
        seconds.clear()
        let words = "\(error)"
        Notices.write("error: " + (words.hasPrefix(videos[number]) ? words : "\(videos[number]): \(words)"))
    }

    private func title(_ number: Int) {
        if videos.count > 1 { write { videos[number] } }
    }

    private func write(_ line: () throws -> String) {
        do { FileHandle.standardOutput.write(Data((try line() + "\n").utf8)) } catch {
            hasFailures = true
            Notices.write("error: \(error)")
        }
    }
}
