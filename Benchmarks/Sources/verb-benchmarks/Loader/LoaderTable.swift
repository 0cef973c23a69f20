import Foundation

/// The results as a table in Markdown.
struct LoaderTable {
    struct Row: Hashable {
        let file: LoaderFile
        let pattern: FramePattern
        let workers: Int
    }

    private struct Cell {
        var wall: [Double] = []
        var cpu: [Double] = []
        var wrong = 0
    }

    private let names: [String]
    private var rows: [Row] = []
    private var cells: [Row: [String: Cell]] = [:]

    init(_ names: [String]) { self.names = names }

    /// Notes seconds for each clip.
    mutating func add(_ answer: LoaderAnswer, clips: Int, _ name: String, _ row: Row) {
        if cells[row] == nil { rows.append(row) }
        var cell = cells[row]?[name] ?? Cell()
        cell.wall.append(answer.wall / Double(clips))
        cell.cpu.append(answer.cpu / Double(clips))
        cell.wrong = max(cell.wrong, answer.wrong)
        cells[row, default: [:]][name] = cell
    }

    /// Clips a second; for the others also how many times faster Verb is, by the clock and by processor time.
    var markdown: String {
        var lines = [
            "| file | frames | workers | \(names.joined(separator: " | ")) |",
            "|" + String(repeating: " --- |", count: 3) + String(repeating: " ---: |", count: names.count),
        ]
        for row in rows {
            let texts = names.map { text($0, row) }
            lines.append(
                "| \(row.file.title) | \(row.pattern.title) | \(row.workers) | \(texts.joined(separator: " | ")) |")
        }
        lines.append(
            "\nClips a second; in brackets how many times faster Verb is, by the clock / by processor time. "
                + "`!n`: n frames of the measurement's clips were wrong. Verb's loader draws its own places in the file, "
                + "crops, resizes and normalises.")
        return lines.joined(separator: "\n")
    }

    private func text(_ name: String, _ row: Row) -> String {
        guard let cell = cells[row]?[name], let own = cells[row]?[names[0]] else { return "" }
        let wall = Statistics.median(cell.wall), cpu = Statistics.median(cell.cpu)
        let rate = String(format: "%.1f", 1 / wall)
        let wrong = cell.wrong > 0 ? " !\(cell.wrong)" : ""
        if name == names[0] { return rate + String(format: " (%.0f ms CPU)", cpu * 1000) + wrong }
        return rate
            + String(format: " (%.2f / %.2f)", wall / Statistics.median(own.wall), cpu / Statistics.median(own.cpu))
            + wrong
    }
}
