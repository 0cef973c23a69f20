import Testing

@testable import CLIP

@Suite("Cleaning of texts")
struct TextCleaningTests {
    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    @Test(arguments: [
        ("&lt;&#60;&#x3C;&LT", "<<<<"), ("&copy2024 &ampx; &notit; &notin;", "©2024 &x; ¬it; ∉"),
        ("&#128; &#x80 &#0; &#xD800; &#1114112; &#99999999999999999999;", "€ € \u{FFFD} \u{FFFD} \u{FFFD} \u{FFFD}"),
        ("a&#1;b&#x7F;c&#xFDD0;d&#xFFFE;e&#x10FFFF;", "abcde"), ("&#13;", "\r"),
        ("&#; &#x; & &; &nosuch; &", "&#; &#x; & &; &nosuch; &"),
        ("&acE;", "\u{223E}\u{333}"), ("&amp;amp;", "&amp;"), ("&\u{212A}appa;", "&\u{212A}appa;"), ("AT&T", "AT&T"),
        ("&CounterClockwiseContourIntegral;", "∳"), ("&AMP", "&"), ("&eacuteé", "éé"),
    ])
    func htmlReferences(_ text: String, _ expected: String) {
        #expect(HTMLReferences.unescaped(scalars(text)) == scalars(expected))
    }

    @Test(arguments: [
        ("&EACUTE; &nTILDE; &amp &hellip;", "É &nTILDE; &amp …"), ("&#59; &#65; &#65a; &#x41", "&#59; A &#65a; &#x41"),
        ("&SZLIG;", "SS"), ("&THETASYM;", "Θ"), ("&;", "&;"),
    ])
    func strictHTMLReferences(_ text: String, _ expected: String) {
        #expect(HTMLReferences.unescapedStrictly(scalars(text)) == scalars(expected))
    }

    @Test func theTableIsWhole() {
        #expect(HTMLEntityNames.table.count == 2125)
        #expect(HTMLEntityNames.table.values.count { $0.isBare } == 106)
        #expect(HTMLEntityNames.table.values.allSatisfy { 1...2 ~= $0.characters.count })
    }

    @Test(arguments: [
        ("ﬁﬄ Ĳ ŉ ﬅ", "fiffl IJ 'n ſt"), ("ＡＢ　ｶﾞ ￦", "AB ガ ₩"), ("‘a’ “b” ʼ", "'a' \"b\" '"),
        ("a\r\nb\rc\u{2028}d\u{2029}e", "a\nb\nc\nd\ne"), ("\u{1B}[1;31mred\u{1B}[0m \u{1B}[x\u{1B}[", "red ["),
        ("a\u{0}\u{7F}\u{FEFF}\u{206A}\u{FFFC}b", "ab"), ("cafe\u{301}", "café"), ("a\u{85}\u{92}s", "a…'s"),
        ("&amp;lt;", "<"), ("&lt; &amp;amp;amp;amp;", "< &"), ("&amp;\n<b>&amp;\n&amp;", "&\n<b>&amp;\n&amp;"),
        ("plain text", "plain text"),
    ])
    func repairs(_ text: String, _ expected: String) {
        #expect(TextRepair.repaired(scalars(text)) == scalars(expected))
    }

    @Test(arguments: [
        ("ΟΔΟΣ", "οδος"), ("Σ", "σ"), ("ΑΣΑ", "ασα"), ("Α.Σ.", "α.ς."), ("ΑΣ'Α", "ασ'α"), ("ΑΣ 1", "ας 1"),
        ("1Σ", "1σ"),
        ("İ", "i̇"), ("ẞ", "ß"), ("ＡＢ", "ａｂ"), ("ǅ", "ǆ"),
    ])
    func lowerCase(_ text: String, _ expected: String) {
        #expect(TextCleaning.lowercased(scalars(text)) == scalars(expected))
    }

    @Test(arguments: [
        ("brush_hair", ["brush", "_", "hair"]), ("'stop'", ["'s", "top", "'"]), ("!'s", ["!'", "s"]),
        ("12a", ["1", "2", "a"]), ("a\u{300}b", ["a", "\u{300}", "b"]), ("'ſo", ["'ſ", "o"]),
        ("'re'ver", ["'re", "'ve", "r"]),
        ("a\u{200B}b\u{3000}c", ["a", "\u{200B}", "b", "c"]), ("½ⅷ", ["½", "ⅷ"]), ("", []),
    ])
    func pieces(_ text: String, _ expected: [String]) {
        let scanner = PieceScanner(specials: [], ignoresCase: true)
        #expect(scanner.pieces(of: scalars(text)) == expected.map { .text(Array($0.utf8)) })
    }

    @Test func specialStrings() {
        let scanner = PieceScanner(specials: TextCleaning.openAI.specials, ignoresCase: true)
        #expect(scanner.pieces(of: scalars("a<|endoftext|>b")) == [.text([97]), .special(1), .text([98])])
        #expect(scanner.pieces(of: scalars("<|startoftext|>")) == [.special(0)])
        // The run of other characters is longer than nothing, so it swallows the beginning of the special string.
        #expect(scanner.pieces(of: scalars("!<|endoftext|>")).count == 3)
        #expect(scanner.pieces(of: scalars("<|ſtartoftext|>")) == [.text(Array("<|ſtartoftext|>".utf8))])
    }
}
