import Datasets
import Foundation
import Testing

@Suite("Finding out the format of a list")
struct ListDetectionTests {
    @Test(
        "what fits alone is found",
        arguments: [
            ("a.txt", "a.mp4 0\nb.mp4 1\n", ListFormat.pathLabel), ("a.txt", "a.mp4\nmy b.mp4\n", .pathOnly),
            ("a.txt", "a 0\nb\n", .pathLabel), ("a.txt", "a.mp4 0 1\nb.mp4 1\n", .multiLabel),
            ("a.txt", "a.mp4 0 1 2\nb.mp4\n", .multiLabel), ("a.txt", "frames/v 12 1\nw 7\n", .rawFrames),
            ("a.txt", "frames/v 12 7 1\n", .rawFramesOffset), ("a.txt", "clips/c 12 1\n", .m2CLIP),
            ("a.csv", "a.mp4,0\n", .pathLabel), ("a.csv", "a.mp4\n", .pathLabel), ("a.csv", "a.mp4,0,1\n", .multiLabel),
            ("a.txt", "a b.mp4,0\n", .pathLabel), ("a.txt", "youtube_id,time_start,time_end\nx,1,2\n", .kinetics),
            ("a.json", "[{\"filename\": \"a\"}]", .mmaction), ("A.JSON", " [ {\"frame_dir\": \"a\"} ]", .mmaction),
            ("a.json", "\u{FEFF}[{\"id\": 7}]", .something), ("a.txt", "78687\n4 5 x\n", .pathOnly),
        ])
    func found(_ name: String, text: String, format: ListFormat) throws {
        try withFiles([name: text, "frames/v/": "", "clips/c.mp4": ""]) { folder throws in
            var options = ListOptions()
            options.classCount = 8
            #expect(try VideoList(reading: "\(folder)/\(name)", options).format == format)
        }
    }

    @Test(
        "what several fit is refused with their names",
        arguments: [
            ("k400/x 300 7\n", "rawframes, m2clip, multi-label"), ("a 3 1 0\n", "multi-label, path-label, rawframes"),
            ("a.mp4 300 7\nb.mp4 200 1\n", "multi-label, path-label, rawframes"),
            ("frames/v 12\n", "rawframes, path-label"),
        ])
    func ambiguous(_ text: String, names: String) throws {
        try withFiles(["a.txt": text, "frames/v/": ""]) { folder throws in
            let error = try #require(throws: DatasetError.self) { try VideoList(reading: folder + "/a.txt") }
            #expect(error.description.hasPrefix("\(folder)/a.txt: several formats fit its lines; name one of \(names)"))
        }
    }

    @Test("one class's split file is no list")
    func partOfHMDB51() throws {
        try withFiles(["kick_test_split2.txt": "a.avi 1 \n"]) { folder throws in
            let error = try #require(throws: DatasetError.self) {
                try VideoList(reading: folder + "/kick_test_split2.txt")
            }
            #expect(error.description.hasSuffix("one class of HMDB51's splits; give the folder, a split and a part"))
        }
    }
}
