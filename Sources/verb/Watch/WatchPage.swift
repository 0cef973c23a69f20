import Foundation
import Recognition

/// Lays out what a watch knows as a page: for each stream the action, bars of the best labels, the last minute, and the
/// times of the stages.
struct WatchPage {
    let width: Int
    /// How many labels have bars.
    let top: Int
    private var page: ScreenPage
    private var row = 0

    /// - Parameters:
    ///   - width: columns of the terminal.
    ///   - top: how many labels have bars.
    init(width: Int, top: Int) {
        (self.width, self.top) = (min(max(width, 20), 120), top)
        page = ScreenPage(width: self.width)
    }

    /// The page of streams and of what the user should know.
    static func page(of streams: [WatchedStream], notes: [String], width: Int, top: Int) -> ScreenPage {
        var layout = WatchPage(width: width, top: streams.count > 1 ? min(top, 3) : top)
        for stream in streams { layout.add(stream, isAlone: streams.count == 1) }
        if streams.count > 1 { layout.addTotal(WatchFigures(streams), count: streams.count) }
        for note in notes { layout.line { $0.put(note, row: $1, column: 0, .warning) } }
        return layout.page
    }

    private mutating func line(_ body: (inout ScreenPage, Int) -> Void = { _, _ in }) {
        // Also an empty row is there.
        page.put(" ", row: row, column: 0)
        body(&page, row)
        row += 1
    }

    private mutating func add(_ stream: WatchedStream, isAlone: Bool) {
        addTitle(stream)
        addAction(stream)
        addBars(stream)
        addMinute(stream)
        let figures = WatchFigures([stream])
        if isAlone { addTable(figures) }
        addFigures(figures, isLong: isAlone)
        if let words = stream.annotation.flatMap(WatchFormat.annotation) {
            line { $0.put(words, row: $1, column: 2, .faint) }
        }
        line()
    }

    private mutating func addTotal(_ figures: WatchFigures, count: Int) {
        line { $0.put("all \(count) sources", row: $1, column: 0, .strong) }
        addTable(figures)
        addFigures(figures, isLong: true)
        line()
    }

    private mutating func addTable(_ figures: WatchFigures) {
        line()
        for text in WatchFormat.table(figures) { line { $0.put(text, row: $1, column: 2) } }
    }

    private mutating func addFigures(_ figures: WatchFigures, isLong: Bool) {
        let text = Self.figures(figures)
        line { $0.put(text, row: $1, column: 2, .faint) }
        guard isLong else { return }
        for words in [WatchFormat.rates(figures), WatchFormat.firstDecision(figures)].compactMap(\.self) {
            line { $0.put(words, row: $1, column: 2, .faint) }
        }
    }

    private mutating func addTitle(_ stream: WatchedStream) {
        let time = RecognitionFormat.clock(stream.time)
        let (standing, tint) = Self.words(stream.standing)
        line { page, row in
            page.put(stream.name, row: row, column: 0, .strong)
            page.put(time, row: row, column: stream.name.count + 2)
            page.put(standing, row: row, column: stream.name.count + 4 + time.count, tint)
        }
    }

    private static func words(_ standing: WatchedStream.Standing) -> (String, ScreenPage.Tint) {
        switch standing {
        case .connecting: ("connecting", .faint)
        case .live(let information): (WatchFormat.facts(information), .faint)
        case .lost(let reason, let pause): (WatchFormat.lost(reason, pause), .warning)
        case .ended: ("ended", .faint)
        case .failed(let words): (words, .warning)
        }
    }

    private mutating func addAction(_ stream: WatchedStream) {
        line { page, row in
            guard let span = stream.current else {
                page.put(stream.decision == nil ? "..." : "-", row: row, column: 2, .faint)
                return
            }
            page.put(span.label, row: row, column: 2, .strong)
            let since = "since \(RecognitionFormat.clock(span.start))"
            page.put(since, row: row, column: span.label.count + 5, .faint)
        }
    }

    private mutating func addBars(_ stream: WatchedStream) {
        let width = width
        let best = (stream.decision?.smoothed ?? []).prefix(top)
        let labels = min(best.map(\.label.count).max() ?? 0, width / 3)
        let room = max(width - labels - 13, 1)
        for prediction in best {
            let tint = Self.tint(prediction.label, stream.labels)
            line { page, row in
                page.put(String(prediction.label.prefix(labels)), row: row, column: 2)
                page.put(Self.bar(prediction.probability, room), row: row, column: labels + 4, tint)
                let share = String(format: "%5.1f %%", 100 * prediction.probability)
                page.put(share, row: row, column: width - 8)
            }
        }
    }

    /// The last minute: a block for each action, and the names below, as many as there is room for.
    private mutating func addMinute(_ stream: WatchedStream) {
        guard stream.decision != nil else { return }
        let room = width - 4
        let spans = stream.past + [stream.current].compactMap(\.self)
        let minute = MinuteLayout(spans, until: stream.time, columns: room)
        let first = minute.begin
        line { page, row in
            page.put(String(repeating: "·", count: max(room - first, 0)), row: row, column: 2 + first, .faint)
            for block in minute.blocks {
                let text = String(repeating: "█", count: block.columns.count)
                page.put(text, row: row, column: 2 + block.columns.lowerBound, Self.tint(block.label, stream.labels))
            }
        }
        for names in minute.names {
            line { page, row in
                for name in names {
                    page.put(name.label, row: row, column: 2 + name.column, Self.tint(name.label, stream.labels))
                }
            }
        }
    }

    /// A bar in eighths of a character.
    private static func bar(_ share: Double, _ width: Int) -> String {
        let eighths = Int((min(max(share, 0), 1) * Double(width) * 8).rounded())
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }

    private static func tint(_ label: String, _ labels: [String]) -> ScreenPage.Tint {
        labels.firstIndex(of: label).map { .label($0) } ?? .plain
    }

    private static func figures(_ figures: WatchFigures) -> String {
        var parts = ["\(figures.decisions) decisions"]
        if let factor = figures.realTimeFactor { parts.append("real-time factor " + String(format: "%.3f", factor)) }
        parts.append(String(format: "%.1f %% dropped", 100 * figures.droppedShare))
        if let changes = figures.changesPerMinute { parts.append(String(format: "%.1f changes a minute", changes)) }
        return parts.joined(separator: "   ")
    }
}
