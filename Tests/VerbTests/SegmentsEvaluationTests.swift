import Datasets
import Foundation
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
        let missing = try await VerbProcess.run(["evaluate", "--segments", "/no/where.json"])
        #expect(missing.status == 1 && missing.errors.contains("/no/where.json"))
        let none = try await VerbProcess.run(["puppets", "/tmp/x"])
        #expect(none.status == 64 && none.errors.contains("--long"))
    }
}
