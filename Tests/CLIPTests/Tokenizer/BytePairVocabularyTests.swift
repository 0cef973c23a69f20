import Crypto
import Foundation
import Testing

@testable import CLIP

@Suite("Vocabulary files")
struct BytePairVocabularyTests {
    @Test func theOpenAIVocabulary() throws {
        let vocabulary = try OpenAIVocabulary.required()
        let sum = SHA256.hash(data: try Data(contentsOf: OpenAIVocabulary.file))
        #expect(sum.description.hasSuffix("924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"))
        #expect(vocabulary.count == 49_408)
        #expect(vocabulary.mergeCount == 48_894)
        #expect(vocabulary.symbols.count == 49_408)
        #expect(vocabulary.symbols[0] == "!")
        #expect((vocabulary.startID, vocabulary.endID) == (49_406, 49_407))
    }

    @Test func roundTripsOfTheThreeForms() throws {
        let original = try OpenAIVocabulary.required()
        let texts = ["a photo of a cat", "Don't 打篮球 ½ 😀 supercalifragilisticexpialidocious"]
        let expected = texts.map(Tokenizer(vocabulary: original).encode)
        try withTemporaryFolder { folder in
            try original.writeSymbolsAndMerges(to: folder)
            for name in ["", "vocab.json", "merges.txt"] {
                let url = name.isEmpty ? folder : folder.appendingPathComponent(name)
                let read = try BytePairVocabulary(contentsOf: url)
                expectEqual(read, original)
                #expect(texts.map(Tokenizer(vocabulary: read).encode) == expected)
            }
            try original.write(to: folder)
            expectEqual(try BytePairVocabulary(contentsOf: folder.appendingPathComponent("tokenizer.json")), original)
            expectEqual(try BytePairVocabulary(contentsOf: folder), original)
        }
    }

    @Test func smallVocabulariesInAllForms() throws {
        let corpus = ["raising the left arm": 5, "lowering the left arm": 5, "kicking a ball": 3]
        let trained = TokenizerTrainer(mergeLimit: 40).vocabulary(from: corpus)
        try withTemporaryFolder { folder in
            try trained.writeSymbolsAndMerges(to: folder)
            expectEqual(try BytePairVocabulary(contentsOf: folder), trained)
            let merges = try String(contentsOf: folder.appendingPathComponent("merges.txt"), encoding: .utf8)
            let zipped = folder.appendingPathComponent("small.txt.gz")
            try gzipped(merges).write(to: zipped)
            expectEqual(try BytePairVocabulary(contentsOf: zipped), trained)
            try trained.write(to: folder.appendingPathComponent("other.json"))
            expectEqual(try BytePairVocabulary(contentsOf: folder.appendingPathComponent("other.json")), trained)
        }
    }

    @Test func mergesAsPairs() throws {
        let trained = TokenizerTrainer(mergeLimit: 10).vocabulary(from: ["ball ball": 4])
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("tokenizer.json")
            try trained.write(to: file)
            var text = try String(contentsOf: file, encoding: .utf8)
            for merge in trained.merges {
                let pair = [merge.left, merge.right].map { trained.symbols[$0]! }
                text = text.replacingOccurrences(
                    of: "\"\(pair[0]) \(pair[1])\"", with: "[\"\(pair[0])\", \"\(pair[1])\"]")
            }
            try Data(text.utf8).write(to: file)
            expectEqual(try BytePairVocabulary(contentsOf: file), trained)
        }
    }

    @Test func writingNeverLeavesHalfAFile() throws {
        let trained = TokenizerTrainer(mergeLimit: 1).vocabulary(from: [:])
        let missing = URL(fileURLWithPath: "/nonexistent-\(UUID().uuidString)/tokenizer.json")
        #expect { try trained.write(to: missing) } throws: {
            if case .unwritable(missing.path, _)? = $0 as? TokenizerError { true } else { false }
        }
    }

    private func expectEqual(
        _ a: BytePairVocabulary, _ b: BytePairVocabulary, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(a.symbols == b.symbols, sourceLocation: location)
        #expect(a.merges.elementsEqual(b.merges, by: ==), sourceLocation: location)
        #expect((a.startID, a.endID, a.count) == (b.startID, b.endID, b.count), sourceLocation: location)
    }
}

@Suite("Broken vocabulary files")
struct BrokenVocabularyTests {
    /// A small, sound `tokenizer.json`, to be broken in one place.
    private static let sound = Result {
        try withTemporaryFolder { folder in
            try TokenizerTrainer(mergeLimit: 3).vocabulary(from: ["arm arm": 4]).write(to: folder)
            return try String(contentsOf: folder.appendingPathComponent("tokenizer.json"), encoding: .utf8)
        }
    }

    private func error(_ name: String, _ data: Data) throws -> TokenizerError? {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent(name)
            try data.write(to: file)
            do throws(TokenizerError) {
                _ = try BytePairVocabulary(contentsOf: file)
                return nil
            } catch {
                #expect(error.description.contains(file.path) && error.description.hasSuffix("."))
                return error
            }
        }
    }

    @Test func missing() throws {
        let nowhere = URL(fileURLWithPath: "/nonexistent-\(UUID().uuidString)")
        #expect(throws: TokenizerError.unreadable(path: nowhere.path, reason: "no such file or folder")) {
            try Tokenizer(contentsOf: nowhere)
        }
        try withTemporaryFolder { folder in
            #expect(throws: TokenizerError.noVocabulary(path: folder.path)) { try Tokenizer(contentsOf: folder) }
            for (name, companion) in [("vocab.json", "merges.txt"), ("merges.txt", "vocab.json")] {
                let file = folder.appendingPathComponent(name)
                try Data("{}".utf8).write(to: file)
                #expect(throws: TokenizerError.missingCompanion(path: file.path, companion: companion)) {
                    try Tokenizer(contentsOf: file)
                }
                try FileManager.default.removeItem(at: file)
            }
        }
    }

    @Test func gzipData() throws {
        let whole = gzipped("header\na b\nab c\n")
        #expect(try error("v.gz", whole) == nil)
        for (data, reason) in [
            (whole.dropLast(4), "truncated"), (whole.prefix(12), "truncated"), (Data(), "truncated"),
            (whole.prefix(10) + Data([0xFF, 0xFF, 0xFF]), nil), (Data("plain".utf8), nil),
        ] as [(Data, String?)] {
            guard case .damagedGzip(_, let found)? = try error("v.gz", Data(data)) else {
                Issue.record("\(Array(data)) is no damaged gzip data")
                continue
            }
            if let reason { #expect(found == reason) }
        }
        #expect(throws: TokenizerError.damagedGzip(path: "x", reason: "more than 100 bytes inside")) {
            try Gzip.inflated(gzipped(String(repeating: "a", count: 101)), limit: 100, path: "x")
        }
        #expect(try Gzip.inflated(gzipped("one ") + gzipped("two"), path: "x") == Array("one two".utf8))
    }

    @Test(arguments: [
        ("header\na b\nab\n", 2, "ab"), ("header\na b c\n", 1, "a b c"), ("header\n\na b\n", 1, ""),
        ("header\na  b\n", 1, "a  b"),
        ("header\n a\n", 1, " a"),
    ])
    func mergeLines(_ text: String, _ number: Int, _ line: String) throws {
        guard case .malformedMerge(_, number, line)? = try error("v.gz", gzipped(text)) else {
            Issue.record("\(text.debugDescription) is not refused")
            return
        }
    }

    @Test func mergesThatDoNotFit() throws {
        guard case .unknownSymbol(_, 2, "bc")? = try error("v.gz", gzipped("header\na b\nbc d\n")) else {
            Issue.record("an unknown symbol is not refused")
            return
        }
        guard case .duplicate(_, "ab")? = try error("v.gz", gzipped("header\na b\na b\n")) else {
            Issue.record("a doubled merge is not refused")
            return
        }
        guard case .notText? = try error("v.gz", gzippedBytes([0x61, 0xFF, 0x0A])) else {
            Issue.record("bytes that are no text are not refused")
            return
        }
    }

    private func gzippedBytes(_ bytes: [UInt8]) -> Data {
        // A stored block: header, length, bytes, check value and size (the check value is zlib's to verify).
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        crc = ~crc
        let count = UInt16(bytes.count)
        var data = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1])
        for value in [count, ~count] { data += [UInt8(value & 255), UInt8(value >> 8)] }
        data += bytes
        for value in [crc, UInt32(count)] { data += (0..<4).map { UInt8(value >> (8 * UInt32($0)) & 255) } }
        return data
    }

    @Test(arguments: [
        ("\"BPE\"", "\"Unigram\"", "unsupported"), ("\"</w>\"", "\"</q>\"", "unsupported"),
        ("\"type\": \"BPE\",", "\"type\": 3,", "malformedJSON"), ("\"merges\"", "\"marges\"", "malformedJSON"),
        ("\"!\":0", "\"!\":-1", "invalidID"), ("\"!\":0", "\"!\":1", "invalidID"),
        ("\"!\":0", "\"!\":2147483647", "invalidID"),
        ("\"!\":0", "\"!!\":0", "missingByteSymbol"), ("\"ar m</w>\"", "\"ar q</w>\"", "unknownSymbol"),
        ("\"ar m</w>\"", "\"zz y\"", "unknownSymbol"), ("\"ar m</w>\"", "\"arm</w>\"", "malformedMerge"),
        ("\"ar m</w>\"", "[\"ar\", \"m</w>\", \"x\"]", "malformedMerge"), ("\"ar m</w>\"", "7", "malformedJSON"),
        ("\"ar m</w>\"", "\"a r\"", "duplicate"), ("<|endoftext|>", "<|end|>", "missingSpecialSymbol"),
        ("\"id\": 514", "\"id\": 9", "duplicate"), ("]", "", "malformedJSON"),
    ])
    func tokenizerJSON(_ old: String, _ new: String, _ expected: String) throws {
        let sound = try Self.sound.get()
        try #require(sound.contains(old), "\(old)")
        let broken = sound.replacingOccurrences(of: old, with: new)
        let error = try #require(try error("tokenizer.json", Data(broken.utf8)))
        #expect("\(Mirror(reflecting: error).children.first?.label ?? "")" == expected, "\(error)")
    }

    @Test func notJSON() throws {
        for data in [Data(), Data("[1, 2]".utf8), Data([0xFF, 0xFE, 0x00]), Data("{\"model\": {}}".utf8)] {
            guard case .malformedJSON? = try error("tokenizer.json", data) else {
                Issue.record("\(data) is not refused")
                continue
            }
        }
    }
}
