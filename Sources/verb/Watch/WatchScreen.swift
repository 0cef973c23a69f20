import Foundation
import Recognition
import Video

/// A watch as a page that a terminal redraws in its place.
struct WatchScreen: WatchView {
    /// How many labels have bars.
    let top: Int
    let hasColours: Bool
    var size: @Sendable () -> (columns: Int, rows: Int) = { WatchScreen.terminalSize }
    var output: @Sendable (String) -> Void = { FileHandle.standardOutput.write(Data($0.utf8)) }
    private var notes: [String] = []
    private var drawnRows = 0
    private var lastDrawn: ContinuousClock.Instant?

    /// Makes a screen; colours are left out where `NO_COLOR` says so.
    init(top: Int, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.top = top
        hasColours = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    mutating func show(_ event: StreamEvent, of number: Int, in streams: [WatchedStream]) {
        // A hand's speed is enough for eyes, and a slow terminal is not what is measured.
        if case .decision = event, let lastDrawn, .now - lastDrawn < .milliseconds(100) { return }
        draw(streams)
    }

    mutating func show(_ state: LiveState, of number: Int, in streams: [WatchedStream]) { draw(streams) }

    mutating func end(_ error: RecognitionError?, of number: Int, in streams: [WatchedStream]) { draw(streams) }

    mutating func note(_ text: String, in streams: [WatchedStream]) {
        notes = notes.suffix(1) + [text]
        draw(streams)
    }

    mutating func finish(_ streams: [WatchedStream]) { draw(streams) }

    private mutating func draw(_ streams: [WatchedStream]) {
        lastDrawn = .now
        let size = size()
        let page = WatchPage.page(of: streams, notes: notes, width: size.columns - 1, top: top)
        let lines = page.lines(hasColours: hasColours).prefix(max(size.rows - 1, 1))
        var text = drawnRows > 0 ? "\u{1B}[\(drawnRows)A" : ""
        for line in lines { text += "\r\(line)\u{1B}[K\n" }
        output(text + "\u{1B}[J")
        drawnRows = lines.count
    }

    /// The terminal's size, 80 by 24 where it does not say.
    private static var terminalSize: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
