import CZlib
import FixtureSupport
import Foundation
import Testing

@testable import CLIP

/// One file of strings and the ids that three implementations give.
struct TokenizerFixture: Decodable, CustomTestStringConvertible {
    struct Case: Decodable {
        let text: String
        let openai: [Int]
        let open_clip: [Int]?
        let transformers: [Int]?
        let without_ftfy: [Int]?
        let needs_mojibake_repair: Bool?
        let openai_without_truncate: String?
        let full_length: Int?

        func ids(_ cleaning: TextCleaning) -> [Int] {
            switch cleaning {
            case .openAI: openai
            case .openCLIP: open_clip ?? openai
            case .transformers: transformers ?? openai
            case .withoutFtfy: without_ftfy ?? openai
            }
        }
    }

    let name: String
    let context_length: Int
    let sot: Int
    let eot: Int
    let cases: [Case]

    var testDescription: String { name }

    /// The repository's cases, and those below the folders of `VERB_FIXTURES`.
    static let all: [TokenizerFixture] = Fixture.all("clip", "tokenizer").map { fixture in
        do {
            return try fixture.decode()
        } catch {
            fatalError("\(fixture.folder.path): \(error)")
        }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}

/// CLIP's own vocabulary, read once.
enum OpenAIVocabulary {
    static let file = URL(fileURLWithPath: TokenizerFixture.root + "/.deps/clip/bpe_simple_vocab_16e6.txt.gz")

    static let result = Result { () throws(TokenizerError) in try BytePairVocabulary(contentsOf: file) }

    /// Fails with the remedy when the set-up has not been run.
    static func required() throws -> BytePairVocabulary {
        try #require(
            FileManager.default.fileExists(atPath: file.path),
            "CLIP's vocabulary is missing at \(file.path): run scripts/setup.sh")
        return try result.get()
    }

    static func tokenizer(_ cleaning: TextCleaning = .openAI) throws -> Tokenizer {
        Tokenizer(vocabulary: try required(), cleaning: cleaning)
    }
}

/// A folder that is gone after the test.
func withTemporaryFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("verb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// Gzip data, as a vocabulary file is.
func gzipped(_ text: String) -> Data {
    var stream = z_stream()
    deflateInit2_(
        &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = Array(text.utf8)
    var output = [UInt8](repeating: 0, count: input.count * 2 + 64)
    let count = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
            (stream.next_out, stream.avail_out) = (target.baseAddress, UInt32(target.count))
            _ = deflate(&stream, Z_FINISH)
            return target.count - Int(stream.avail_out)
        }
    }
    return Data(output.prefix(count))
}
