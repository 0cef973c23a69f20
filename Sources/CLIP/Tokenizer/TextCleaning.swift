/// How a text is cleaned before it is cut into pieces: the rules of one of CLIP's implementations.
///
/// They differ for curly quotes, entities such as `&amp;`, full-width letters, ligatures, control characters, final
/// sigmas and special strings inside the text; on plain labels they agree.
public enum TextCleaning: String, Sendable, Codable, CaseIterable {
    /// openai/CLIP: repair as ftfy does, HTML references twice, whitespace collapsed, lower-case.
    case openAI
    /// open_clip: as ``openAI``, but `<start_of_text>` and `<end_of_text>` are the special strings.
    case openCLIP
    /// Hugging Face transformers: normal form C, whitespace collapsed, lower-case character by character; padded with
    /// the end symbol.
    case transformers
    /// As ``openAI`` where ftfy is not installed.
    case withoutFtfy

    /// The strings that stand for the start and end symbols when a text contains them.
    var specials: [String] {
        switch self {
        case .openAI, .withoutFtfy, .transformers: ["<|startoftext|>", "<|endoftext|>"]
        case .openCLIP: ["<start_of_text>", "<end_of_text>"]
        }
    }

    /// A text as the scanner takes it.
    func cleaned(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        switch self {
        case .openAI, .openCLIP: Self.lowercased(Self.tidied(TextRepair.repaired(text)))
        case .withoutFtfy: Self.lowercased(Self.tidied(text))
        case .transformers:
            // Runs of whitespace need no collapsing: the scanner skips whitespace, one character or many.
            TextRepair.normalFormC(text).flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
        }
    }

    /// HTML references decoded twice; whitespace needs no more than the scanner's skipping, except at the two ends,
    /// where Python's `strip` also takes U+001C-001F.
    private static func tidied(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let text = HTMLReferences.unescaped(HTMLReferences.unescaped(text))
        guard let start = text.firstIndex(where: { !isPythonWhitespace($0) }),
            let end = text.lastIndex(where: { !isPythonWhitespace($0) })
        else { return [] }
        return Array(text[start...end])
    }

    private static func isPythonWhitespace(_ scalar: Unicode.Scalar) -> Bool {
        0x1C...0x1F ~= scalar.value || scalar.properties.isWhitespace
    }

    /// Python's lower-case: each character's own, but a capital sigma that ends a word becomes ς.
    ///
    /// A word ends with it when a cased character comes before and none after, case-ignorable ones skipped.
    ///
    /// Source: the Unicode standard, 3.13, `Final_Sigma`.
    static func lowercased(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        func isCased(_ neighbours: some Sequence<Unicode.Scalar>) -> Bool {
            neighbours.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for (place, scalar) in text.enumerated() {
            switch scalar {
            case "a"..."z", " ": result.append(scalar)
            case "Σ":
                let isFinal = isCased(text[..<place].reversed()) && !isCased(text[(place + 1)...])
                result.append(isFinal ? "ς" : "σ")
            default: result += Array(scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return result
    }
}
