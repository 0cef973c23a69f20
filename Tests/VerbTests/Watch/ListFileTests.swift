import ArgumentParser
import Foundation
import Recognition
import Synchronization
import Testing

@testable import verb

@Suite("A file with a list that changes")
struct ListFileTests {
    @Test("is read again when it has changed")
    func changes() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "waving\nbowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        var file = ListFile(labels: path, try LabelSet(contentsOf: path))
        func change() throws -> [String]? { try file.change()?.names }
        #expect(try change() == nil)
        try "waving\njumping\nbowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try change() == ["waving", "jumping", "bowing"])
        #expect(try change() == nil)
        // The same labels in other blanks are no change.
        try "waving\n\njumping\nbowing".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try change() == nil)
    }

    @Test("a list that cannot be used is told once, and a missing file is waited for")
    func broken() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "waving\n".write(toFile: path, atomically: true, encoding: .utf8)
        var file = ListFile(labels: path, try LabelSet(contentsOf: path))
        func change() throws -> [String]? { try file.change()?.names }
        try "waving\nWaving\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: RecognitionError.self) { try change() }
        #expect(try change() == nil)
        try FileManager.default.removeItem(atPath: path)
        #expect(try change() == nil)
        try "bowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try change() == ["bowing"])
    }
}

@Suite("What a model is asked, in files that change")
struct QuestionFilesTests {
    @Test("labels and prompts may change, one or both, and a bad list keeps the other's change")
    func changes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "question-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (labels, prompts) = (folder.appending(path: "l").path, folder.appending(path: "p").path)
        func write(_ text: String, _ path: String) throws {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        try write("waving\n", labels)
        try write("a man {}\n", prompts)
        let options = try LabelOptions.parse(["--labels-file", labels, "--prompts-file", prompts])
        let asked = Asked()
        let made = try QuestionFiles(options, labels: options.labelSet(), prompts: options.promptSet()) {
            (labels: LabelSet?, prompts: PromptSet?) throws(RecognitionError) in
            asked.questions.withLock { $0.append((labels, prompts)) }
            throw .noLabels
        }
        var files = try #require(made)
        // The question itself always fails here.
        func look() { _ = try? files.change() }
        func last() -> String {
            asked.questions.withLock { "\($0.last?.0?.names ?? []) \($0.last?.1?.templates.count ?? 0)" }
        }
        look()
        #expect(asked.count == 0)
        try write("a man {}\na person {}\n", prompts)
        look()
        #expect(asked.count == 1 && last() == #"["waving"] 2"#)
        try write("waving\nbowing\n", labels)
        try write("no place\n", prompts)
        look()
        #expect(asked.count == 1)
        look()
        #expect(asked.count == 2 && last() == #"["waving", "bowing"] 2"#)
    }

    @Test("without files nothing can change")
    func none() throws {
        let options = try LabelOptions.parse(["--labels", "waving"])
        let files = QuestionFiles(options, labels: nil, prompts: nil) {
            (_: LabelSet?, _: PromptSet?) throws(RecognitionError) in throw .noLabels
        }
        #expect(files == nil)
    }

    private final class Asked: Sendable {
        let questions = Mutex<[(LabelSet?, PromptSet?)]>([])
        var count: Int { questions.withLock { $0.count } }
    }
}
