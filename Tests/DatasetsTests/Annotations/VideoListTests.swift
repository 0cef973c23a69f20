import Datasets
import Foundation
import Testing
import Video

@Suite("Lists of videos")
struct VideoListTests {
    private let classes = "bowing\nair drumming\nthrowing a ball\n"

    private func options(_ change: (inout ListOptions) -> Void) -> ListOptions {
        var options = ListOptions()
        change(&options)
        return options
    }

    @Test(
        "every way to write a list",
        arguments: [
            "a.mp4 0\nsub/b.mp4 2\n", "a.mp4 0\nsub/b.mp4 2", "a.mp4 0\r\nsub/b.mp4 2\r\n", "a.mp4 0\rsub/b.mp4 2\r",
            "\n\na.mp4 0\n  \n\t\nsub/b.mp4 2\n\n\n", "\u{FEFF}a.mp4 0\nsub/b.mp4 2\n",
            "  a.mp4\t 0 \nsub/b.mp4\t2\t\n", "a.mp4,0\nsub/b.mp4,2\n", "\"a.mp4\" , 0\nsub/b.mp4,2\n",
            "\u{FEFF}a.mp4,0\r\n\r\nsub/b.mp4,2",
        ])
    func written(_ list: String) throws {
        try withFiles(["list.txt": list, "classes.txt": classes]) { folder throws in
            let list = try VideoList(reading: folder + "/list.txt")
            #expect(list.classes?.names == ["bowing", "air drumming", "throwing a ball"])
            #expect(list.samples.map(\.source) == [.file(folder + "/a.mp4"), .file(folder + "/sub/b.mp4")])
            #expect(list.samples.map(\.labels) == [[0], [2]])
            #expect(list.format == .pathLabel && list.rejected.isEmpty && list.classCount == 3)
        }
    }

    @Test(
        "a label that a line names twice counts once",
        arguments: [
            ("list.txt", "a.mp4 1 1\nb.mp4 2 0 2\n", true), ("list.csv", "a.mp4,1,1\nb.mp4,2,0,2\n", true),
            (
                "list.json", #"[{"filename": "a.mp4", "label": [1, 1]}, {"filename": "b.mp4", "label": [2, 0, 2]}]"#,
                true
            ),
            ("list.json", #"[{"filename": "a.mp4", "label": [1, 1]}, {"filename": "b.mp4", "label": 2}]"#, false),
        ])
    func twice(_ name: String, _ text: String, _ isMultiLabel: Bool) throws {
        try withFiles([name: text, "classes.txt": classes]) { folder throws in
            let list = try VideoList(reading: "\(folder)/\(name)")
            #expect(list.samples.map(\.labels) == [[1], isMultiLabel ? [2, 0] : [2]])
            #expect(list.isMultiLabel == isMultiLabel)
        }
    }

    @Test("odd names come through as they are")
    func names() throws {
        let names = [
            "my clip 7.mp4", "/data/a b.mp4", "a  b.mp4", "line\u{2028}separator.mp4", "üñí/日本.mp4", "#1[a](b)&c!.avi",
            "-x9z_Q.mp4", "100% d %05d.mp4", "nbsp\u{A0}end\u{A0}.mp4", "it's \"quoted\".mp4", "e\u{301}.mp4",
            "~/x.mp4",
            "a:b.mp4", "..mp4",
        ]
        let paths = names.map { $0.hasPrefix("/") ? $0 : "/root/" + $0 }
        let quoted = names.map { "\"\($0.replacing("\"", with: "\"\""))\",1\n" }.joined()
        try withFiles([
            "list.txt": names.map { "\($0) 1\n" }.joined(), "list.csv": quoted,
            "tabs.txt": names.map { "\($0)\t1\n" }.joined(), "bare.txt": names.map { $0 + "\n" }.joined(),
        ]) { folder throws in
            for (name, labels) in [("list.txt", [1]), ("list.csv", [1]), ("bare.txt", [])] {
                let list = try VideoList(reading: "\(folder)/\(name)", options { $0.root = "/root" })
                // Compared as bytes: strings with other code points may be equal.
                #expect(list.samples.map { Array($0.source.path.utf8) } == paths.map { Array($0.utf8) }, "\(name)")
                #expect(list.samples.allSatisfy { $0.labels == labels })
            }
            let tabs = options { ($0.root, $0.delimiter, $0.format) = ("/root", .tab, .pathLabel) }
            #expect(try VideoList(reading: folder + "/tabs.txt", tabs).samples.map(\.source.path) == paths)
        }
    }

    @Test("a list of the working folder, and other roots and suffixes")
    func roots() throws {
        try withFiles(["list.txt": "a 1\nb.v2 0\n/c 0\nd.webm 0\n"]) { folder throws in
            func paths(_ change: (inout ListOptions) -> Void) throws -> [String] {
                try VideoList(reading: folder + "/list.txt", options(change)).samples.map(\.source.path)
            }
            #expect(try paths { _ in } == ["\(folder)/a", "\(folder)/b.v2", "/c", "\(folder)/d.webm"])
            #expect(
                try paths { ($0.root, $0.suffix) = ("r", "mp4") } == ["r/a.mp4", "r/b.v2", "/c.mp4", "r/d.webm"])
            #expect(try paths { ($0.root, $0.suffix) = ("r", ".avi") }[0] == "r/a.avi")
        }
    }

    @Test("digests tell lists apart and do not depend on the place")
    func digests() throws {
        var digests: [String] = []
        for text in ["abc 0\n", "abc 0\n", "abc 1\n"] {
            try withFiles(["list.txt": text]) { digests.append(try VideoList(reading: $0 + "/list.txt").digest) }
        }
        // sha256sum of the first.
        #expect(digests[0] == "8a3b94b352c40609db9eaab018ede00042877b612f1cb732d11e27541a95fe2a")
        #expect(digests[0] == digests[1] && digests[0] != digests[2])
    }

    @Test("class names from another file")
    func otherClasses() throws {
        try withFiles([
            "list.txt": "a.mp4 1\n", "names": "\u{FEFF}one\r\n\r\n two words \r\n", "classes.txt": "x\n",
        ]) { folder throws in
            let list = try VideoList(reading: folder + "/list.txt", options { $0.classes = folder + "/names" })
            #expect(list.classes?.names == ["one", "two words"])
        }
    }

    @Test("bad labels stop the list, or are left out and named")
    func badLabels() throws {
        let text = "a.mp4 0\nb.mp4 3\n\nc.mp4 -1\nd.mp4 2\n"
        try withFiles(["list.txt": text, "classes.txt": classes]) { folder throws in
            let path = folder + "/list.txt"
            let error = try #require(throws: DatasetError.self) { try VideoList(reading: path) }
            #expect(error == .badLabel(path: path, line: 2, detail: "class 3, but there are 3"))
            let list = try VideoList(reading: path, options { $0.badLabels = .skip })
            #expect(list.samples.map(\.labels) == [[0], [2]])
            #expect(list.rejected.map(\.place.line) == [2, 4])
            #expect(list.rejected.map(\.reason) == ["class 3, but there are 3", "class -1, but there are 3"])
            #expect(list.rejected.map(\.sample.source.path) == ["\(folder)/b.mp4", "\(folder)/c.mp4"])
        }
        try withFiles(["list.txt": "b.mp4 3\n", "classes.txt": classes]) { folder throws in
            let error = try #require(throws: DatasetError.self) {
                try VideoList(reading: folder + "/list.txt", options { $0.badLabels = .skip })
            }
            #expect(error.description.contains("line 1: no label is usable; the first: class 3, but there are 3"))
        }
    }

    @Test("lines without a label are read, and refused where labels are needed")
    func missingLabels() throws {
        try withFiles(["list.txt": "a.mp4 0\n\nb.mp4\n", "bare.txt": "a.mp4\n"]) { folder throws in
            let list = try VideoList(reading: folder + "/list.txt")
            #expect(list.samples.map(\.labels) == [[0], []])
            let error = try #require(throws: DatasetError.self) { try list.labelled() }
            #expect(error == .badLabel(path: folder + "/list.txt", line: 3, detail: "no label"))
            let bare = try VideoList(reading: folder + "/bare.txt")
            #expect(throws: DatasetError.self) { try bare.labelled() }
            #expect(try list.selecting([0]).labelled().samples == [list.samples[0]])
        }
    }

    @Test("labels follow the names to another order")
    func remapping() throws {
        try withFiles(["list.txt": "a 0\nb 2\nc 1\n", "classes.txt": "kick\nkick_ball\nbrush_hair\n"]) {
            folder throws in
            let list = try VideoList(reading: folder + "/list.txt")
            let other = try ClassList(["Brush hair", "kick ball", "kick", "wave"])
            let remapped = try list.remapped(to: other)
            #expect(remapped.samples.map(\.labels) == [[2], [0], [1]])
            #expect(remapped.classes == other && remapped.samples.map(\.source) == list.samples.map(\.source))
            #expect(remapped.classCount == 4 && remapped.digest == list.digest)
            let error = try #require(throws: DatasetError.self) { try list.remapped(to: ClassList(["kick", "hair"])) }
            #expect(error == .classesDiffer(unmatched: ["kick_ball", "brush_hair"], of: 3))
        }
        try withFiles(["list.txt": "a 0\n"]) { folder throws in
            let list = try VideoList(reading: folder + "/list.txt")
            #expect(throws: DatasetError.self) { try list.remapped(to: ClassList(["x"])) }
        }
    }

    @Test("folders of classes")
    func classFolders() throws {
        let files = [
            "b/2.mp4": "", "b/10.MP4": "", "B/x y#.webm": "", "a/1.avi": "", "a/.hidden.mp4": "", "a/notes.txt": "",
            "a/deep/3.mp4": "", "readme.md": "", ".git/x.mp4": "",
        ]
        try withFiles(files) { folder throws in
            let list = try VideoList(reading: folder)
            #expect(list.format == .classFolders && list.classes?.names == ["B", "a", "b"])
            #expect(
                list.samples.map { String($0.source.path.dropFirst(folder.count + 1)) } == [
                    "B/x y#.webm", "a/1.avi", "b/10.MP4", "b/2.mp4",
                ])
            #expect(list.samples.map(\.labels) == [[0], [1], [2], [2]])
        }
    }

    @Test("Kinetics: parts, a class list of another spelling, and folders found by themselves")
    func kinetics() throws {
        let text = #"""
            split,time_end,time_start,youtube_id,label,is_cc
            train,10,0,-a,"air ""drumming""",1
            validate,20.0,10,b,abseiling,0
            test,30,20,c,abseiling,0

            """#
        let names = "abseiling\nAir drumming\n"
        try withFiles(["k.csv": text, "names.txt": names, "air_drumming/": "", "abseiling/": ""]) { folder throws in
            func list(_ change: (inout ListOptions) -> Void) throws -> VideoList {
                try VideoList(reading: folder + "/k.csv", options(change))
            }
            #expect(try list { _ in }.samples.map(\.labels) == [[1], [0], [0]])
            #expect(try list { _ in }.samples[0].source.path == folder + "/air_drumming/-a_000000_000010.mp4")
            let validation = try list { ($0.part, $0.layout, $0.suffix) = (.validation, .flat, "webm") }
            #expect(validation.samples.map(\.source.path) == [folder + "/b_000010_000020.webm"])
            #expect(try list { $0.part = .test }.samples.count == 1)
            let named = try list { $0.classes = folder + "/names.txt" }
            #expect(named.samples.map(\.labels) == [[1], [0], [0]])
            #expect(named.classes?.names == ["abseiling", "Air drumming"])
        }
    }

    @Test("HMDB51 in ActionCLIP's order of classes")
    func hmdb51() throws {
        let files = [
            "kick_test_split1.txt": "a.avi 1 \n", "kick_ball_test_split1.txt": "b.avi 1 \r\n\r\nc.avi 0 \r\n",
            "names.csv": "id,name\n0,kick ball\n1,kick\n",
        ]
        try withFiles(files) { folder throws in
            let list = try VideoList(
                reading: folder, options { ($0.part, $0.classes) = (.train, folder + "/names.csv") })
            #expect(list.samples.map(\.labels) == [[1], [0]])
        }
    }

    @Test("mmaction2: folders of images, several labels")
    func mmaction() throws {
        let text = """
            [{"frame_dir": "f/1", "total_frames": 7, "label": [0, 2]},
             {"frame_dir": "f/2", "label": [], "offset": 3, "more": {"x": "]}"}}]
            """
        try withFiles(["a.json": text]) { folder throws in
            let list = try VideoList(reading: folder + "/a.json", options { $0.classCount = 3 })
            let template = try ImageTemplate("img_%05d.jpg")
            #expect(
                list.samples.map(\.source) == [
                    .images(ImageSequence(folder: folder + "/f/1", template: template, count: 7)),
                    .images(ImageSequence(folder: folder + "/f/2", template: template, offset: 3)),
                ])
            #expect(list.samples.map(\.labels) == [[0, 2], []] && list.isMultiLabel)
        }
    }

    @Test("settings are read with their defaults")
    func codable() throws {
        let options = try JSONDecoder().decode(
            ListOptions.self, from: Data(#"{"format": "kinetics", "part": "test"}"#.utf8))
        #expect(options == self.options { ($0.format, $0.part) = (.kinetics, .test) })
        #expect(try JSONDecoder().decode(ListOptions.self, from: JSONEncoder().encode(options)) == options)
        #expect(try JSONDecoder().decode(ListOptions.self, from: Data("{}".utf8)) == ListOptions())
    }
}
