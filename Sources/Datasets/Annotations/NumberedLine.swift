/// A line cut into what comes first and the whole numbers at its end, which blanks separate.
struct NumberedLine {
    /// What stands before the numbers, without the blanks at its ends.
    let head: String
    /// The numbers as they are written.
    let numbers: [String]

    /// Cuts a line.
    ///
    /// - Parameters:
    ///   - text: a line without blanks at its ends.
    ///   - limit: the largest number of numbers that is taken off.
    init(_ text: String, atMost limit: Int = .max) {
        var rest = Array(text.utf8)[...]
        var numbers: [String] = []
        while numbers.count < limit {
            let start = rest.lastIndex(where: ASCIIBlank.contains).map { $0 + 1 } ?? rest.startIndex
            let token = rest[start...]
            guard Self.isNumber(token) else { break }
            numbers.append(String(decoding: token, as: UTF8.self))
            rest = ASCIIBlank.trimmed(rest[..<start])
        }
        head = String(decoding: rest, as: UTF8.self)
        self.numbers = numbers.reversed()
    }

    /// Whether a token is a sign and digits, however many.
    static func isNumber(_ token: some Collection<UInt8>) -> Bool {
        let digits = token.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        return !digits.isEmpty && token.count - digits.count <= 1 && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
