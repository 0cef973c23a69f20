import Datasets
import FixtureSupport
import Foundation
import Testing

@Suite("Lists of labelled clips")
struct LabelledClipsTests {
    private let classes = "bowing\nair drumming\nthrowing a ball\n"

    @Test(
        "every way to write a list",
        arguments: [
            "a.mp4 0\nsub/b.mp4 2\n", "a.mp4 0\nsub/b.mp4 2", "a.mp4 0\r\nsub/b.mp4 2\r\n", "a.mp4 0\rsub/b.mp4 2\r",
            "\n\na.mp4 0\n  \n\t\nsub/b.mp4 2\n\n\n", "\u{FEFF}a.mp4 0\nsub/b.mp4 2\n",
            "  a.mp4\t 0 \nsub/b.mp4\t2\t\n",
        ])
    func written(_ list: String) throws {
        try withFiles(["list.txt": list, "classes.txt": classes]) { folder throws in
            let clips = try LabelledClips(list: folder + "/list.txt")
            #expect(clips.classes == ["bowing", "air drumming", "throwing a ball"])
            #expect(clips.clips.map(\.path) == [folder + "/a.mp4", folder + "/sub/b.mp4"])
            #expect(clips.clips.map(\.label) == [0, 2])
        }
    }

    @Test("paths with blanks and numbers, and absolute paths")
    func paths() throws {
        let list = "my clip 7.mp4 1\n/data/a b.mp4 0\na  b.mp4   2\nline\u{2028}separator.mp4 0\nüñí/日本.mp4 1\n"
        try withFiles(["list.txt": list, "classes.txt": classes]) { folder throws in
            let paths = try LabelledClips(list: folder + "/list.txt").clips.map(\.path)
            #expect(
                paths == [
                    folder + "/my clip 7.mp4", "/data/a b.mp4", folder + "/a  b.mp4",
                    folder + "/line\u{2028}separator.mp4", folder + "/üñí/日本.mp4",
                ])
        }
    }

    @Test("class names from another file, with a mark, line ends and blank lines")
    func otherClasses() throws {
        try withFiles(["list.txt": "a.mp4 1\n", "names": "\u{FEFF}one\r\n\r\n two words \r\n"]) { folder throws in
            let clips = try LabelledClips(list: folder + "/list.txt", classes: folder + "/names")
            #expect(clips.classes == ["one", "two words"])
        }
    }

    @Test(
        "a line that is none is named by its number",
        arguments: [
            ("a.mp4 0\nb.mp4\n", "line 2"), ("a.mp4 0\n\n\nb.mp4 x\n", "line 4"), ("0\n", "line 1"),
            ("a.mp4 0\r\nb.mp4 1.5\r\n", "line 2"), ("a.mp4,0\n", "line 1"), ("a.mp4 99999999999999999999\n", "line 1"),
            ("a.mp4 3\n", "line 1: class 3, but there are 3"), ("a.mp4 0\nb.mp4 -1\n", "line 2: class -1"),
        ])
    func badLines(_ list: String, words: String) throws {
        try withFiles(["list.txt": list, "classes.txt": classes]) { folder throws in
            let error = try #require(throws: DatasetError.self) { try LabelledClips(list: folder + "/list.txt") }
            #expect(error.description.hasPrefix(folder + "/list.txt: "))
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test("files that are no lists")
    func badFiles() throws {
        let bytes = Data([0x61, 0x2E, 0xFF, 0xFE, 0x20, 0x30])
        try withData(
            [
                "bytes.txt": bytes, "empty.txt": Data(), "blank.txt": Data("\n \n".utf8),
                "classes.txt": Data(classes.utf8),
            ]
        ) { folder throws in
            func problem(_ list: String, classes: String? = nil) throws -> String {
                try #require(throws: DatasetError.self) {
                    try LabelledClips(list: "\(folder)/\(list)", classes: classes.map { "\(folder)/\($0)" })
                }.description
            }
            #expect(try problem("none.txt") == "\(folder)/none.txt: no such file")
            #expect(try problem("bytes.txt") == "\(folder)/bytes.txt: not UTF-8 text")
            #expect(try problem("empty.txt") == "\(folder)/empty.txt: the list is empty")
            #expect(try problem("blank.txt") == "\(folder)/blank.txt: the list is empty")
            #expect(try problem("", classes: "classes.txt") == "\(folder)/: it cannot be read")
            #expect(try problem("empty.txt", classes: "none.txt") == "\(folder)/none.txt: no such file")
            #expect(try problem("empty.txt", classes: "bytes.txt") == "\(folder)/bytes.txt: not UTF-8 text")
        }
    }

    /// The recorded lists of a path, a blank and a label; other kinds are not read yet.
    @Test("recorded lists", arguments: Recorded.lists)
    func recorded(_ list: Recorded) throws {
        let names = (0...(list.records.compactMap(\.label).max() ?? 0)).map { "class \($0)\n" }.joined()
        try withFiles(["classes.txt": names]) { folder throws in
            let clips = try LabelledClips(list: list.path, classes: folder + "/classes.txt")
            let root = (list.path as NSString).deletingLastPathComponent
            #expect(clips.clips.map(\.path) == list.records.map { root + "/" + $0.path })
            #expect(clips.clips.map(\.label) == list.records.map(\.label))
        }
    }

    @Test("the recorded lists are there")
    func found() { #expect(!Recorded.lists.isEmpty) }
}

/// A list with what a reader should find in it.
struct Recorded: Sendable, CustomTestStringConvertible {
    struct Record: Decodable {
        let path: String
        let label: Int?
    }

    private struct Case: Decodable {
        let format: String
        let delimiter: String?
        let records: [Record]
    }

    /// One entry of `expected.json`; nil for other kinds.
    private struct Entry: Decodable {
        let list: Case?
        init(from decoder: any Decoder) { list = try? Case(from: decoder) }
    }

    let path: String
    let records: [Record]
    var testDescription: String { String(path.suffix(40)) }

    static let lists: [Recorded] = Fixture.files(named: "expected.json").flatMap { file -> [Recorded] in
        let data = (try? Data(contentsOf: file)) ?? Data()
        let entries = (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
        return entries.sorted { $0.key < $1.key }.compactMap { name, entry in
            guard let list = entry.list, list.format == "path_label", list.delimiter == " " else { return nil }
            return Recorded(path: file.deletingLastPathComponent().path + "/" + name, records: list.records)
        }
    }
}
