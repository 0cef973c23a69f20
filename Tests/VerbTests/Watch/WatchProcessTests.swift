import Datasets
import Foundation
import TestServers
import Testing
import Video

@Suite("verb watch, as users run it", .serialized)
struct WatchProcessTests {
    /// Runs a body with a new folder in which a.mp4 shows sitting down, and b.mp4 kicking a box.
    private func inFolder(_ body: (URL) async throws -> Void) async throws {
        // A process that ends early must fail its test, not this process.
        signal(SIGPIPE, SIG_IGN)
        let folder = FileManager.default.temporaryDirectory.appending(path: "verb-watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("sitting down", to: folder.appending(path: "a.mp4"))
        try write("kicking a box", to: folder.appending(path: "b.mp4"))
        try await body(folder)
    }

    private func write(_ name: String, to file: URL) throws {
        let action = try #require(Puppets.actions.first { $0.name == name })
        var options = VideoWriter.Options()
        options.timing = .frameTimes
        let writer = try VideoWriter(path: file.path, width: 64, height: 64, rate: (30, 1), options: options)
        for frame in PuppetsClip(action: action, seed: 7).frames() { try writer.append(frame) }
        try writer.finish()
    }

    private static let labels = ["--labels", "sitting down", "standing up", "kicking a box", "walking to the left"]

    private func records(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map(record)
    }

    /// The best labels of the decisions about one source.
    private func best(_ records: [[String: Any]], of source: String) -> [String] {
        records.filter { $0["event"] as? String == "decision" && $0["source"] as? String == source }
            .compactMap { ($0["decision"] as? [String: Any])?["predictions"] as? [[String: Any]] }
            .compactMap { $0.first?["label"] as? String }
    }

    @Test("a video through a pipe is named, with a summary at its end")
    func pipe() async throws {
        try await inFolder { folder in
            let run = try VerbProcess(["watch", "-", "--json", "--pace", "fast"] + Self.labels, in: folder)
            let pipe = Pipe()
            run.process.standardInput = pipe
            try run.process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(contentsOf: folder.appending(path: "a.mp4")))
            try pipe.fileHandleForWriting.close()
            let outcome = await run.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let records = try records(outcome.output)
            for event in ["connecting", "connected", "began"] {
                #expect(records.count { $0["event"] as? String == event } >= 1, "\(event)")
            }
            #expect(records.last?["event"] as? String == "summary")
            let best = best(records, of: "standard input")
            #expect(best.count >= 8 && best.last == "sitting down", "\(best)")
            let figures = try #require(records.last?["figures"] as? [String: Any])
            #expect(figures["decisions"] as? Int == best.count && figures["droppedFrames"] as? Int == 0)
        }
    }

    @Test("a video over HTTP is named in lines")
    func http() async throws {
        try await inFolder { folder in
            let server = try LiveServer([[UInt8](try Data(contentsOf: folder.appending(path: "b.mp4")))])
            let outcome = try await VerbProcess.run(
                ["watch", "http://127.0.0.1:\(server.port)/live", "--pace", "fast", "--reconnect", "0"] + Self.labels,
                in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let last = outcome.output.split(separator: "\n").last ?? ""
            #expect(last.contains("kicking a box") && last.hasPrefix("00:0"), "\(outcome.output)")
            #expect(outcome.errors.contains("64x64 h264") && outcome.errors.contains("real-time factor"))
            #expect(outcome.errors.contains("encode"))
        }
    }

    @Test("several sources are watched at a time, and one that fails does not end the others")
    func several() async throws {
        try await inFolder { folder in
            let outcome = try await VerbProcess.run(
                ["watch", "a.mp4", "missing.mp4", "b.mp4", "--json", "--pace", "fast"] + Self.labels, in: folder)
            #expect(outcome.status == 1 && outcome.errors.contains("error: missing.mp4: there is no such file"))
            let records = try records(outcome.output)
            #expect(best(records, of: "a.mp4").last == "sitting down")
            #expect(best(records, of: "b.mp4").last == "kicking a box")
            #expect(records.count { $0["event"] as? String == "summary" } == 3)
            #expect(records.count { $0["event"] as? String == "error" } == 1)
            let total = try #require(records.last?["figures"] as? [String: Any])
            #expect(records.last?["event"] as? String == "total" && (total["peakMemory"] as? Int ?? 0) > 0)
        }
    }

    @Test("the annotated video has every frame, enlarged, with words below")
    func annotate() async throws {
        try await inFolder { folder in
            let outcome = try await VerbProcess.run(
                ["watch", "a.mp4", "--annotate", "c.mp4", "--pace", "fast"] + Self.labels, in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let (plain, drawn) = (
                try VideoFile(path: folder.path + "/a.mp4"), try VideoFile(path: folder.path + "/c.mp4")
            )
            #expect(drawn.count == plain.count && drawn.information.width == 320)
            for (one, other) in zip(try plain.times(), try drawn.times()) { #expect(abs(one - other) < 0.001) }
            let last = try drawn.frames(at: [drawn.count - 1])
            #expect(last.allSatisfy { frame in frame.pixels.suffix(70 * 320 * 3).contains { $0 > 230 } })
        }
    }

    @Test("an annotated video that cannot be written is a warning, and the watch goes on to its end")
    func unwritable() async throws {
        try await inFolder { folder in
            let outcome = try await VerbProcess.run(
                ["watch", "a.mp4", "--annotate", "missing/c.mp4", "--json", "--pace", "fast"] + Self.labels, in: folder)
            #expect(outcome.status == 1 && outcome.errors.contains("warning: missing/c.mp4"), "\(outcome.errors)")
            let records = try records(outcome.output)
            #expect(best(records, of: "a.mp4").last == "sitting down")
            #expect(records.last?["event"] as? String == "summary")
        }
    }

    @Test("a recording on a server that breaks off is an error")
    func cutRecording() async throws {
        try await inFolder { folder in
            let video = [UInt8](try Data(contentsOf: folder.appending(path: "b.mp4")))
            let server = try LiveServer([Array(video.dropLast(video.count / 4))], header: .httpWithLength(video.count))
            let outcome = try await VerbProcess.run(
                ["watch", "http://127.0.0.1:\(server.port)/b.mp4", "--pace", "fast"] + Self.labels, in: folder)
            #expect(outcome.status == 1 && outcome.errors.contains("error: "), "\(outcome.errors)")
        }
    }

    @Test("ctrl-C ends with a summary and 130, and the annotated video is whole")
    func interrupt() async throws {
        try await inFolder { folder in
            let run = try VerbProcess(
                ["watch", "a.mp4", "--loop", "--json", "--annotate", "c.mp4", "--pace", "fast", "--duration", "36000"]
                    + Self.labels,
                in: folder)
            try run.process.run()
            try await wait(for: #""event":"decision""#, from: run)
            run.process.interrupt()
            let outcome = await run.outcome()
            #expect(outcome.status == 130 && outcome.errors.contains("interrupted"), "\(outcome.errors)")
            let last = try records(outcome.output).last
            #expect(last?["event"] as? String == "summary")
            let report = try VideoFile(path: folder.path + "/c.mp4").verify()
            #expect(report.status == .ok)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.allSatisfy { !$0.contains(".part") })
        }
    }

    @Test("labels and sentences are replaced while the stream runs, and a list that cannot be used changes nothing")
    func replacing() async throws {
        try await inFolder { folder in
            let (labels, prompts) = (folder.appending(path: "labels.txt"), folder.appending(path: "prompts.txt"))
            func write(_ text: String, _ file: URL) throws {
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            try write("standing up\nkicking a box\n", labels)
            try write("a video of a person {}.\n", prompts)
            let run = try VerbProcess(
                [
                    "watch", "a.mp4", "--loop", "--json", "--pace", "fast", "--labels-file", "labels.txt",
                    "--prompts-file", "prompts.txt", "--duration", "36000",
                ], in: folder)
            try run.process.run()
            try await wait(for: #""event":"decision""#, from: run)
            try write("sitting down\nkicking a box\nwaving\n", labels)
            try await wait(for: #""label":"sitting down""#, from: run)
            try write("no place for a label\n", prompts)
            while run.process.isRunning, try !String(contentsOf: run.errors, encoding: .utf8).contains("warning: ") {
                try await Task.sleep(for: .milliseconds(20))
            }
            try write("a man who is {}\n{} on video\n", prompts)
            while run.process.isRunning, try changes(run) < 2 { try await Task.sleep(for: .milliseconds(20)) }
            run.process.interrupt()
            let outcome = await run.outcome()
            #expect(outcome.status == 130, "\(outcome.errors)")
            #expect(outcome.errors.contains("no place for a label"))
            let records = try records(outcome.output)
            let change = try #require(records.first { $0["event"] as? String == "labels" })
            #expect(change["labels"] as? [String] == ["sitting down", "kicking a box", "waving"])
            let best = best(records, of: "a.mp4")
            #expect(best.contains("sitting down") && best.first != "sitting down", "\(best)")
        }
    }

    private func changes(_ run: VerbProcess) throws -> Int {
        try String(contentsOf: run.output, encoding: .utf8).split(separator: "\n")
            .count { $0.contains(#""event":"labels""#) }
    }

    /// Waits until the process has written some words, or has ended.
    private func wait(for words: String, from run: VerbProcess) async throws {
        while run.process.isRunning {
            if try String(contentsOf: run.output, encoding: .utf8).contains(words) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
