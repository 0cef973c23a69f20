import ActionModels
import Foundation

/// A model's parts as a table.
enum CostTable {
    /// One line a part, with a head and the total.
    static func lines(_ cost: ActionModelCost) -> [String] {
        var rows = [["", "parameters", "trained", "GMAC a clip"]]
        rows += cost.parts.map { row($0.name, $0.parameters, $0.trained, $0.clipMACs) }
        rows.append(row("total", cost.parameters, cost.trained, cost.clipMACs))
        return rows.map { line($0, rows) }
    }

    /// Thousands of millions of operations.
    static func giga(_ operations: Int) -> String { String(format: "%.3f", Double(operations) / 1e9) }

    private static func row(_ name: String, _ parameters: Int, _ trained: Int, _ work: Int) -> [String] {
        [name, "\(parameters)", "\(trained)", giga(work)]
    }

    /// The first column to the left, numbers to the right.
    private static func line(_ row: [String], _ rows: [[String]]) -> String {
        row.indices.map { column in
            let width = rows.map(\.[column].count).max() ?? 0
            let space = String(repeating: " ", count: width - row[column].count)
            return column == 0 ? row[column] + space : space + row[column]
        }.joined(separator: "  ")
    }
}
