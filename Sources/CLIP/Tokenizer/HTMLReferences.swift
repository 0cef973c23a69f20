/// Decoding of character references such as `&amp;`, `&copy2024` and `&#39;`.
enum HTMLReferences {
    /// Decodes references as browsers do: also without a semicolon where HTML5 allows it.
    ///
    /// - Parameter text: any text.
    /// - Returns: the text with each reference replaced once; what the replacement forms is not decoded again.
    ///
    /// Source: the HTML standard's "named character references" and "numeric character reference end state", with the
    /// leniency of Python's `html.unescape` (no attention to what follows a name).
    static func unescaped(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        replacingReferences(in: text) { rest in
            rest.dropFirst().first == "#" ? numeric(rest) : named(rest)
        }
    }

    /// Decodes the unambiguous references only: those that end in a semicolon, and all-caps variants of lower-case
    /// names (`&EACUTE;`).
    ///
    /// - Parameter text: any text.
    /// - Returns: the text with each such reference replaced, again where an ampersand that comes out begins another.
    ///
    /// Source: ftfy `unescape_html`.
    static func unescapedStrictly(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        replacingReferences(in: text, nested: true) { rest in
            let isNumeric = rest.dropFirst().first == "#"
            let body = rest.dropFirst(isNumeric ? 2 : 1).prefix(25).prefix { $0.isASCIILetterOrDigit }
            let end = body.endIndex
            guard 1...24 ~= body.count, end < rest.endIndex, rest[end] == ";" else { return nil }
            let length = end + 1 - rest.startIndex
            if isNumeric {
                guard let result = numeric(rest), result.length == length, result.characters != [";"] else {
                    return nil
                }
                return result
            }
            return strictlyNamed(string(body)).map { ($0, length) }
        }
    }

    private typealias Replacement = (characters: [Unicode.Scalar], length: Int)

    /// Replaces each reference.
    ///
    /// With `nested`, an ampersand that comes out is read together with what follows. Repeating the whole pass has the
    /// same result, but takes quadratic time for `&amp;amp;amp;…`.
    private static func replacingReferences(
        in text: [Unicode.Scalar], nested: Bool = false, with replacement: (ArraySlice<Unicode.Scalar>) -> Replacement?
    ) -> [Unicode.Scalar] {
        guard text.contains("&") else { return text }
        var text = text
        var result: [Unicode.Scalar] = []
        var place = 0
        while place < text.count {
            if text[place] == "&", let (characters, length) = replacement(text[place...]) {
                place += length
                if nested, characters == ["&"] {
                    place -= 1
                    text[place] = "&"
                } else {
                    result += characters
                }
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    /// A named reference at the start of `rest`.
    ///
    /// The longest name wins; names without a semicolon may be prefixes of what stands there.
    private static func named(_ rest: ArraySlice<Unicode.Scalar>) -> Replacement? {
        let excluded: Set<Unicode.Scalar> = ["\t", "\n", "\u{C}", " ", "<", "&", "#", ";"]
        let candidate = rest.dropFirst().prefix(32).prefix { !excluded.contains($0) }
        let isClosed = candidate.endIndex < rest.endIndex && rest[candidate.endIndex] == ";"
        // Only ASCII is looked up: strings compare by canonical equivalence, and the Kelvin sign is not a K.
        let name = candidate.prefix { $0.isASCII }
        if isClosed, name.count == candidate.count, let entity = HTMLEntityNames.table[string(name)] {
            return (entity.characters, name.count + 2)
        }
        for length in stride(from: name.count, to: 1, by: -1) {
            if let entity = HTMLEntityNames.table[string(name.prefix(length))], entity.isBare {
                return (entity.characters, length + 1)
            }
        }
        return nil
    }

    /// A numeric reference at the start of `rest`, which begins with `&#`.
    private static func numeric(_ rest: ArraySlice<Unicode.Scalar>) -> Replacement? {
        var digits = rest.dropFirst(2)
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        if isHexadecimal { digits = digits.dropFirst() }
        digits = digits.prefix { isHexadecimal ? $0.properties.isASCIIHexDigit : "0"..."9" ~= $0 }
        guard !digits.isEmpty else { return nil }
        let isClosed = digits.endIndex < rest.endIndex && rest[digits.endIndex] == ";"
        let length = digits.endIndex - rest.startIndex + (isClosed ? 1 : 0)
        return (characters(forCode: UInt32(string(digits), radix: isHexadecimal ? 16 : 10) ?? .max), length)
    }

    private static func characters(forCode code: UInt32) -> [Unicode.Scalar] {
        switch code {
        case 0: ["\u{FFFD}"]
        case 0x0D: ["\r"]
        case 0x80...0x9F: [Windows1252.scalar(for: UInt8(code))]
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: []
        case _ where code <= 0x10FFFF && code & 0xFFFE == 0xFFFE: []
        default: [Unicode.Scalar(code) ?? "\u{FFFD}"]
        }
    }

    private static func strictlyNamed(_ name: String) -> [Unicode.Scalar]? {
        if let entity = HTMLEntityNames.table[name] { return entity.characters }
        let lower = name.lowercased()
        guard name == name.uppercased(), let entity = HTMLEntityNames.table[lower],
            named(Array("&\(name);".unicodeScalars)[...]) == nil
        else { return nil }
        return entity.characters.flatMap { Array($0.properties.uppercaseMapping.unicodeScalars) }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}

/// The code page that browsers read into the C1 control characters.
enum Windows1252 {
    private static let upperControls: [Unicode.Scalar] = [
        "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}",
        "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
    ]

    /// The character of a byte; the five bytes that the code page leaves open stay control characters.
    static func scalar(for byte: UInt8) -> Unicode.Scalar {
        0x80...0x9F ~= byte ? upperControls[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIILetterOrDigit: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
