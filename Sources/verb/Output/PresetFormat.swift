import ActionModels
import Foundation
import Training

/// How presets are printed.
enum PresetFormat {
    /// What a preset is, and a table of its parts.
    static func text(_ preset: Preset) -> String {
        let (model, cost) = (preset.model, preset.model.cost)
        let head = [
            ["preset", preset.name], ["title", preset.title], ["source", preset.source],
            ["method", model.method.rawValue], ["input", "\(model.frames) frames of \(model.imageSize) px"],
            ["recipe", model.hasRecipe ? "as in the file" : "none is known"],
        ]
        var rows = [["", "parameters", "trained", "GMAC a clip"]]
        rows += cost.parts.map { row($0.name, $0.parameters, $0.trained, $0.clipMACs) }
        rows.append(row("total", cost.parameters, cost.trained, cost.clipMACs))
        let table = rows.map { line($0, rows) }
        let text = cost.textMACs > 0 ? ["", "GMAC a text  \(giga(cost.textMACs))"] : []
        return (head.map { $0[0].padding(toLength: 8, withPad: " ", startingAt: 0) + $0[1] } + [""] + table + text)
            .joined(separator: "\n")
    }

    /// The same as one object; operations are counted one by one.
    static func json(_ preset: Preset) throws -> String {
        struct Object: Encodable {
            let preset, title, source, method: String
            let frames, imageSize: Int
            let hasRecipe: Bool
            let parts: [CostPart]
            let parameters, trained, clipMACs, textMACs: Int
        }
        let (model, cost) = (preset.model, preset.model.cost)
        return try encoded(
            Object(
                preset: preset.name, title: preset.title, source: preset.source, method: model.method.rawValue,
                frames: model.frames, imageSize: model.imageSize, hasRecipe: model.hasRecipe, parts: cost.parts,
                parameters: cost.parameters, trained: cost.trained, clipMACs: cost.clipMACs, textMACs: cost.textMACs))
    }

    /// One line a preset: name and title.
    static func list(_ presets: [Preset]) -> String {
        let width = presets.map(\.name.count).max() ?? 0
        return presets.map { $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.title }
            .joined(separator: "\n")
    }

    /// One object a line.
    static func jsonLines(_ presets: [Preset]) throws -> String {
        struct Object: Encodable { let preset, title, source, method: String }
        return try presets.map {
            try encoded(
                Object(preset: $0.name, title: $0.title, source: $0.source, method: $0.model.method.rawValue))
        }.joined(separator: "\n")
    }

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

    private static func giga(_ operations: Int) -> String { String(format: "%.3f", Double(operations) / 1e9) }

    private static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
