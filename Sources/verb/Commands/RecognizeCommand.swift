import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Recognition
import Video

struct RecognizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognize",
        abstract: "Name what is being done in videos.",
        discussion: """
            Prints the actions by probability; with --every or --window, what is done when.

            Models are CLIPs, and ActionCLIP, M2-CLIP, EVL and ST-Adapter models from a directory or from their authors' \
            checkpoints.

            EXAMPLES
              verb recognize clip.mp4 --labels "sitting down" "standing up" "waving"
              verb recognize film.mp4 --labels-file actions.txt --every 1 --window 2 --json
              verb recognize clip.mp4 --model k400.pth --backbone ViT-B-16.pt --labels-file k400.txt --score-by classes
            """)

    @Argument(help: ArgumentHelp("Video files, or folders of numbered images.", valueName: "video"))
    var videos: [String]

    @OptionGroup(title: "Labels")
    var labels: LabelOptions

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @OptionGroup(title: "Precision")
    var precision: PrecisionOptions

    @Option(help: "Frames that are looked at in a clip or window (default: what the model takes, else 8).")
    var frames: Int?

    @Option(help: "How many actions are printed for each video.")
    var top = 5

    @Option(help: "Look at long videos in windows; seconds from one to the next (default: half a window).")
    var every: Double?

    @Option(help: "Look at long videos in windows; seconds that one covers (default: 2).")
    var window: Double?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(frames ?? 8) else { throw ValidationError("--frames must be 1 to 1024.") }
        guard model.model != nil || labels.areGiven else {
            throw ValidationError("Name the actions with --labels or --labels-file: the bundled model has no classes.")
        }
        guard top > 0 else { throw ValidationError("--top must be at least 1.") }
        if isTimeline { _ = try usage { () throws(RecognitionError) in try timelineSettings(frames: frames ?? 8) } }
    }

    private var isTimeline: Bool { every != nil || window != nil }

    func timelineSettings(frames: Int) throws(RecognitionError) -> TimelineSettings {
        let window = window ?? 2
        return try TimelineSettings(every: every ?? window / 2, window: window, frames: frames)
    }

    private func usage<R>(_ body: () throws(RecognitionError) -> R) throws -> R {
        do { return try body() } catch { throw ValidationError("--every and --window: \(error)") }
    }

    func run() async throws {
        let (names, prompts) = (try labels.labelSet(), try labels.promptSet())
        let loaded = try await model.load(frames: frames)
        let question = try loaded.question(labels: names, prompts: prompts, head: labels.scoreBy)
        let engine = try await precision.settings(
            for: loaded, frames: frames ?? loaded.model.frames ?? 8, inputs: videos)
        let session = try await Session(loaded, question, engine: engine)
        if precision.precision != .fp32 { Notices.write("note: \(session.encoder)") }
        let frames = frames ?? session.frames ?? 8
        if let taken = session.frames, taken != frames {
            throw RecognitionError.badSetting("\(loaded.path): it takes \(taken) frames, not \(frames)")
        }
        let printer = RecognitionPrinter(videos: videos, top: top, isJSON: json)
        if isTimeline {
            try await printTimelines(session, printer, try timelineSettings(frames: frames))
        } else {
            try await session.recognize(videos, frames: frames, options: options) { number, outcome in
                printer.print(outcome, of: number)
            }
        }
        if printer.hasFailures { throw ExitCode.failure }
    }

    /// One video alone may use all cores; of several, each uses one.
    ///
    /// Far jumps in long films take their time.
    private var options: VideoOptions {
        VideoOptions(deadline: 600, threadCount: videos.count > 1 && !isTimeline ? 1 : 0)
    }

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
