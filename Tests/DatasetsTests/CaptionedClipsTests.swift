import Datasets
import Foundation
import Testing

@Suite("Captioned clips")
struct CaptionedClipsTests {
    private func line(_ path: String, split: String? = nil) -> String {
        let part = split.map { ", \"split\": \"\($0)\"" } ?? ""
        return "{\"path\": \"\(path)\", \"caption\": \"it is \(path)\", \"action\": \"bowing\"\(part), \"more\": [1]}"
    }

    @Test("every way to write a list")
    func written() throws {
        let (a, b) = (line("a b.mp4"), line("/data/b.mp4"))
        for text in [
            "\(a)\n\(b)\n", "\(a)\n\(b)", "\(a)\r\n\(b)\r\n", "\n\(a)\n\n \n\(b)\n\n", "\u{FEFF}\(a)\n\(b)\n",
            "\(a)\r\n\r\n\(b)",
        ] {
            try withFiles(["captions.jsonl": text]) { folder throws in
                let clips = try CaptionedClips(folder: folder, split: nil).clips
                #expect(clips.map(\.path) == [folder + "/a b.mp4", "/data/b.mp4"])
                #expect(clips.map(\.caption) == ["it is a b.mp4", "it is /data/b.mp4"])
                #expect(clips.map(\.action) == ["bowing", "bowing"])
            }
        }
    }

    @Test("separators that JSON allows in strings do not end a line")
    func separators() throws {
        try withFiles(["captions.jsonl": line("a\u{2028}b\u{85}c.mp4") + "\n"]) { folder throws in
            #expect(
                try CaptionedClips(folder: folder, split: nil).clips.map(\.path) == [folder + "/a\u{2028}b\u{85}c.mp4"])
        }
    }

    @Test("splits")
    func splits() throws {
        let text = [line("a", split: "train"), line("b", split: "heldout"), line("c"), line("d", split: "train")]
        try withFiles(["captions.jsonl": text.joined(separator: "\n")]) { folder throws in
            func names(_ split: String?) throws -> [String] {
                try CaptionedClips(folder: folder, split: split).clips.map { String($0.path.suffix(1)) }
            }
            #expect(try names("train") == ["a", "d"])
            #expect(try names("heldout") == ["b"])
            #expect(try names(nil) == ["a", "b", "c", "d"])
            let error = try #require(throws: DatasetError.self) { try names("validation") }
            #expect(error.description == "\(folder)/captions.jsonl: no clips of the split validation")
        }
    }

    @Test(
        "a line that is none is named by its number, whatever is before it",
        arguments: ["{", "[]", "{\"path\": \"a\"}", "{\"path\": 3, \"caption\": \"\", \"action\": \"\"}", "a.mp4 0"])
    func badLines(_ bad: String) throws {
        for (text, number) in [(bad, 1), ("\(line("a"))\n\(bad)\n", 2), ("\r\n\(line("a"))\r\n\r\n\n\(bad)\r\n", 5)] {
            try withFiles(["captions.jsonl": text]) { folder throws in
                let error = try #require(throws: DatasetError.self) { try CaptionedClips(folder: folder, split: "x") }
                #expect(error.description.hasPrefix("\(folder)/captions.jsonl: line \(number): it is not an object"))
            }
        }
    }

    @Test("files that are no lists")
    func badFiles() throws {
        func problem(_ data: Data?) throws -> String {
            var found = ""
            try withData(data.map { ["captions.jsonl": $0] } ?? [:]) { folder throws in
                let error = try #require(throws: DatasetError.self) { try CaptionedClips(folder: folder, split: nil) }
                #expect(error.description.hasPrefix("\(folder)/captions.jsonl: "))
                found = String(error.description.dropFirst(folder.count + 17))
            }
            return found
        }
        #expect(try problem(nil) == "no such file; `verb puppets` writes one")
        #expect(try problem(Data()) == "no clips")
        #expect(try problem(Data("\n\n".utf8)) == "no clips")
        #expect(try problem(Data(line("a").utf8) + Data([0xFF, 0xFE])) == "not UTF-8 text")
    }
}
