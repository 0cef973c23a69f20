import ArgumentParser
import Datasets
import Foundation
import Recognition
import Testing
import Training

@testable import verb

@Suite("verb evaluate --segments", .serialized)
struct SegmentsEvaluationTests {
    @Test("long videos are written, watched and compared with their times")
    func long() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-long-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let written = try await VerbProcess.run(["puppets", folder, "--long", "2", "--actions", "2", "--size", "64"])
        #expect(written.status == 0, "\(written.errors)")
        let list = folder + "/segments.json"
        let options = ["evaluate", "--segments", list, "--stride", "0.3", "--hop", "0.6", "--smoothing", "0.3"]
        let json = try await VerbProcess.run(options + ["--json"])
        #expect(json.status == 0, "\(json.errors)")
        struct Line: Decodable {
            let report: SegmentReport
            let decisions, encodedFrames: Int
            let realTimeFactor: Double
        }
        let line = try JSONDecoder().decode(Line.self, from: Data(json.output.utf8))
        let seconds = try SegmentList(contentsOf: list).videos.reduce(0) { $0 + $1.duration }
        #expect(line.report.videos == 2 && line.report.actions == 4)
        #expect(abs(Double(line.decisions) - seconds / 0.6) <= 4)
        #expect(line.realTimeFactor > 0)
        for share in [line.report.meanPrecision30, line.report.agreement, line.report.recognized] {
            #expect((0...1).contains(share))
        }
        let unknown = try await VerbProcess.run(
            options + ["--json", "--fit-unknown", folder + "/long/000000.mp4", "--unknown-clips", folder + "/long"])
        #expect(unknown.status == 0 && unknown.errors.contains("unknown below 0."), "\(unknown.errors)")
        let label = try await VerbProcess.run(options + ["--threshold", "no such action=0.5"])
        #expect(label.status == 1 && label.errors.contains("no such action"), "\(label.errors)")
        let text = try await VerbProcess.run(options)
        #expect(text.status == 0 && text.output.hasPrefix("2 videos, 4 actions"), "\(text.output)")
        #expect(text.output.contains("mAP at tIoU"))
    }

    @Test("what does not go together is wrong usage, what cannot be read an error")
    func refused() async throws {
        let both = try await VerbProcess.run(["evaluate", "list.txt", "--segments", "s.json"])
        #expect(both.status == 64 && both.errors.contains("--segments"))
        let hop = try await VerbProcess.run(["evaluate", "--segments", "s.json", "--hop", "0.3"])
        #expect(hop.status == 64 && hop.errors.contains("multiple"))
        let without: [[String]] = [
            ["--manifest", "m.json"], ["--report", "r.html"], ["--among", "occurring"], ["--label-text", "camel"],
            ["--baseline", "none"], ["--root", "x"], ["--sampling", "uniform"],
        ]
        for option in without {
            let error = #expect(throws: (any Error).self) {
                try EvaluateCommand.parse(["--segments", "s.json"] + option)
            }
            let said = error.map { EvaluateCommand.message(for: $0) } ?? ""
            #expect(said.contains("nothing with --segments"))
        }
        for option in [
            ["--unknown-clips", "x"], ["--unknown", "0.5", "--fit-unknown", "x"], ["--threshold", "=0.5"],
        ] {
            #expect(throws: (any Error).self) { try EvaluateCommand.parse(["--segments", "s.json"] + option) }
        }
        let causal = try EvaluateCommand.parse(["--segments", "s.json", "--cache", "causal"]).stream.settings(frames: 8)
        #expect(causal.cache == .causal && causal.smoothing == 0.5)
        let missing = try await VerbProcess.run(["evaluate", "--segments", "/no/where.json"])
        #expect(missing.status == 1 && missing.errors.contains("/no/where.json"))
        let none = try await VerbProcess.run(["puppets", "/tmp/x"])
        #expect(none.status == 64 && none.errors.contains("--long"))
    }
}
