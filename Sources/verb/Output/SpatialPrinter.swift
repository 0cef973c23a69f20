import Foundation
import Training

/// Prints what a CLIP's answers about the videos of a list say.
enum SpatialPrinter {
    /// A table with a line a group, and where the targets are.
    static func text(_ report: SpatialReport, folder: String) -> String {
        let rows =
            [["group", "labels", "entropy", "of the mean", "about the action", "first answers"]]
            + report.groups.map(row)
        let widths = rows[0].indices.map { column in rows.map(\.[column].count).max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return [0, 5].contains(column) ? cell.0 + space : space + cell.0
            }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
        for group in report.groups {
            if let reason = group.reason { lines.append("\(group.name) is left out: \(reason)") }
            if group.isKept, !group.removedLabels.isEmpty {
                lines.append("\(group.name) is without \(listed(group.removedLabels))")
            }
        }
        let broken = report.unreadable.count
        if broken > 0 {
            lines.append("\(broken) videos could not be read; their targets are uniform and count nothing")
        }
        lines.append("\(folder): targets of \(report.videos) videos; entropies and information in nats")
        return lines.joined(separator: "\n")
    }

    /// What could not be read, one line a video.
    static func unreadable(_ report: SpatialReport) -> [String] {
        report.unreadable.map { video in
            let reason = video.reason.hasPrefix(video.path) ? video.reason : "\(video.path): \(video.reason)"
            return "cannot be read: \(reason)"
        }
    }

    private static func row(_ group: SpatialReport.Group) -> [String] {
        let said = group.information
        let first = said.histogram.indices.filter { said.histogram[$0] > 0 }
            .sorted { (-said.histogram[$0], $0) < (-said.histogram[$1], $1) }
        let answers = first.prefix(4).map { "\(group.labels[$0]) \(said.histogram[$0])" }.joined(separator: ", ")
        return [
            group.name, "\(group.labels.count)", String(format: "%.2f", said.entropy),
            String(format: "%.2f", said.meanEntropy), said.information.map { String(format: "%.2f", $0) } ?? "-",
            answers + (first.count > 4 ? ", …" : ""),
        ]
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
