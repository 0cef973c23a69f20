import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Training

private struct MaskingCase: Decodable {
    struct Variant: Decodable {
        let rate: Double, shuffled_positions: [Int], num_masked: Int, masked_word_positions: [Int], row: Int
    }
    struct Entry: Decodable {
        let label: String, vocabulary: String, text: String, plain_row: Int
        let words: [String], word_label_ids: [Int], words_missing_from_vocabulary: [String]
        let word_token_ids: [[Int]]
        let maskable_word_positions: [Int]
        let variants: [Variant]
    }
    let context_length: Int, start_token: Int, end_token: Int, padding_token: Int, ignore_label: Int
    let mask_word: String, mask_token_ids: [Int], label_of_a_word_missing_from_the_vocabulary: Int
    let prompt: String
    let label_vocabulary_sizes: [String: Int]
    let label_vocabulary_entries_used: [String: [String: Int]]
    let entries: [Entry]
    let num_masked_for_1_to_30_words: [String: [Int]]

    /// The prompt with the placeholder of templates instead of the case's.
    func template() throws -> PromptTemplate {
        try #require(PromptTemplate(prompt.replacing(/\{[^}]*\}/, with: PromptTemplate.placeholder)), "\(prompt)")
    }

    /// A vocabulary file with the recorded words at their ids and others elsewhere.
    func vocabulary(_ name: String) throws -> LabelVocabulary {
        let size = try #require(label_vocabulary_sizes[name])
        let used = try #require(label_vocabulary_entries_used[name])
        let words = Dictionary(uniqueKeysWithValues: used.map { ($1, $0) })
        let lines = (0..<size).map { "\(words[$0] ?? "filler\($0)") \($0)\n" }
        let file = FileManager.default.temporaryDirectory.appending(path: "verb-\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        try lines.joined().write(to: file, atomically: true, encoding: .utf8)
        return try LabelVocabulary(contentsOf: file.path)
    }
}

/// CLIP's own tokenizer.
func openAITokenizer() throws -> Tokenizer {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: ".deps/clip/bpe_simple_vocab_16e6.txt.gz")
    try #require(
        FileManager.default.fileExists(atPath: file.path),
        "CLIP's vocabulary is missing at \(file.path): run scripts/setup.sh")
    return Tokenizer(vocabulary: try BytePairVocabulary(contentsOf: file))
}

@Suite("Masked label words against the reference")
struct LabelMaskingParityTests {
    @Test("token and label ids of every sentence", arguments: Fixture.all("m2clip", "masking"))
    func sentences(_ fixture: Fixture) throws {
        let own = try fixture.decode(MaskingCase.self)
        let recorded = try RecordedTensors(fixture)
        let tokenizer = try openAITokenizer()
        #expect(tokenizer.encode(own.mask_word) == [own.start_token] + own.mask_token_ids + [own.end_token])
        #expect(tokenizer.paddingID == own.padding_token && M2CLIPLoss.unmasked == own.ignore_label)
        #expect(LabelVocabulary.unknownID == own.label_of_a_word_missing_from_the_vocabulary)
        let template = try own.template()
        var tokens: [Int: [Int32]] = [:], labels: [Int: [Int64]] = [:], plain: [Int: [Int32]] = [:]
        for entry in own.entries {
            let vocabulary = try own.vocabulary(entry.vocabulary)
            func masking(_ rate: Double) throws -> LabelMasking {
                var options = LabelMasking.Options()
                options.rate = rate
                return try LabelMasking(
                    tokenizer, vocabulary: vocabulary, contextLength: own.context_length, templates: [template],
                    options: options)
            }
            #expect(template(entry.label) == entry.text)
            #expect(entry.words.map(vocabulary.id) == entry.word_label_ids)
            #expect(entry.maskable_word_positions == Array(entry.words.indices))
            let known = Set(vocabulary.words)
            #expect(entry.words.filter { !known.contains($0) } == entry.words_missing_from_vocabulary)
            #expect(
                entry.words.map { tokenizer.encode($0).dropFirst().dropLast() } == entry.word_token_ids.map { $0[...] })
            let sentence = try masking(0.2).plain(entry.label)
            plain[entry.plain_row] = sentence.tokens
            #expect(sentence.words == Array(repeating: Int64(own.ignore_label), count: own.context_length))
            for variant in entry.variants {
                let masked = try masking(variant.rate).masked(entry.label, order: variant.shuffled_positions)
                #expect(LabelMasking.count(of: entry.words.count, rate: variant.rate) == variant.num_masked)
                #expect(
                    variant.shuffled_positions.prefix(variant.num_masked).sorted() == variant.masked_word_positions)
                tokens[variant.row] = masked.tokens
                labels[variant.row] = masked.words
            }
        }
        func table<Value: TensorElement>(_ rows: [Int: [Value]]) throws -> Tensor {
            let all = try (0..<rows.count).map { try #require(rows[$0]) }
            return Tensor(all.flatMap(\.self), shape: [all.count, own.context_length])
        }
        let recordedPlain = try recorded.required("inputs.plain_token_ids")
        expectClose(try table(plain), recordedPlain, absolute: 0, relative: 0)
        recorded.compare(try table(tokens), "outputs.masked_token_ids", .exact)
        recorded.compare(try table(labels), "outputs.label_ids", .exact)
        recorded.expectAllTaken()
    }

    @Test("how many words are masked", arguments: Fixture.all("m2clip", "masking"))
    func counts(_ fixture: Fixture) throws {
        let own = try fixture.decode(MaskingCase.self)
        for (rate, counts) in own.num_masked_for_1_to_30_words {
            let rate = try #require(Double(rate))
            #expect((1...counts.count).map { LabelMasking.count(of: $0, rate: rate) } == counts)
        }
    }
}
