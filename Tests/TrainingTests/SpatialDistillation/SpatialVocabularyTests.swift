import ActionModels
import Datasets
import Foundation
import Testing
import Training

@Suite("Spatial vocabularies")
struct SpatialVocabularyTests {
    private static let valid = """
        {"name": "mine", "groups": [
          {"name": "scene", "mode": "single", "templates": ["a photo of a {}"], "labels": ["kitchen", "street"]},
          {"name": "object", "mode": "multi", "top_m": 2, "templates": ["a {}", "one {}"], "weight": 0.5,
           "labels": ["ball", "box", "bow and arrow"], "caption": "with a {}"}]}
        """

    /// Reads a text as a file; the error's words without the folder.
    private func read(
        _ text: String, _ name: String = "mine.json"
    ) throws -> (vocabulary: SpatialVocabulary?, problem: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vocabularies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        do throws(TrainingError) { return (try SpatialVocabulary.find(file.path), "") } catch {
            return (nil, "\(error)".replacing(folder.path + "/", with: ""))
        }
    }

    @Test("a file of one's own is read, written and read again, on one line too")
    func own() throws {
        let (found, problem) = try read(Self.valid)
        #expect(problem == "")
        let mine = try #require(found)
        #expect(mine.name == "mine" && mine.groups.map(\.name) == ["scene", "object"])
        #expect(mine.groups.map(\.mode) == [.single, .multi] && mine.groups.map(\.weight) == [1, 0.5])
        #expect(mine.groups[1].topM == 2 && mine.groups[1].templates.map(\.text) == ["a {}", "one {}"])
        #expect(mine.groups[1].caption("ball") == "with a ball" && mine.groups[0].caption("x") == "x")
        let written = String(decoding: try JSONEncoder().encode(mine), as: UTF8.self)
        #expect(try read(written, "MINE.JSON").vocabulary == mine)
    }

    @Test("what is left out of a group has the page's defaults")
    func defaults() throws {
        let found = try read(
            Self.valid.replacing("\"top_m\": 2, ", with: "").replacing("\"box\",", with: "\"box\", \"car\", \"cup\","))
        #expect(found.vocabulary?.groups[1].topM == 3)
        #expect(
            try read(Self.valid.replacing("\"top_m\": 2,", with: "\"top_m\": null,")).vocabulary?.groups[1].topM == 3)
    }

    /// What to replace by what, and a part of the error's words.
    private static let bad: [(String, String, String)] = [
        ("\"mine\"", "\"\"", "the name must have"), ("\"name\": \"mine\", ", "", "name is missing"),
        ("\"groups\"", "\"group\"", "the nearest is groups"), ("\"top_m\"", "\"topm\"", "groups.1.topm"),
        ("\"top_m\": 2", "\"top_m\": 0", "top_m is 0"), ("\"top_m\": 2", "\"top_m\": 4", "top_m is 4"),
        ("\"top_m\": 2", "\"top_m\": 1.5", "groups.1.top_m"), ("\"top_m\": 2", "\"top_m\": \"2\"", "groups.1.top_m"),
        ("\"multi\"", "\"many\"", "groups.1.mode"), ("\"a {}\"", "\"a\"", "groups.1.templates"),
        ("\"a {}\"", "\"{} {}\"", "needs one {}"), ("\"with a {}\"", "\"with\"", "groups.1.caption"),
        ("[\"a photo of a {}\"]", "[]", "0 templates"), ("\"kitchen\", ", "", "1 labels"),
        ("\"kitchen\"", "\"Street\"", "stands there twice"), ("\"kitchen\"", "\" kitchen\"", "begins or ends blank"),
        ("\"kitchen\"", "\"\"", "is empty"), ("\"kitchen\"", "5", "groups.0.labels"),
        ("0.5", "-1", "the weight is -1"), ("0.5", "1e400", "mine.json"), ("\"object\"", "\"scene\"", "two groups"),
        ("\"object\"", "\"an object\"", "letters, digits"), ("\"object\"", "\"../x\"", "letters, digits"),
        (valid, "{\"name\": \"mine\", \"groups\": []}", "0 groups"), (valid, "", "mine.json"),
        (valid, "[]", "mine.json"), (valid, "{\"name\": \"mine\"", "mine.json"),
        (valid, String(repeating: "[", count: 100_000), "mine.json"),
        (valid, String(repeating: " ", count: 5 << 20), "larger than 4 MiB"),
    ]

    @Test("what is wrong is named", arguments: bad.indices)
    func broken(_ index: Int) throws {
        let (old, new, words) = Self.bad[index]
        #expect(Self.valid.contains(old))
        let problem = try read(Self.valid.replacing(old, with: new, maxReplacements: 1)).problem
        #expect(problem.hasPrefix("mine.json: the vocabulary cannot be used") && problem.contains(words), "\(problem)")
    }

    @Test("places that are no vocabularies")
    func places() throws {
        for path in ["/no/such.json", "/dev/zero.json"] {
            #expect(throws: TrainingError.self) { try SpatialVocabulary.find(path) }
        }
        for path in ["/dev/zero", "/tmp"] {
            #expect(throws: TrainingError.self) { try SpatialVocabulary(contentsOf: path) }
        }
        let error = #expect(throws: TrainingError.self) { try SpatialVocabulary.find("spatial-v2") }
        #expect(error?.description.contains("near are spatial-v1") == true)
        #expect(throws: TrainingError.self) { try SpatialVocabulary.names(programFolder: "/no/such/folder") }
    }

    @Test("the bundled vocabularies")
    func bundled() throws {
        #expect(try SpatialVocabulary.names() == ["puppets-spatial", "spatial-v1"])
        let page = try SpatialVocabulary.find("spatial-v1")
        #expect(page.groups.map(\.name) == ["setting", "scene", "object", "people", "body", "posture", "view"])
        #expect(page.groups.map(\.labels.count) == [2, 36, 58, 5, 7, 9, 6])
        #expect(page.groups.map(\.templates.count) == [2, 2, 2, 1, 1, 1, 1])
        #expect(page.groups.filter { $0.mode == .multi }.map { "\($0.name) \($0.topM)" } == ["object 3"])
        let puppets = try SpatialVocabulary.find("puppets-spatial")
        #expect(puppets.groups.map(\.name) == ["place", "time", "object", "shirt", "posture", "view"])
        try puppets.check(againstActions: Puppets.actions.map(\.name))
        let sentences: [String] = puppets.groups.flatMap { group -> [String] in
            (group.templates + [group.caption]).flatMap { template in group.labels.map { template($0) } }
        }
        let words: [String] = sentences.flatMap { $0.split(separator: " ").map(String.init) }
        #expect(Set(words).subtracting(Puppets.vocabularyWords).isEmpty, "words that no caption of Puppets has")
    }

    @Test("labels that are names of actions are refused, however they are spelt")
    func leaks() throws {
        let page = try SpatialVocabulary.find("spatial-v1")
        try page.check(againstActions: ["brush_hair", "sit", "shooting basketball", "stand"])
        for names in [["Basketball"], ["x", "LYING_DOWN"], ["bow  and_arrow"]] {
            let error = #expect(throws: TrainingError.self) { try page.check(againstActions: names) }
            #expect(error?.description.contains("the name of an action") == true)
        }
    }

    @Test("the digest is of what targets depend on")
    func digest() throws {
        let own = try #require(try read(Self.valid).vocabulary)
        func changed(_ old: String, _ new: String) throws -> String? {
            try read(Self.valid.replacing(old, with: new, maxReplacements: 1)).vocabulary?.digest
        }
        for (old, new) in [("mine", "other"), ("0.5", "2"), ("with a {}", "and a {}")] {
            #expect(try changed(old, new) == own.digest)
        }
        for (old, new) in [
            ("kitchen", "kitchens"), ("\"scene\"", "\"place\""), ("single", "multi"), ("\"top_m\": 2", "\"top_m\": 1"),
            ("one {}", "two {}"), ("\"kitchen\", \"street\"", "\"street\", \"kitchen\""),
            ("[\"a {}\", \"one {}\"]", "[\"a {}\"]"),
        ] { #expect(try changed(old, new) != own.digest, "\(old)") }
        #expect(own.digest.count == 64)
    }
}
