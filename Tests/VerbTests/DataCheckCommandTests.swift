import ArgumentParser
import Datasets
import Foundation
import Testing

@testable import verb

@Suite("verb data check")
struct DataCheckCommandTests {
    private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/video").path

    private func inFolder(_ list: String, _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-check-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(list.utf8).write(to: URL(fileURLWithPath: folder + "/list.txt"))
        try await body(folder)
    }

    /// The exit code, and the message if there is one.
    private func run(_ arguments: String...) async throws -> (code: Int32, message: String) {
        do { try await DataCheckCommand.parse(arguments).run() } catch {
            return (DataCheckCommand.exitCode(for: error).rawValue, DataCheckCommand.message(for: error))
        }
        return (0, "")
    }

    @Test("ends with 0 when everything is usable, and writes what was asked for")
    func good() async throws {
        try await inFolder("vfr.mp4 0\ntruncated_tail.mp4 1\n") { folder in
            let result = try await run(
                folder + "/list.txt", "--root", fixtures, "--report", folder + "/r.jsonl", "--clean",
                folder + "/clean.txt", "--workers", "2", "--json")
            #expect(result.code == 0)
            let rows = try String(contentsOfFile: folder + "/r.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(rows.count == 2 && rows[1].contains("\"status\":\"truncated\""))
            #expect(
                try String(contentsOfFile: folder + "/clean.txt", encoding: .utf8)
                    == "vfr.mp4 0\ntruncated_tail.mp4 1\n")
        }
    }

    @Test("ends with 1 when something is not")
    func bad() async throws {
        try await inFolder("vfr.mp4 0\nnone.mp4 1\n") { folder in
            let result = try await run(
                folder + "/list.txt", "--root", fixtures, "--clean", folder + "/clean.txt", "--report",
                folder + "/r.csv")
            #expect(result.code == 1)
            #expect(try String(contentsOfFile: folder + "/clean.txt", encoding: .utf8) == "vfr.mp4 0\n")
            #expect(try String(contentsOfFile: folder + "/r.csv", encoding: .utf8).contains("none.mp4,1,missing_file"))
            #expect(try await run(folder + "/list.txt", "--root", fixtures, "--class-count", "1").code == 1)
        }
    }

    @Test("a list that is none, and places that cannot be written, are named before decoding")
    func refused() async throws {
        try await inFolder("vfr.mp4 x\na.mp4 0\n") { folder in
            let list = folder + "/list.txt"
            let broken = try await run(list, "--root", fixtures)
            #expect(broken.code == 1 && broken.message.hasPrefix("\(list): line 1: expected a path"))
            let place = try await run(list, "--report", folder + "/none/r.csv")
            #expect(place.message.hasPrefix("\(folder)/none/r.csv: cannot be written"))
            #expect(try await run(list, "--clean", list).message.contains("must not replace the list"))
        }
    }

    @Test("options reach the library")
    func options() throws {
        let command = try DataCheckCommand.parse([
            "l", "--format", "rawframes-offset", "--root", "r", "--classes", "c", "--class-count", "3", "--template",
            "{:06d}.jpg", "--first-index", "0", "--suffix", "avi", "--deadline", "2.5", "--frames", "8",
        ])
        var expected = ListOptions()
        (expected.format, expected.root, expected.classes) = (.rawFramesOffset, "r", "c")
        (expected.classCount, expected.template, expected.firstIndex) = (3, "{:06d}.jpg", 0)
        expected.suffix = "avi"
        #expect(command.reading.options == expected && command.deadline == 2.5 && command.frames == 8)
        let split = try DataCheckCommand.parse([
            "l", "--split", "2", "--part", "test", "--delimiter", "tab", "--layout", "by-class",
        ])
        let read = split.reading.options
        #expect(read.split == 2 && read.part == .test && read.delimiter == .tab && read.layout == .byClass)
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            [], ["l", "--workers", "0"], ["l", "--deadline", "0"], ["l", "--deadline", "nan"],
            ["l", "--deadline", "inf"],
            ["l", "--frames", "0"], ["l", "--report", "r.txt"], ["l", "--format", "coco"], ["l", "--part", "dev"],
        ])
    func usage(_ arguments: [String]) throws {
        let error = try #require(#expect(throws: (any Error).self) { try DataCheckCommand.parse(arguments) })
        #expect(DataCheckCommand.exitCode(for: error) == .validationFailure)
    }

    @Test("notices name repeats, conflicts and classes")
    func notices() async throws {
        try await inFolder("vfr.mp4 0\nvfr.mp4 0\nanim.gif 0\nanim.gif 2\ntext.mp4 1\n") { folder in
            var options = ListOptions()
            options.root = fixtures
            let summary = try await ListHealth().check(folder + "/list.txt", options).summary
            #expect(
                HealthNotices.lines(summary) == [
                    "1 videos are listed more than once, such as \(fixtures)/vfr.mp4 (lines 1, 2)",
                    "1 videos are listed with different labels, such as \(fixtures)/anim.gif (lines 3, 4)",
                    "3 classes with 1 to 3 videos each", "1 classes have no usable video: class 1",
                ])
        }
    }
}
