import ActionModels
import CLIP
import Foundation
import Training

/// How presets are printed.
enum PresetFormat {
    /// What a preset is, and a table of its parts.
    static func text(_ preset: Preset) -> String {
        let model = preset.model.configuration, cost = model.cost()
        let head = [
            ["preset", preset.name], ["title", preset.title], ["source", preset.source],
            ["method", model.kind.title], ["input", "\(model.frames ?? 0) frames of \(model.vision.imageSize) px"],
            ["recipe", preset.model.hasRecipe ? "as in the file" : "none is known"],
        ]
        let text = cost.textMACs > 0 ? ["", "GMAC a text  \(CostTable.giga(cost.textMACs))"] : []
        return
            (head.map { $0[0].padding(toLength: 8, withPad: " ", startingAt: 0) + $0[1] } + [""] + CostTable.lines(cost)
            + text)
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
        let model = preset.model.configuration, cost = model.cost()
        return try encoded(
            Object(
                preset: preset.name, title: preset.title, source: preset.source, method: model.kind.rawValue,
                frames: model.frames ?? 0, imageSize: model.vision.imageSize, hasRecipe: preset.model.hasRecipe,
                parts: cost.parts,
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
                Object(
                    preset: $0.name, title: $0.title, source: $0.source, method: $0.model.configuration.kind.rawValue))
        }.joined(separator: "\n")
    }

    private static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
