import Foundation

/// Repairs of text that was damaged on its way: entities, ligatures, full-width forms, curly quotes, control
/// characters.
///
/// What ftfy does, without its guesses about wrong encodings ("mojibake"), which no class label needs. Lone surrogates
/// need no rule: a Swift string cannot hold them.
///
/// Source: ftfy 6.3 `fix_text` with its default settings.
enum TextRepair {
    /// Repairs a text, line by line, each until nothing changes.
    ///
    /// - Parameter text: any text.
    /// - Returns: the repaired text, each line in normal form C.
    static func repaired(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var decodesEntities = true
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: "\n").map { $0 + 1 } ?? rest.endIndex
            // A tag makes it likely that this line and those after it are HTML on purpose.
            if rest[..<end].contains("<") { decodesEntities = false }
            result += repairedLine(Array(rest[..<end]), decodesEntities: decodesEntities)
            rest = rest[end...]
        }
        return result
    }

    private static func repairedLine(_ line: [Unicode.Scalar], decodesEntities: Bool) -> [Unicode.Scalar] {
        var line = line
        while true {
            var text = decodesEntities ? HTMLReferences.unescapedStrictly(line) : line
            text = text.flatMap(plain)
            text = withUnixLineBreaks(text)
            text = withoutTerminalEscapes(text)
            text.removeAll(where: isUnwantedControl)
            text = normalFormC(text)
            if text == line { return line }
            line = text
        }
    }

    /// Normal form C: composed characters.
    static func normalFormC(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        if text.allSatisfy({ $0.value < 0x300 }) { return text }
        return Array(String(String.UnicodeScalarView(text)).precomposedStringWithCanonicalMapping.unicodeScalars)
    }

    /// One character without C1 controls, ligatures, width variants and curly quotes.
    private static func plain(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0..<0x80: return [scalar]
        case 0x80...0x9F: return quotesStraightened([Windows1252.scalar(for: UInt8(scalar.value))])
        case 0x3000: return [" "]
        case 0xFF01...0xFFEF:
            return Array(String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
        default: return quotesStraightened(ligatures[scalar] ?? [scalar])
        }
    }

    private static func quotesStraightened(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        scalars.map { scalar in
            switch scalar.value {
            case 0x2BC, 0x2018...0x201B: "'"
            case 0x201C...0x201F: "\""
            default: scalar
            }
        }
    }

    private static let ligatures: [Unicode.Scalar: [Unicode.Scalar]] = [
        "\u{132}": ["I", "J"], "\u{133}": ["i", "j"], "\u{149}": ["\u{2BC}", "n"],
        "\u{1C4}": ["D", "\u{17D}"], "\u{1C5}": ["D", "\u{17E}"], "\u{1C6}": ["d", "\u{17E}"],
        "\u{1C7}": ["L", "J"], "\u{1C8}": ["L", "j"], "\u{1C9}": ["l", "j"],
        "\u{1CA}": ["N", "J"], "\u{1CB}": ["N", "j"], "\u{1CC}": ["n", "j"],
        "\u{1F1}": ["D", "Z"], "\u{1F2}": ["D", "z"], "\u{1F3}": ["d", "z"],
        "\u{FB00}": ["f", "f"], "\u{FB01}": ["f", "i"], "\u{FB02}": ["f", "l"], "\u{FB03}": ["f", "f", "i"],
        "\u{FB04}": ["f", "f", "l"], "\u{FB05}": ["\u{17F}", "t"], "\u{FB06}": ["s", "t"],
    ]

    private static func withUnixLineBreaks(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for (place, scalar) in text.enumerated() {
            switch scalar {
            case "\n" where place > 0 && text[place - 1] == "\r": continue
            case "\r", "\u{2028}", "\u{2029}": result.append("\n")
            default: result.append(scalar)
            }
        }
        return result
    }

    /// Removes `ESC [ digits and semicolons, letter`.
    private static func withoutTerminalEscapes(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard text.contains("\u{1B}") else { return text }
        var result: [Unicode.Scalar] = []
        var place = 0
        while place < text.count {
            if text[place] == "\u{1B}", place + 1 < text.count, text[place + 1] == "[" {
                let parameters = text[(place + 2)...].prefix {
                    $0 == ";" || $0.properties.generalCategory == .decimalNumber
                }
                if parameters.endIndex < text.count, isASCIILetter(text[parameters.endIndex]) {
                    place = parameters.endIndex + 1
                    continue
                }
            }
            result.append(text[place])
            place += 1
        }
        return result
    }

    private static func isASCIILetter(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar
    }

    private static func isUnwantedControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
        default: false
        }
    }
}
