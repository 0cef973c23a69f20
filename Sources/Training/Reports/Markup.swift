internal import Foundation

/// A piece of HTML or SVG in which foreign text cannot become markup.
///
/// Text that is interpolated is escaped; only another `Markup` goes in as it is.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    var text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation interpolation: Interpolation) { text = interpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ foreign: String) { text += Markup.escaped(foreign) }

        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        mutating func appendInterpolation(_ pieces: [Markup]) { for piece in pieces { text += piece.text } }

        mutating func appendInterpolation(_ number: Int) { text += String(number) }

        /// A coordinate, to a hundredth.
        mutating func appendInterpolation(_ coordinate: Double) {
            text += Markup.decimal(coordinate, digits: 2)
        }
    }

    /// Text without meaning to a browser: also in attributes, and without control characters.
    static func escaped(_ foreign: String) -> String {
        var result = ""
        for scalar in foreign.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                // Controls and noncharacters are no HTML; directional overrides would turn what follows around.
                let isHostile =
                    scalar.properties.generalCategory == .control || scalar.properties.isNoncharacterCodePoint
                    || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                result.unicodeScalars.append(isHostile ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// A number with some digits after the point, without zeros at its end.
    static func decimal(_ number: Double, digits: Int) -> String {
        guard number.isFinite else { return "\(number)" }
        var text = String(format: "%.\(digits)f", number)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// A number to four digits, as short as it can be said.
    static func short(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-∞" : "∞" }
        let size = abs(number)
        if number == 0 { return "0" }
        if size >= 1e7 || size < 1e-3 { return String(format: "%.3g", number) }
        return decimal(number, digits: size >= 1000 ? 0 : size >= 10 ? 2 : 4)
    }

    /// A share as a percentage with one digit after the point.
    static func percent(_ share: Double?) -> String {
        guard let share, share.isFinite else { return "–" }
        return String(format: "%.1f\u{A0}%%", 100 * share)
    }
}
