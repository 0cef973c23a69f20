import ActionModels
import CLIP
import Foundation
import Testing
import Training
import Video

/// Draws that were written down.
private struct WrittenDraws: DrawSource {
    var reals: [Double], integers: [Int]
    var ranges: [Range<Int>] = []

    mutating func integer(in range: Range<Int>) -> Int {
        ranges.append(range)
        return integers.removeFirst()
    }
    mutating func real(in range: Range<Double>) -> Double { reals.removeFirst() }
}

@Suite("Masking label words")
struct LabelMaskingTests {
    private let classes = ["playing chess", "riding a bike"]
    private let none = Int64(M2CLIPLoss.unmasked)

    private func masking(probability: Double = 0.5, length: Int = 20) throws -> LabelMasking {
        var options = LabelMasking.Options()
        options.probability = probability
        return try LabelMasking(
            openAITokenizer(), vocabulary: LabelVocabulary(classes: classes), contextLength: length,
            options: options)
    }

    @Test("the coin comes first, then the order of words")
    func draws() throws {
        let masking = try masking()
        var heads = WrittenDraws(reals: [0.5], integers: [])
        #expect(try masking("playing chess", draws: &heads) == masking.plain("playing chess"))
        var tails = WrittenDraws(reals: [0.49], integers: [0, 3, 1, 0])
        // [0 1 2 3 4] -> 4 with 0 -> [4 1 2 3 0] -> 3 with itself -> 2 with 1 -> [4 2 1 3 0] -> 1 with 0 -> [2 4 1 3 0]
        #expect(try masking("playing chess", draws: &tails) == masking.masked("playing chess", order: [2, 4, 1, 3, 0]))
        #expect(tails.ranges == [0..<5, 0..<4, 0..<3, 0..<2])
    }

    @Test(
        "all, none or about half of the sentences are masked",
        arguments: [(0.0, 0...0), (1, 400...400), (0.5, 170...230)])
    func probability(_ probability: Double, _ expected: ClosedRange<Int>) throws {
        let masking = try masking(probability: probability)
        var draws = SeededDraws(seed: 1)
        let sentences = try (0..<400).map { _ in try masking("riding a bike", draws: &draws) }
        #expect(expected.contains(sentences.count { $0.words.contains { $0 != none } }))
        if probability == 1 {
            let places = Set(sentences.map { $0.words.firstIndex { $0 != none } })
            #expect(places == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test("one seed, one sequence")
    func seeded() throws {
        let masking = try masking()
        func run(_ seed: UInt64) throws -> [MaskedSentence] {
            var draws = SeededDraws(seed: seed)
            return try (0..<20).map { try masking(classes[$0 % 2], draws: &draws) }
        }
        #expect(try run(3) == run(3))
        #expect(try run(3) != run(4))
    }

    @Test("the template's words can be masked, and sentences grow shorter")
    func template() throws {
        let masking = try masking()
        let words = LabelVocabulary(classes: classes)
        #expect(words.words == ["a", "bike", "chess", "name", "of", "playing", "riding", "video"])
        let plain = try masking.plain("massaging chess").tokens
        let masked = try masking.masked("massaging chess", order: [3, 0, 1, 2, 4])
        #expect(plain.prefix(8) == [49406, 320, 1455, 539, 4636, 4336, 8397, 49407])
        #expect(masked.tokens.prefix(7) == [49406, 320, 1455, 539, 8306, 8397, 49407])
        #expect(masked.words == [none, none, none, none, 0] + Array(repeating: none, count: 15))
        #expect(try masking.masked("playing chess", order: [1, 0, 2, 3, 4]).words[2] == 7)
    }

    @Test("options that cannot be are refused before anything is masked", arguments: [-0.1, 1.5, .nan, .infinity])
    func impossible(_ value: Double) throws {
        let tokenizer = try openAITokenizer(), words = LabelVocabulary(classes: classes)
        for key in [\LabelMasking.Options.rate, \.probability] {
            var changed = LabelMasking.Options()
            changed[keyPath: key] = value
            let options = changed
            #expect(throws: TrainingError.self) { try LabelMasking(tokenizer, vocabulary: words, options: options) }
        }
        #expect(throws: TrainingError.self) { try LabelMasking(tokenizer, vocabulary: words, templates: []) }
    }

    @Test("a sentence that is too long is refused")
    func tooLong() throws {
        let masking = try masking(length: 7)
        _ = try masking.plain("playing chess")
        #expect(throws: TokenizerError.self) { try masking.plain("playing chess alone") }
    }

    @Test("a rate of all masks all, and there is never less than one")
    func counts() {
        #expect(LabelMasking.count(of: 7, rate: 1) == 7)
        #expect(LabelMasking.count(of: 7, rate: 0) == 1)
        #expect(LabelMasking.count(of: 12, rate: 0.125) == 2)
        #expect(LabelMasking.count(of: 20, rate: 0.125) == 2)
    }
}

@Suite("The vocabulary of label words")
struct LabelVocabularyTests {
    /// Reads a file of these bytes, which is gone afterwards.
    private func reading(_ data: Data) throws -> LabelVocabulary {
        let url = FileManager.default.temporaryDirectory.appending(path: "verb-\(UUID().uuidString).txt")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try LabelVocabulary(contentsOf: url.path)
    }

    @Test("lower-case words with their punctuation, by code point, each once")
    func rule() {
        let words = LabelVocabulary(classes: ["Pushing Something, off", "éclair\tof  you", "(Without moving)", "zz"])
        #expect(
            words.words == [
                "(without", "a", "moving)", "name", "of", "off", "pushing", "something,", "video", "you", "zz",
                "éclair",
            ])
        #expect(words.id(of: "of") == 4)
        #expect(words.id(of: "something") == LabelVocabulary.unknownID)
        #expect(LabelVocabulary(classes: [], templates: [.bare], header: "").count == 0)
    }

    @Test("words that only look the same are two")
    func codePoints() {
        let words = LabelVocabulary(classes: ["caf\u{E9}", "cafe\u{301}"], templates: [.bare], header: "")
        #expect(words.words.map { $0.unicodeScalars.count } == [5, 4])
        #expect(words.id(of: "caf\u{E9}") == 1)
    }

    @Test("a file that was written is read again")
    func roundTrip() throws {
        let words = LabelVocabulary(classes: ["riding a bike", "tai chi"])
        let url = FileManager.default.temporaryDirectory.appending(path: "verb-\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: url) }
        try words.write(to: url.path)
        #expect(try String(contentsOf: url, encoding: .utf8).hasPrefix("a 0\nbike 1\nchi 2\n"))
        #expect(try LabelVocabulary(contentsOf: url.path) == words)
        #expect(throws: TrainingError.self) { try words.write(to: "/nowhere/at/all.txt") }
    }

    @Test("ids may come in any order, lines may end as they like")
    func order() throws {
        #expect(try reading(Data("b 1\r\n\r\na\t0".utf8)).words == ["a", "b"])
    }

    @Test(
        "files that are no vocabulary",
        arguments: [
            "", "\n\n", "a", "a 0 1", "a x", "a -1", "a 99999999999999999999", "a 1", "a 0\nb 2", "a 0\nb 0",
            "a 0\na 1", "word id\na 0",
        ])
    func refused(_ text: String) throws {
        let error = try #require(throws: TrainingError.self) { try reading(Data(text.utf8)) }
        #expect("\(error)".contains("verb-"))
    }

    @Test("what is not there or not text")
    func unreadable() throws {
        #expect(throws: TrainingError.self) { try LabelVocabulary(contentsOf: "/nowhere.txt") }
        #expect(throws: TrainingError.self) { try reading(Data([0xFF, 0xFE, 0x61])) }
    }
}
