import Datasets
import Foundation
import Testing

/// A list that is none, and how the error ends after the file's path.
struct BrokenList: Sendable, CustomTestStringConvertible {
    let file: String
    let text: String
    let words: String
    var format = ListFormat.detected
    var others: [String: String] = [:]
    var part: ListPart?
    /// The file that the error names, if it is not the list.
    var named: String?

    var testDescription: String { "\(format.rawValue) \(file): \(words)" }

    private static let lines: [BrokenList] = [
        BrokenList(
            file: "a.txt", text: "a.mp4 0\n\n\nb.mp4 x\n",
            words: "line 4: expected a path, a blank and a class number, not x"),
        BrokenList(file: "a.txt", text: "0\n", words: "line 1: expected a path, a blank and a class number"),
        BrokenList(
            file: "a.txt", text: "a.mp4 0\r\nb.mp4 1.5\r\n",
            words: "line 2: expected a path, a blank and a class number, not 1.5"),
        BrokenList(
            file: "a.txt", text: "a 99999999999999999999\n",
            words: "line 1: expected a path, a blank and a class number, not 99999999999999999999"),
        BrokenList(
            file: "a.txt", text: "a.mp4 0\nb\0c.mp4 1\n", words: "line 2: there is a zero byte in it; this is no text"),
        BrokenList(file: "a.csv", text: "a.mp4,0\n\"b.mp4,1\n", words: "line 2: a quote that is not closed"),
        BrokenList(file: "a.csv", text: "a.mp4,0\n\n\"b\"x.mp4,1\n", words: "line 3: text behind a closing quote"),
        BrokenList(
            file: "a.csv", text: "path,label\na.mp4,0\n",
            words: "line 1: expected a path, a blank and a class number, not label"),
        BrokenList(
            file: "a.csv", text: "a.mp4,0\na, b.mp4,1\n",
            words: "line 2: expected a path, a comma and a class number; quote paths that hold commas",
            format: .pathLabel),
        BrokenList(
            file: "a.csv", text: ",0\n",
            words: "line 1: expected a path, a comma and a class number; quote paths that hold commas"),
        BrokenList(
            file: "a.txt", text: "a 3 1\nb 3\n",
            words: "line 2: expected a path, a number of frames and a class number", format: .m2CLIP),
        BrokenList(
            file: "a.txt", text: "a.mp4 1\nb.mp4 1 x\n", words: "line 2: expected a path and class numbers",
            format: .multiLabel, others: ["classes.txt": "a\nb\n"]),
        BrokenList(
            file: "a.csv", text: "a.mp4,1,y\n", words: "line 1: expected a path and class numbers", format: .multiLabel,
            others: ["classes.txt": "a\nb\n"]),
        BrokenList(
            file: "a.txt", text: "f 7 1\nf\n",
            words: "line 2: expected a folder, a number of frames and a class number", format: .rawFrames),
        BrokenList(file: "a.txt", text: "f 0 1\n", words: "line 1: 0 frames from 0", format: .rawFrames),
        BrokenList(
            file: "a.txt", text: "f 5 7 1\nf 5\n",
            words: "line 2: expected a folder, an offset, a number of frames and a class number",
            format: .rawFramesOffset),
        BrokenList(file: "a.txt", text: "f -5 7 1\n", words: "line 1: 7 frames from -5", format: .rawFramesOffset),
        BrokenList(
            file: "a.txt", text: "f 9223372036854775807 9223372036854775807 1\n",
            words: "line 1: 9223372036854775807 frames from 9223372036854775807", format: .rawFramesOffset),
    ]

    private static let json: [BrokenList] = [
        BrokenList(
            file: "a.json", text: "[{\"filename\": \"a\"},\n\n{\"filename\" 1}]",
            words: "line 3: expected an object with filename or frame_dir, and a label of whole numbers"),
        BrokenList(
            file: "a.json", text: "[{\"filename\": \"a\"},\n{\"label\": 1}]",
            words: "line 2: expected an object with filename or frame_dir, and a label of whole numbers"),
        BrokenList(
            file: "a.json", text: "[{\"filename\": \"a\", \"label\": \"x\"}]",
            words: "line 1: expected an object with filename or frame_dir, and a label of whole numbers"),
        BrokenList(file: "a.json", text: "[{\"filename\": \"a\"}\n", words: "line 2: the JSON array is not closed"),
        BrokenList(file: "a.json", text: "[{\"filename\": \"a},\n]", words: "line 1: a JSON string is not closed"),
        BrokenList(file: "a.json", text: "[{\"filename\": \"a\"},\n]", words: "line 2: a value is missing"),
        BrokenList(file: "a.json", text: "[{\"filename\": \"a\"}] x", words: "line 1: text behind the JSON array"),
        BrokenList(file: "a.json", text: "{\"filename\": \"a\"}", words: "line 1: expected a JSON array"),
        BrokenList(file: "a.json", text: "", words: "line 1: expected a JSON array"),
        BrokenList(file: "a.json", text: "[]", words: "the list is empty"),
        BrokenList(
            file: "a.json", text: "\n[{\"x\": 1}]", words: "line 2: expected an object with filename, frame_dir or id"),
        BrokenList(
            file: "a.json", text: "[{\"id\": \"1\"},\n{\"template\": \"x\"}]",
            words: "line 2: expected an object with id, and template"),
        BrokenList(file: "a.json", text: "[{\"id\": \"\"}]", words: "line 1: the id is empty"),
        BrokenList(
            file: "a.json", text: "[{\"id\": \"1\", \"template\": \"x\"}]",
            words:
                "the numbers of its classes are in another file; name it as the class list, or lay it beside as labels.json"
        ),
        BrokenList(
            file: "a.json", text: "[{\"id\": 1, \"template\": \"[x]\"},\n{\"id\": 2, \"template\": \"y\"}]",
            words: "line 2: no class is called y; correct the label, or have bad labels skipped",
            others: ["labels.json": "{\"x\": \"0\"}"]),
        BrokenList(
            file: "a.json", text: "[{\"id\": 1, \"template\": \"x\"}]",
            words: "2 classes have the ids 0 to 1; y has 2", others: ["labels.json": "{\"x\": \"0\", \"y\": \"2\"}"],
            named: "labels.json"),
        BrokenList(
            file: "a.json", text: "[{\"id\": 1, \"template\": \"x\"}]", words: "expected names with their ids",
            others: ["labels.json": "{\"x\": \"zero\"}"], named: "labels.json"),
    ]

    private static let kinetics: [BrokenList] = [
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start\nx,1\n",
            words: "line 1: the header has no column time_end; it has youtube_id, time_start"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end\nx,1,2\ny,1\n",
            words: "line 3: 2 values, but the header has 3; quote values that hold commas"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end\nx,1,two\n",
            words: "line 2: expected an id and whole seconds of start and end"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end\nx,0.5,2\n",
            words: "line 2: expected an id and whole seconds of start and end"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end\n,0,2\n",
            words: "line 2: expected an id and whole seconds of start and end"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end\nx,0,1e300\n",
            words: "line 2: expected an id and whole seconds of start and end"),
        BrokenList(file: "a.csv", text: "youtube_id,time_start,time_end\n", words: "the list is empty"),
        BrokenList(
            file: "a.csv", text: "youtube_id,time_start,time_end,split\nx,0,1,train\n",
            words: "it has no videos of the part test", part: .test),
    ]

    private static let splits: [BrokenList] = [
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\nB\n", words: "line 2: expected an id from 1 and a class name",
            others: ["ucf/trainlist01.txt": "A/a.avi 1\n"], part: .train, named: "ucf/classInd.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "0 A\n", words: "line 1: expected an id from 1 and a class name",
            others: ["ucf/trainlist01.txt": "A/a.avi 1\n"], part: .train, named: "ucf/classInd.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n3 B\n", words: "line 2: 2 classes have the ids 0 to 1, not 2",
            others: ["ucf/trainlist01.txt": "A/a.avi 1\n"], part: .train, named: "ucf/classInd.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n\n1 B\n", words: "line 3: the id 0 comes twice",
            others: ["ucf/trainlist01.txt": "A/a.avi 1\n"], part: .train, named: "ucf/classInd.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n2 B\n",
            words: "line 1: the id 2 is not that of A; correct the label, or have bad labels skipped",
            others: ["ucf/trainlist01.txt": "A/a.avi 2\n"], part: .train, named: "ucf/trainlist01.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n",
            words: "line 2: no class is called C; correct the label, or have bad labels skipped",
            others: ["ucf/testlist01.txt": "A/a.avi\nC/a.avi\n"], part: .test, named: "ucf/testlist01.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n", words: "line 1: expected Class/name.avi, perhaps with an id",
            others: ["ucf/testlist01.txt": "a.avi\n"], part: .test, named: "ucf/testlist01.txt"),
        BrokenList(
            file: "ucf/classInd.txt", text: "1 A\n", words: "no such file", part: .test, named: "ucf/testlist01.txt"),
        BrokenList(
            file: "hmdb/kick_test_split1.txt", text: "a.avi 1 \nb.avi 3 \n",
            words: "line 2: expected a file name, a blank and 0, 1 or 2", part: .train),
        BrokenList(
            file: "hmdb/kick_test_split1.txt", text: "a.avi\n",
            words: "line 1: expected a file name, a blank and 0, 1 or 2", part: .train),
        BrokenList(
            file: "hmdb/kick_test_split1.txt", text: "a.avi 1\n", words: "no such file",
            others: ["hmdb/wave_test_split2.txt": ""], part: .train, named: "hmdb/wave_test_split1.txt"),
        BrokenList(
            file: "classes/a/x.txt", text: "", words: "no videos in it; remove the folder if it is no class",
            named: "classes/a"),
    ]

    static let all = lines + json + kinetics + splits
}

@Suite("Lists that are none")
struct BrokenListTests {
    @Test("file, line and what to do", arguments: BrokenList.all)
    func broken(_ list: BrokenList) throws {
        var files = list.others
        files[list.file] = list.text
        try withFiles(files) { folder throws in
            var options = ListOptions()
            (options.format, options.part) = (list.format, list.part)
            let parts = list.file.split(separator: "/")
            let error = try #require(throws: DatasetError.self) {
                try VideoList(reading: "\(folder)/\(parts[0])", options)
            }
            #expect(error.description == "\(folder)/\(list.named ?? list.file): \(list.words)")
        }
    }

    @Test("files that are no lists")
    func files() throws {
        let bytes = Data([0x61, 0x2E, 0xFF, 0xFE, 0x20, 0x30])
        try withData([
            "bytes.txt": bytes, "empty.txt": Data(), "blank.txt": Data("\n \n".utf8), "list.txt": Data("a 0\n".utf8),
        ]) { folder throws in
            func problem(_ list: String, classes: String? = nil) throws -> String {
                var options = ListOptions()
                options.classes = classes.map { "\(folder)/\($0)" }
                return try #require(throws: DatasetError.self) {
                    try VideoList(reading: "\(folder)/\(list)", options)
                }.description
            }
            #expect(try problem("none.txt") == "\(folder)/none.txt: no such file")
            #expect(try problem("bytes.txt") == "\(folder)/bytes.txt: not UTF-8 text")
            #expect(try problem("empty.txt") == "\(folder)/empty.txt: the list is empty")
            #expect(try problem("blank.txt") == "\(folder)/blank.txt: the list is empty")
            #expect(try problem("list.txt", classes: "none.txt") == "\(folder)/none.txt: no such file")
            #expect(try problem("list.txt", classes: "bytes.txt") == "\(folder)/bytes.txt: not UTF-8 text")
            #expect(try problem("list.txt", classes: "") == "\(folder)/: it cannot be read")
            #expect(try problem("") == "\(folder)/: there are no folders of classes in it")
        }
        let device = try #require(throws: DatasetError.self) { try VideoList(reading: "/dev/zero") }
        #expect(device.description == "/dev/zero: it cannot be read")
    }

    @Test("a list of gigabytes is refused without being read")
    func large() throws {
        try withFiles(["list.txt": "a 0\n"]) { folder throws in
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: folder + "/list.txt"))
            try handle.truncate(atOffset: 8 << 30)
            try handle.close()
            let error = try #require(throws: DatasetError.self) { try VideoList(reading: folder + "/list.txt") }
            #expect(error.description == "\(folder)/list.txt: it is larger than 256 MiB; split the list")
        }
    }

    @Test("settings without effect, and impossible ones, are refused")
    func settings() throws {
        let files = [
            "a.txt": "a.mp4 0\n", "ucf/classInd.txt": "1 A\n", "ucf/trainlist01.txt": "A/a.avi 1\n",
            "classes.txt": "x\n",
        ]
        try withFiles(files) { folder throws in
            let cases: [(String, (inout ListOptions) -> Void, String)] = [
                ("a.txt", { $0.part = .train }, "path-label lists have no parts; give the list of the part"),
                ("a.txt", { $0.split = 1 }, "path-label lists have no numbered splits"),
                ("a.txt", { $0.layout = .flat }, "the layout flat is for Kinetics lists only, not path-label"),
                (
                    "a.txt", { ($0.format, $0.delimiter) = (.m2CLIP, .comma) },
                    "m2clip lists have a delimiter of their own"
                ),
                ("a.txt", { $0.classCount = 0 }, "0 classes; there must be at least one"),
                ("a.txt", { $0.classCount = 2 }, "2 classes are stated, but the class list of \(folder)/a.txt has 1"),
                ("a.txt", { $0.firstIndex = .min }, "the first image has the number \(Int.min); it must be 0 or more"),
                (
                    "a.txt", { ($0.format, $0.template) = (.rawFrames, "x.jpg") },
                    "the image template x.jpg has no place for a number, such as %05d"
                ),
                ("ucf", { $0.split = 4 }, "split 4: there are the splits 1, 2, 3"),
                ("ucf", { _ in }, "name the part of UCF101 that is wanted: train, test or all"),
                ("ucf", { $0.part = .validation }, "name the part of UCF101 that is wanted: train, test or all"),
                (
                    "ucf/trainlist01.txt", { $0.part = .train },
                    "\(folder)/ucf/trainlist01.txt: the file's name says its part and split; leave them out"
                ),
            ]
            for (list, change, words) in cases {
                var options = ListOptions()
                change(&options)
                let error = try #require(throws: DatasetError.self) {
                    try VideoList(reading: "\(folder)/\(list)", options)
                }
                #expect(error == .badOption(words))
            }
        }
        try withFiles(["a.txt": "a.mp4 0 1\nb.mp4 2\n"]) { folder throws in
            let error = try #require(throws: DatasetError.self) { try VideoList(reading: folder + "/a.txt") }
            #expect(error.description.hasSuffix("a multi-label list needs its class list, or the number of classes"))
        }
    }
}
