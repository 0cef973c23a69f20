import Datasets
import Foundation
import Testing
import Video

@Suite("What a check writes")
struct HealthReportTests {
    private func options(_ change: (inout ListOptions) -> Void = { _ in }) -> ListOptions {
        var options = ListOptions()
        options.root = RecordedVideo.folder
        change(&options)
        return options
    }

    @Test("rows as CSV and JSON lines")
    func rows() async throws {
        try await withFiles(["list.txt": "one_frame.mp4 3\nno, \"such\".mp4 0\ntruncated_tail.mp4 1\n"]) {
            folder async throws in
            let report = try await ListHealth().check(folder + "/list.txt", options())
            let lines = report.csv().split(separator: "\n").map(String.init)
            #expect(
                lines[0] == "path,label,status,detail,bytes,codec,width,height,header_frames,decoded_frames,"
                    + "failed_packets,flagged_frames,substituted_frames,first_bad_time,action,times_met")
            #expect(lines[1] == "\(RecordedVideo.folder)/one_frame.mp4,3,ok,,1966,h264,160,120,1,1,0,0,0,,use,1")
            #expect(lines[2].hasPrefix("\"\(RecordedVideo.folder)/no, \"\"such\"\".mp4\",0,missing_file,"))
            #expect(lines[2].hasSuffix(",,,,,0,,0,0,0,,skip,1") && lines.count == 4)
            #expect(lines[3].contains(",1,truncated,also partly_damaged; 25 packets of 48"))
            let objects = report.jsonLines().split(separator: "\n")
            let read = try objects.map { try JSONDecoder().decode(VideoHealth.self, from: Data($0.utf8)) }
            #expect(read == report.rows)
            #expect(objects[0].contains("\"header_frames\":1") && objects[0].contains("\"label\":[3]"))
            for name in ["r.csv", "r.jsonl"] {
                try report.write(to: "\(folder)/\(name)")
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                #expect(text == (name == "r.csv" ? report.csv() : report.jsonLines()))
            }
            #expect(throws: DatasetError.badOption("r.txt: a report is a file called .csv, .json or .jsonl")) {
                try report.write(to: "r.txt")
            }
            let error = try #require(throws: DatasetError.self) { try report.write(to: folder + "/none/r.csv") }
            guard case .notWritable = error else { throw error }
        }
    }

    @Test("the table has a row for each status")
    func table() async throws {
        let text = "vfr.mp4\ntext.mp4\nanim.gif\n"
        try await withFiles(["list.txt": text]) { folder async throws in
            let lines = try await ListHealth().check(folder + "/list.txt", options()).table().split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[0] == "status      | count | example")
            #expect(lines[1] == "ok          |     2 | \(RecordedVideo.folder)/vfr.mp4")
            #expect(lines[2].hasPrefix("open_failed |     1 | \(RecordedVideo.folder)/text.mp4 ("))
        }
    }

    struct Cleaning: Sendable, CustomTestStringConvertible {
        let file: String, text: String, cleaned: String
        var format = ListFormat.detected
        var testDescription: String { file + " " + format.rawValue }
    }

    @Test(
        "lists keep their lines and objects as they are",
        arguments: [
            Cleaning(
                file: "a.txt", text: "\u{FEFF}vfr.mp4   0\r\n\r\ntext.mp4 1\r\nanim.gif 9\r\n\tone_frame.mp4\t1",
                cleaned: "\u{FEFF}vfr.mp4   0\r\n\r\n\tone_frame.mp4\t1"),
            Cleaning(file: "a.txt", text: "text.mp4\nvfr.mp4\n", cleaned: "vfr.mp4\n"),
            Cleaning(file: "a.csv", text: "\"text.mp4\",0\n\"vfr.mp4\",1\n", cleaned: "\"vfr.mp4\",1\n"),
            Cleaning(file: "a.txt", text: "text.mp4 0 1\nvfr.mp4 1\none_frame.mp4 7\n", cleaned: "vfr.mp4 1\n"),
            Cleaning(file: "a.txt", text: "vfr 24 1\ntext 9 0\n", cleaned: "vfr 24 1\n", format: .m2CLIP),
            Cleaning(
                file: "a.txt", text: "rawframes 12 1\nnone 9 0\n", cleaned: "rawframes 12 1\n", format: .rawFrames),
            Cleaning(
                file: "a.json",
                text:
                    "[{\"filename\": \"text.mp4\"}, {\"label\":1, \"filename\":\"vfr.mp4\"},{\"filename\": \"anim.gif\", \"label\": 0}]",
                cleaned: "[{\"label\":1, \"filename\":\"vfr.mp4\"},\n{\"filename\": \"anim.gif\", \"label\": 0}]\n"),
        ])
    func cleaned(_ cleaning: Cleaning) async throws {
        try await withFiles([cleaning.file: cleaning.text, "classes.txt": "a\nb\n"]) { folder async throws in
            let path = "\(folder)/\(cleaning.file)", target = "\(folder)/clean-\(cleaning.file)"
            let options = options { $0.format = cleaning.format }
            let report = try await ListHealth().check(path, options)
            let written = try report.writeCleanedList(to: target)
            #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data(cleaning.cleaned.utf8))
            #expect(written.format == report.list.format && written.classes == nil)
            #expect(written.root == RecordedVideo.folder && written.videos == report.summary.usable)
            let again = try await ListHealth().check(target, options)
            #expect(!again.summary.hasUnusable && again.rows.count == report.summary.usable)
            #expect(throws: DatasetError.self) { try report.writeCleanedList(to: path) }
        }
    }

    @Test("a folder becomes a list of paths and labels with its classes beside it")
    func folder() async throws {
        try await withFiles(["data/b c/": "", "data/a/": "", "data/b c/x.mp4": ""]) { folder async throws in
            for (name, place) in [("vfr.mp4", "b c/#1 [v].mp4"), ("anim.gif", "a/-g 7.gif")] {
                try FileManager.default.copyItem(
                    atPath: "\(RecordedVideo.folder)/\(name)", toPath: "\(folder)/data/\(place)")
            }
            let report = try await ListHealth().check(folder + "/data")
            #expect(report.rows.map(\.status) == [.ok, .ok, .openFailed])
            let written = try report.writeCleanedList(to: folder + "/clean.txt")
            #expect(written.root == folder + "/data" && written.classes == folder + "/clean.classes.txt")
            #expect(
                try String(contentsOfFile: folder + "/clean.txt", encoding: .utf8) == "a/-g 7.gif 0\nb c/#1 [v].mp4 1\n"
            )
            var options = ListOptions()
            (options.root, options.classes) = (written.root, written.classes)
            let list = try VideoList(reading: written.path, options)
            #expect(list.samples == report.list.samples.filter { $0.source.path.hasSuffix("x.mp4") == false })
            #expect(list.classes == report.list.classes)
        }
    }

    @Test("a list that changed during the check is not cleaned")
    func changed() async throws {
        try await withFiles(["a.txt": "vfr.mp4\ntext.mp4\n"]) { folder async throws in
            let report = try await ListHealth().check(folder + "/a.txt", options())
            try Data("text.mp4\nvfr.mp4\n".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            let error = try #require(throws: DatasetError.self) { try report.writeCleanedList(to: folder + "/b.txt") }
            #expect(error.description == "\(folder)/a.txt: it was changed during the check; check it again")
        }
    }
}
