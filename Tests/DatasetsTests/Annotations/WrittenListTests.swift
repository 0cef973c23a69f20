import Datasets
import Foundation
import Testing

@Suite("Lists that are written")
struct WrittenListTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "written-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.resolvingSymlinksInPath().path)
    }

    private func list(_ text: String, classes: String? = "walk\nrun\nsit\n", in folder: String) throws -> VideoList {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/all.txt"))
        if let classes { try Data(classes.utf8).write(to: URL(fileURLWithPath: folder + "/classes.txt")) }
        return try VideoList(reading: folder + "/all.txt")
    }

    @Test("a part of a list is read back as it was, from any folder")
    func part() throws {
        try inFolder { folder in
            let whole = try list("v/a b.mp4 2\nv/c.mp4 0\n/else/d.mp4 1\n", in: folder)
            try FileManager.default.createDirectory(atPath: folder + "/below", withIntermediateDirectories: true)
            for path in [folder + "/part.txt", folder + "/below/part.txt"] {
                let written = try whole.write([2, 0], to: path)
                #expect(written.videos == 2 && written.format == .pathLabel)
                var options = ListOptions()
                options.classes = written.classes
                let back = try VideoList(reading: path, options)
                #expect(back.samples == [whole.samples[2], whole.samples[0]] && back.classes == whole.classes)
            }
            let text = try String(contentsOfFile: folder + "/part.txt", encoding: .utf8)
            #expect(text == "/else/d.mp4 1\nv/a b.mp4 2\n")
        }
    }

    @Test("chosen classes are numbered anew, and others must not occur")
    func classes() throws {
        try inFolder { folder in
            let whole = try list("a.mp4 2\nb.mp4 0\nc.mp4 1\n", in: folder)
            let written = try whole.write([0, 1], classes: [0, 2], to: folder + "/half.txt")
            #expect(try String(contentsOfFile: written.path, encoding: .utf8) == "a.mp4 1\nb.mp4 0\n")
            #expect(try ClassList(contentsOf: try #require(written.classes)).names == ["walk", "sit"])
            #expect(throws: DatasetError.self) { try whole.write([2], classes: [0, 2], to: folder + "/bad.txt") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/bad.txt"))
        }
    }

    @Test("the list itself is not replaced, and nothing is not written")
    func refused() throws {
        try inFolder { folder in
            let whole = try list("a.mp4 0\n", in: folder)
            #expect(throws: DatasetError.self) { try whole.write([0], to: folder + "/all.txt") }
            #expect(throws: DatasetError.self) { try whole.write([], to: folder + "/none.txt") }
            #expect(throws: DatasetError.self) { try whole.write([0], to: folder + "/no/such/x.txt") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/none.txt"))
        }
    }

    @Test("folders of images keep their numbers")
    func images() throws {
        try inFolder { folder in
            try Data("x 4 9 1\ny 0 3 0\n".utf8).write(to: URL(fileURLWithPath: folder + "/raw.txt"))
            try Data("walk\nrun\n".utf8).write(to: URL(fileURLWithPath: folder + "/classes.txt"))
            var options = ListOptions()
            options.format = .rawFramesOffset
            let whole = try VideoList(reading: folder + "/raw.txt", options)
            let written = try whole.write([1, 0], to: folder + "/part.txt")
            #expect(written.format == .rawFramesOffset)
            #expect(try VideoList(reading: folder + "/part.txt", options).samples == whole.samples.reversed())
        }
    }
}
