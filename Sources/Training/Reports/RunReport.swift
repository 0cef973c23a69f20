internal import Foundation

/// What became of a run, as one HTML file that needs nothing else: no network, no scripts.
///
/// Facts, curves, confusion matrix, classes, the surest mistakes as strips of frames, and the videos that were skipped.
/// Equal reports have equal bytes.
public struct RunReport: Sendable {
    /// One thing that is known about a run.
    public struct Fact: Sendable, Equatable {
        /// What it is: `command`, `machine`, `list SHA-256`.
        public let name: String
        /// Its value.
        public let value: String

        /// States a fact.
        ///
        /// - Parameters:
        ///   - name: what it is.
        ///   - value: its value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A mistake and how the video looks.
    public struct Mistake: Sendable {
        /// The mistake.
        public let mistake: ConfidentMistake
        /// The video's frames; nil where they could not be had.
        public let strip: EncodedImage?

        /// Shows a mistake.
        ///
        /// - Parameters:
        ///   - mistake: the mistake.
        ///   - strip: the video's frames.
        public init(_ mistake: ConfidentMistake, strip: EncodedImage?) {
            self.mistake = mistake
            self.strip = strip
        }
    }

    /// The run's name.
    public var title: String
    /// What it was, in one sentence.
    public var subtitle = ""
    /// Command, versions, times, machine, hashes of the data.
    public var facts: [Fact] = []
    /// The recipe as it was written.
    public var recipe: String?
    /// What was logged; see ``RunLog`` for the names.
    public var log: [LogLine] = []
    /// The last evaluation.
    public var classification: ClassificationReport?
    /// The surest mistakes of the last evaluation.
    public var mistakes: [Mistake] = []
    /// The videos that could not be used, in training or evaluation.
    public var skipped: [UnreadableVideo] = []

    /// Starts a report.
    ///
    /// - Parameter title: the run's name.
    public init(title: String) { self.title = title }

    /// The report as HTML.
    ///
    /// - Returns: a whole page.
    public func html() -> String {
        // The policy has the browser enforce what is promised: nothing is loaded, nothing runs.
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>\(title)</title><style>
            \(ReportStyle.sheet)
            </style></head><body><main>
            <header><h1>\(title)</h1>\(subtitle.isEmpty ? "" : subtitleMarkup)\(tiles)</header>
            \(runSection)\(curveSection)\(confusionSection)\(calibrationSection)\(classSection)\(mistakeSection)\(skippedSection)
            <footer>Written by Verb.</footer>
            </main></body></html>

            """
        return page.text
    }

    /// Writes the report as a file that appears whole or not at all.
    ///
    /// - Parameter path: the file; an existing one is replaced.
    /// - Throws: `TrainingError.unwritable`.
    public func write(to path: String) throws(TrainingError) {
        try SortedJSON.write(Data(html().utf8), to: path)
    }

    private var subtitleMarkup: Markup { "<p class=\"subtitle\">\(subtitle)</p>" }
}
