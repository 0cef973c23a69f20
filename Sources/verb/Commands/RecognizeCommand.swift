import ArgumentParser
import Foundation
import Recognition
import Video

struct RecognizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognize",
        abstract: "Name what is being done in videos.",
        discussion: """
            Prints the actions by probability; with --every or --window, what is done when.

            EXAMPLES
              verb recognize clip.mp4 --labels "sitting down" "standing up" "waving"
              verb recognize film.mp4 --labels-file actions.txt --every 1 --window 2 --json
            """)

    @Argument(help: ArgumentHelp("Video files, or folders of numbered images.", valueName: "video"))
    var videos: [String]

    @OptionGroup(title: "Labels")
    var labels: LabelOptions

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @Option(help: "Frames that are looked at in a clip or window.")
    var frames = 8

    @Option(help: "How many actions are printed for each video.")
    var top = 5

    @Option(help: "Look at long videos in windows; seconds from one to the next (default: half a window).")
    var every: Double?

    @Option(help: "Look at long videos in windows; seconds that one covers (default: 2).")
    var window: Double?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(frames) else { throw ValidationError("--frames must be 1 to 1024.") }
        guard top > 0 else { throw ValidationError("--top must be at least 1.") }
        if isTimeline { _ = try usage { () throws(RecognitionError) in try timelineSettings() } }
    }

    private var isTimeline: Bool { every != nil || window != nil }

    func timelineSettings() throws(RecognitionError) -> TimelineSettings {
        let window = window ?? 2
        return try TimelineSettings(every: every ?? window / 2, window: window, frames: frames)
    }

    private func usage<R>(_ body: () throws(RecognitionError) -> R) throws -> R {
        do { return try body() } catch { throw ValidationError("--every and --window: \(error)") }
    }

    func run() async throws {
        let (labels, prompts) = (try labels.labelSet(), try labels.promptSet())
        let session = try await Session(try await model.load(), labels: labels, prompts: prompts)
        let printer = RecognitionPrinter(videos: videos, top: top, isJSON: json)
        if isTimeline {
            try await printTimelines(session, printer, try timelineSettings())
        } else {
            try await session.recognize(videos, frames: frames, options: options) { number, outcome in
                printer.print(outcome, of: number)
            }
        }
        if printer.hasFailures { throw ExitCode.failure }
    }

    /// One video alone may use all cores; of several, each uses one.
    private var options: VideoOptions { VideoOptions(threadCount: videos.count > 1 && !isTimeline ? 1 : 0) }

    private func printTimelines(
        _ session: Session, _ printer: RecognitionPrinter, _ settings: TimelineSettings
    ) async throws {
        for (number, path) in videos.enumerated() {
            do throws(RecognitionError) {
                let scan = try session.scan(path, settings, options: options)
                var (timeline, spans, timings) = (Timeline(), [Span](), Timings())
                printer.begin(number)
                for try await window in scan {
                    timings += window.timings
                    let span = timeline.append(window.time, window.predictions[0])
                    if let span { spans.append(span) }
                    printer.show(span, at: window.time.upperBound, of: scan.duration)
                }
                if let span = timeline.finish() {
                    spans.append(span)
                    printer.show(span, at: span.end, of: scan.duration)
                }
                printer.end(spans, timings, of: number)
            } catch {
                if case .cancelled = error { throw error }
                printer.fail(error, number)
            }
        }
    }
}
