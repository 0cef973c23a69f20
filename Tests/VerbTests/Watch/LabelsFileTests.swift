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
        #expect(try file.change() == nil)
        try "waving\njumping\nbowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try file.change()?.names == ["waving", "jumping", "bowing"])
        #expect(try file.change() == nil)
        // The same labels in other blanks are no change.
        try "waving\n\njumping\nbowing".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try file.change() == nil)
    }

    @Test("a list that cannot be used is told once, and a missing file is waited for")
    func broken() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "waving\n".write(toFile: path, atomically: true, encoding: .utf8)
        var file = LabelsFile(path: path, labels: try LabelSet(contentsOf: path))
        try "waving\nWaving\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: RecognitionError.self) { try file.change() }
        #expect(try file.change() == nil)
        try FileManager.default.removeItem(atPath: path)
        #expect(try file.change() == nil)
        try "bowing\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try file.change()?.names == ["bowing"])
    }
}
