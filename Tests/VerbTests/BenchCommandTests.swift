import ArgumentParser
import CLIP
import Foundation
import Testing

@testable import Recognition
@testable import verb

@Suite("verb bench")
struct BenchCommandTests {
    @Test("an architecture, precision and batches")
    func options() throws {
        let command = try BenchCommand.parse([
            "--architecture", "TinyCLIP-8M/16", "--precision", "int8", "--calibrate", "a.mp4", "b.mp4", "--batch", "1",
            "4",
            "--threads", "1",
        ])
        #expect(command.architecture == .tinyCLIP8M16 && command.mode == nil && command.batch == [1, 4])
        #expect(command.precision.precision == .int8 && command.precision.calibrate == ["a.mp4", "b.mp4"])
        #expect(try BenchCommand.parse([]).precision.precision == .fp32)
        let streams = try BenchCommand.parse(["--mode", "stream", "--confirm", "0", "--rate", "4", "--budget", "50"])
        #expect(streams.mode == .stream && streams.confirm == 0 && streams.rate == 4 && streams.budget == 50)
    }

    @Test("recognize takes a precision too")
    func recognize() throws {
        let command = try RecognizeCommand.parse([
            "a.mp4", "--labels", "x", "--precision", "auto", "--calibrate", "b.mp4", "--json",
        ])
        #expect(command.precision.precision == .auto && command.precision.calibrate == ["b.mp4"])
        #expect(throws: (any Error).self) {
            try RecognizeCommand.parse(["a.mp4", "--labels", "x", "--precision", "int4"])
        }
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            ["--mode", "clip"], ["--batch", "0"], ["--architecture", "ViT-X/1"], ["--rate", "0"], ["--rate", "nan"],
            ["--budget", "0"], ["--runs", "0"], ["--confirm", "-1"],
            ["--calibrate", "1", "2", "3", "4", "5", "6", "7", "8", "9"], ["--seconds", "-1"], ["--precision", "fp8"],
            ["--threads", "0"],
            ["--model", "m", "--architecture", "ViT-B/16"],
        ])
    func usage(_ arguments: [String]) throws {
        let error = try #require(#expect(throws: (any Error).self) { try BenchCommand.parse(arguments) })
        #expect(BenchCommand.exitCode(for: error) == .validationFailure)
    }

    @Test("the tables have a line for each batch and each number of streams")
    func tables() throws {
        var report = BenchReport(model: "m", mode: "encoder", threads: 2, encoder: "inference engine, fp32")
        let times = LatencySummary([0.01, 0.02, 0.03])
        report.encoding = [
            EncoderSpeed(batch: 1, latency: times, reference: LatencySummary([0.04])),
            EncoderSpeed(batch: 8, latency: times, reference: nil),
        ]
        let lines = report.text.split(separator: "\n")
        #expect(lines.count == 4 && lines[0] == "m, 2 threads; inference engine, fp32")
        #expect(lines[2].contains("20.00") && lines[2].contains("50.0") && lines[2].contains("2.00x"))
        #expect(!lines[3].contains("x"))
        report.encoding = nil
        report.streams = StreamCapacity(
            rate: 8, budget: 0.125, tried: [4, 2].map { .init(streams: $0, latency: times, realTimeFactor: 0.2) },
            streams: 4, threads: 2)
        #expect(report.text.contains("4 streams at 8 decisions a second, p95 within 125 ms: 2.0 for each thread"))
        let object = try JSONSerialization.jsonObject(with: Data(try report.jsonLine().utf8)) as? [String: Any]
        #expect((object?["streams"] as? [String: Any])?["streams"] as? Int == 4)
    }
}
