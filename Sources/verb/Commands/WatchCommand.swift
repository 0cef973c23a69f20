import ActionModels
import ArgumentParser
import CLIP
import Foundation
import Recognition
import Video

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Name what is being done in live video.",
        discussion: """
            Sources are video files, played by the clock; - for standard input; named pipes; cameras (/dev/video0; \
            camera:0 on Apple's systems); and addresses of rtsp, rtsps, http, https, udp and tcp. Several are watched at a time.

            On a terminal a page is redrawn; otherwise, and with --lines, each action is a line when it begins and when it \
            ends. Files of labels and prompts may be changed while they are used. ctrl-C ends with a summary.

            EXAMPLES
              ffmpeg -f v4l2 -i /dev/video0 -f mpegts - | verb watch - --labels waving "sitting down" "standing up"
              verb watch rtsp://camera.local/stream --model openai/clip-vit-base-patch16 --labels-file actions.txt --json
              verb watch film.mp4 --labels waving bowing --pace fast --annotate named.mp4
            """)

    @Argument(help: ArgumentHelp("Files, pipes, cameras or addresses; - is standard input.", valueName: "source"))
    var sources: [String]

    @OptionGroup(title: "Labels")
    var labels: LabelOptions

    @OptionGroup(title: "Model")
    var model: ModelOptions

    @OptionGroup(title: "Precision")
    var precision: PrecisionOptions

    @Option(help: "Frames of a window (default: what the model takes, else 8).")
    var frames: Int?

    @OptionGroup(title: "Windows and decisions")
    var stream: StreamOptions

    @OptionGroup(title: "Sources")
    var source: SourceOptions

    @Option(help: "How many labels are shown.")
    var top = 5

    @Option(help: ArgumentHelp("Write the video with the action drawn over it.", valueName: "file.mp4"))
    var annotate: String?

    @Flag(help: "Print one JSON object a line for everything that happens.")
    var json = false

    @Flag(help: "Print lines on a terminal, too.")
    var lines = false

    func validate() throws {
        let sources = try liveSources()
        guard model.model != nil || labels.areGiven else {
            throw ValidationError("Name the actions with --labels or --labels-file: the bundled model has no classes.")
        }
        guard (1...1024).contains(frames ?? 8) else { throw ValidationError("--frames must be 1 to 1024.") }
        guard top > 0 else { throw ValidationError("--top must be at least 1.") }
        guard sources.count(where: { $0 == .descriptor(0) }) <= 1 else {
            throw ValidationError("Standard input can be watched once only.")
        }
        guard annotate == nil || sources.count == 1 else {
            throw ValidationError("--annotate writes the video of one source only.")
        }
        if let annotate, let source = self.sources.first, Self.resolved(annotate) == Self.resolved(source) {
            throw ValidationError("--annotate would write over the video that is watched.")
        }
        for source in sources where self.source.loop {
            guard case .file = source else { throw ValidationError("--loop is for files only, not for \(source).") }
        }
    }

    /// A path without links, so that two names of one file are the same.
    private static func resolved(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    func liveSources() throws(ValidationError) -> [LiveSource] {
        var found: [LiveSource] = []
        for source in sources {
            do { found.append(try LiveSource(source)) } catch { throw ValidationError("\(error)") }
        }
        return found
    }

    func run() async throws {
        let began = ContinuousClock.now
        let (names, prompts) = (try labels.labelSet(), try labels.promptSet())
        let loaded = try await model.load(frames: frames)
        let head = labels.scoreBy
        let question: @Sendable (LabelSet?, PromptSet?) throws(RecognitionError) -> Question = {
            (labels: LabelSet?, prompts: PromptSet?) throws(RecognitionError) in
            try loaded.question(labels: labels, prompts: prompts, head: head)
        }
        let engine = try await precision.settings(
            for: loaded, frames: frames ?? loaded.model.frames ?? 8)
        let session = try await Session(loaded, try question(names, prompts), engine: engine)
        if precision.precision != .fp32 { Notices.write("note: \(session.encoder)") }
        let settings = try await stream.settings(for: session, frames: frames)
        let sources = try liveSources()
        let streams = sources.map {
            WatchedStream(name: "\($0)", labels: session.labels, drop: source.settings.policy, began: began)
        }
        let desk = WatchDesk(streams, view)
        let files = QuestionFiles(labels, labels: names, prompts: prompts, question: question)
        let encoder = sources.count > 1 ? SharedEncoder(session: session) : nil
        var runs: [WatchRun] = []
        for (number, source) in sources.enumerated() {
            runs.append(
                WatchRun(
                    number: number,
                    recognizer: try StreamRecognizer(session: session, settings: settings, encoder: encoder),
                    live: try LiveFrames(source, liveSettings(settings)), duration: self.source.duration,
                    annotator: annotate.map { VideoAnnotator(path: $0, annotationOverflow) }, files: files,
                    desk: desk))
        }
        try await watch(runs, desk)
    }

    private func watch(_ runs: [WatchRun], _ desk: WatchDesk) async throws {
        await withTaskGroup(of: Void.self) { group in
            for run in runs { group.addTask { await run.run() } }
        }
        await desk.finish()
        try Task.checkCancellation()
        if await desk.hasFailures { throw ExitCode.failure }
    }

    /// What could wait for the recogniser waits for the annotated video, too.
    private var annotationOverflow: AnnotationQueue.Overflow {
        if case .block = source.settings.policy { .wait } else { .drop }
    }

    private var view: any WatchView {
        if json { return WatchObjects(top: top) }
        return isatty(STDOUT_FILENO) != 0 && !lines ? WatchScreen(top: top) : WatchLines()
    }

    /// Only what decisions need is converted, unless every frame is written again.
    func liveSettings(_ settings: StreamSettings) -> LiveSettings {
        var live = source.settings
        if annotate == nil {
            live.grid = settings.grid
        }
        return live
    }
}
