/// Cuts a cleaned text into the pieces that are encoded one by one.
///
/// At each place the first of these that matches: a special string; `'s` `'t` `'re` `'ve` `'m` `'ll` `'d`; a run of
/// letters; one number character; a run of characters that are neither whitespace, letter nor number. Whitespace
/// between pieces is skipped. Combining marks are in the last class.
///
/// Source: openai/CLIP `simple_tokenizer.py`.
struct PieceScanner {
    /// A part of the text.
    enum Piece: Equatable {
        /// UTF-8 bytes for the merges.
        case text([UInt8])
        /// A special string, as its place in ``specials``.
        case special(Int)
    }

    /// The special strings that are recognised while scanning.
    let specials: [[Unicode.Scalar]]
    /// Whether the reference's pattern ignores case.
    ///
    /// The text is lower-case by then, so all that this adds is
    /// U+017F (long s), which a case-insensitive pattern takes for an `s` in `'s`.
    let ignoresCase: Bool

    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    init(specials: [String], ignoresCase: Bool) {
        self.specials = specials.map { Array($0.unicodeScalars) }
        self.ignoresCase = ignoresCase
    }

    /// Cuts a text.
    ///
    /// - Parameter text: the cleaned text.
    /// - Returns: its pieces, in order.
    func pieces(of text: [Unicode.Scalar]) -> [Piece] {
        var pieces: [Piece] = []
        var place = 0
        while place < text.count {
            if let (special, length) = special(in: text, at: place) {
                pieces.append(special)
                place += length
                continue
            }
            let length = length(in: text, at: place)
            if length > 0 { pieces.append(.text(bytes(text[place..<place + length]))) }
            place += max(length, 1)
        }
        return pieces
    }

    /// Zero for whitespace.
    private func length(in text: [Unicode.Scalar], at place: Int) -> Int {
        if text[place] == "'", let contraction = Self.contractions.first(where: { matches($0, in: text, at: place) }) {
            return contraction.count
        }
        switch CharacterClass(text[place]) {
        case .whitespace: return 0
        case .number: return 1
        case .letter: return run(of: .letter, in: text, from: place)
        case .other: return run(of: .other, in: text, from: place)
        }
    }

    private func run(of kind: CharacterClass, in text: [Unicode.Scalar], from place: Int) -> Int {
        var end = place
        while end < text.count, CharacterClass(text[end]) == kind { end += 1 }
        return end - place
    }

    /// A special string that matches only when case is ignored is cut out, but is ordinary text.
    private func special(in text: [Unicode.Scalar], at place: Int) -> (Piece, Int)? {
        guard text[place] == "<" else { return nil }
        for (number, special) in specials.enumerated() where matches(special, in: text, at: place) {
            let found = text[place..<place + special.count]
            return (found.elementsEqual(special) ? .special(number) : .text(bytes(found)), special.count)
        }
        return nil
    }

    private func matches(_ pattern: [Unicode.Scalar], in text: [Unicode.Scalar], at place: Int) -> Bool {
        guard place + pattern.count <= text.count else { return false }
        return pattern.indices.allSatisfy { offset in
            let scalar = text[place + offset]
            return scalar == pattern[offset] || (ignoresCase && scalar == "\u{17F}" && pattern[offset] == "s")
        }
    }

    private func bytes(_ scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
        Array(String(String.UnicodeScalarView(scalars)).utf8)
    }
}

/// The classes of the scanning pattern: `\s`, `\p{L}`, `\p{N}` and the rest.
enum CharacterClass {
    case whitespace, letter, number, other

    init(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "a"..."z", "A"..."Z": self = .letter
        case "0"..."9": self = .number
        case " ", "\t"..."\r": self = .whitespace
        case _ where scalar.isASCII: self = .other
        case _ where scalar.properties.isWhitespace: self = .whitespace
        default:
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = .other
            }
        }
    }
}
