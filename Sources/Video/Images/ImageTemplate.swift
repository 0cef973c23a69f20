/// How the numbered images of a folder are called, such as `img_%05d.jpg` or `img_{:05d}.jpg`.
public struct ImageTemplate: Sendable, Hashable, CustomStringConvertible {
    private let prefix: String, suffix: String, digits: Int

    /// The template as it was given.
    public let description: String

    /// Reads a template.
    ///
    /// - Parameter text: a file name with one `%d`, `%05d`, `{:d}` or `{:05d}` for the number.
    /// - Throws: `invalidRequest` when there is none.
    public init(_ text: String) throws(VideoError) {
        guard let match = text.firstMatch(of: /%0?(\d*)d|\{:0?(\d*)d\}/) else {
            throw VideoError(
                .invalidRequest, detail: "the image template \(text) has no place for a number, such as %05d")
        }
        prefix = String(text[..<match.range.lowerBound])
        suffix = String(text[match.range.upperBound...])
        digits = Int(match.1 ?? match.2 ?? "") ?? 0
        description = text
    }

    /// The file name of a number.
    func name(_ number: Int) -> String {
        let plain = String(number)
        return prefix + String(repeating: "0", count: max(digits - plain.count, 0)) + plain + suffix
    }

    /// The number in a file name that follows the template.
    func number(in name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
            return nil
        }
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard middle.allSatisfy(\.isASCII), let number = Int(middle), self.name(number) == name else { return nil }
        return number
    }
}
