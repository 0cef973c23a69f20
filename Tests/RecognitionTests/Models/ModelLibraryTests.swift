import CLIP
import Foundation
import Testing

@testable import Recognition

@Suite("Finding models and vocabularies")
struct ModelLibraryTests {
    private func library(_ folder: String, environment: [String: String] = [:]) -> ModelLibrary {
        ModelLibrary(environment: environment, programFolder: folder, workingFolder: folder) { name in
            name == "owner/model" ? "/cache/model" : nil
        }
    }

    @Test("a name is the bundled model, a path, or a model of the cache")
    func locate() async throws {
        try await TestModel.inFolder { folder in
            let library = library(folder)
            #expect(await message { _ = try library.locate(nil) }.contains("verb_Recognition.resources"))
            #expect(await message { _ = try library.locate("owner/other") }.contains("verb pull"))
            #expect(try library.locate("owner/model") == .cached(name: "owner/model", path: "/cache/model"))
            #expect(try library.locate(folder) == .path(folder))
            for model in BundledModel.allCases {
                let bundled = "\(folder)/verb_Recognition.resources/\(model.name)"
                try FileManager.default.createDirectory(atPath: bundled, withIntermediateDirectories: true)
                #expect(await message { _ = try library.locate(model.name) }.contains(model.name))
                try Data().write(to: URL(fileURLWithPath: bundled + "/config.json"))
                #expect(try library.locate(model.name) == .bundled(model, path: bundled))
                #expect((try library.locate(nil) == .bundled(model, path: bundled)) == (model == .standard))
            }
        }
    }

    @Test("the model's own vocabulary goes before the environment's, the named one before both")
    func order() async throws {
        try await TestModel.inFolder { folder in
            let other = TokenizerTrainer(mergeLimit: 2).vocabulary(from: ["other words": 5])
            try other.write(to: URL(fileURLWithPath: folder + "/other.json"))
            let library = library(folder, environment: ["VERB_VOCABULARY": folder + "/other.json"])
            let own = try await TestModel.write(to: folder + "/own")
            let model = try await library.load(.path(own))
            #expect(model.tokenizer?.vocabulary.count == TestModel.vocabulary.count)
            let named = await message { _ = try await library.load(.path(own), vocabulary: folder + "/other.json") }
            #expect(named.contains("not the vocabulary of") && named.contains("--vocabulary"))
            let bare = try await TestModel.write(to: folder + "/bare", vocabulary: nil)
            #expect(await message { _ = try await library.load(.path(bare)) }.contains("\(other.count) symbols"))
        }
    }

    @Test("a vocabulary that set-up fetched is found from folders below")
    func search() async throws {
        try await TestModel.inFolder { folder in
            let bare = try await TestModel.write(to: folder + "/a/b/bare", vocabulary: nil)
            let library = library(folder + "/a/b")
            #expect(await message { _ = try await library.load(.path(bare)) }.contains("make setup"))
            let place = folder + "/.deps/clip"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try TestModel.vocabulary.write(to: URL(fileURLWithPath: folder + "/vocabulary.json"))
            try FileManager.default.moveItem(
                atPath: folder + "/vocabulary.json", toPath: place + "/bpe_simple_vocab_16e6.txt.gz")
            let search = VocabularySearch(environment: [:], folders: ["/nowhere", folder + "/a/b"])
            #expect(search.path() == place + "/bpe_simple_vocab_16e6.txt.gz")
        }
    }

    @Test("a vocabulary whose end symbol is not where the model looks is refused")
    func endSymbol() async throws {
        try await TestModel.inFolder { folder in
            let path = try await TestModel.write(to: folder + "/model")
            let file = URL(fileURLWithPath: path + "/tokenizer.json")
            let text = try String(contentsOf: file, encoding: .utf8)
                .replacingOccurrences(of: "<|startoftext|>", with: "<|x|>")
                .replacingOccurrences(of: "<|endoftext|>", with: "<|startoftext|>")
                .replacingOccurrences(of: "<|x|>", with: "<|endoftext|>")
            try Data(text.utf8).write(to: file)
            #expect(await message { _ = try await library(folder).load(.path(path)) }.contains("the largest id"))
        }
    }

    @Test("errors of the files keep their sentence")
    func broken() async throws {
        try await TestModel.inFolder { folder in
            let library = library(folder)
            #expect(await message { _ = try await library.load(.path(folder)) }.contains("config.json"))
            let path = try await TestModel.write(to: folder + "/model")
            try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/tokenizer.json"))
            #expect(await message { _ = try await library.load(.path(path)) }.contains("tokenizer.json"))
        }
    }
}
