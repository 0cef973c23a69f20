import Foundation
import Recognition
import Testing

@testable import verb

@Suite("A file of labels that changes")
struct LabelsFileTests {
    @Test("is read again when it has changed")
    func changes() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "waving\nbowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        var file = LabelsFile(path: path, labels: try LabelSet(contentsOf: path))
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
        var file = LabelsFile(path: path, labels: try LabelSet(contentsOf: path))
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
