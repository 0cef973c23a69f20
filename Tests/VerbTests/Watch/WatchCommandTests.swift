import ArgumentParser
import Foundation
import Recognition
import Testing
import Video

@testable import verb

@Suite("verb watch")
struct WatchCommandTests {
    private func settings(_ options: String...) throws -> StreamSettings {
        try WatchCommand.parse(["-", "--labels", "x"] + options).stream.settings(frames: 8)
    }

    @Test("sources, labels and settings are what was said")
    func parsing() throws {
        let command = try WatchCommand.parse([
            "-", "a.mp4", "http://127.0.0.1:8080/x", "--labels", "sitting down", "waving", "--json", "--top", "2",
        ])
        #expect(try command.liveSources() == [.descriptor(0), .file("a.mp4"), .url("http://127.0.0.1:8080/x")])
        #expect(try command.labels.labelSet()?.names == ["sitting down", "waving"])
        #expect(command.json && command.top == 2 && !command.lines && command.annotate == nil)
        let settings = try settings()
        #expect(settings.stride == 0.25 && settings.hop == 0.25 && settings.smoothing == 0.5)
        #expect(settings.unknown == nil && settings.minimumDuration == 0)
        #expect(settings.hysteresis == .init(enter: 0.5, leave: 0.35))
    }

    @Test("thresholds may be for one label")
    func thresholds() throws {
        let settings = try settings(
            "--threshold", "0.4", "--threshold", "sitting down=0.8", "--unknown", "0.2", "--leave", "0.1", "--stride",
            "0.5", "--hop", "1", "--min-duration", "0.6", "--smoothing", "0")
        #expect(settings.thresholds == ["sitting down": 0.8])
        #expect(settings.hysteresis == .init(enter: 0.4, leave: 0.1))
        #expect(settings.unknown == 0.2 && settings.stride == 0.5 && settings.hop == 1)
        #expect(settings.minimumDuration == 0.6 && settings.smoothing == 0)
    }

    @Test("only what decisions need is converted, unless frames are written again")
    func conversion() throws {
        let plain = try WatchCommand.parse(["a.mp4", "--labels", "x", "--drop", "oldest:16", "--reconnect", "0"])
        let settings = try plain.stream.settings(frames: 8)
        let live = plain.liveSettings(settings)
        #expect(live.grid == .init(stride: 0.25, longestGap: 2))
        #expect(live.policy == .dropOldest(capacity: 16) && live.reconnection.attempts == 0 && live.pace == .real)
        let annotated = try WatchCommand.parse(["a.mp4", "--labels", "x", "--annotate", "b.mp4", "--pace", "fast"])
        #expect(annotated.liveSettings(settings).grid == nil)
        #expect(annotated.liveSettings(settings).policy == .block(capacity: 4))
        #expect(try WatchCommand.parse(["a", "--labels", "x", "--drop", "latest"]).source.drop == .latest)
    }

    @Test("a link to the video is not written over")
    func links() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (video, link) = (folder.appending(path: "a.mp4"), folder.appending(path: "b.mp4"))
        try Data([0]).write(to: video)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: video)
        let error = try #require(
            #expect(throws: (any Error).self) {
                try WatchCommand.parse([link.path, "--labels", "x", "--annotate", video.path])
            })
        #expect(WatchCommand.exitCode(for: error) == .validationFailure)
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            [], ["-"], ["--labels", "x"], ["-", "-", "--labels", "x"], ["ftp://host/x", "--labels", "x"],
            ["a", "--labels", "x", "--top", "0"], ["a", "--labels", "x", "--stride", "0"],
            ["a", "--labels", "x", "--hop", "0.3"], ["a", "--labels", "x", "--threshold", "2"],
            ["a", "--labels", "x", "--threshold", "x"], ["a", "--labels", "x", "--threshold", "x=y"],
            ["a", "--labels", "x", "--unknown", "-1"], ["a", "--labels", "x", "--drop", "oldest:0"],
            ["a", "--labels", "x", "--drop", "newest"], ["a", "--labels", "x", "--pace", "slow"],
            ["a", "--labels", "x", "--timeout", "0"], ["a", "--labels", "x", "--reconnect", "-1"],
            ["a", "--labels", "x", "--duration", "0"], ["a", "b", "--labels", "x", "--annotate", "c.mp4"],
            ["a", "--labels", "x", "--annotate", "a"], ["./a", "--labels", "x", "--annotate", "a"],
            ["b/../a", "--labels", "x", "--annotate", "./a"], ["-", "--labels", "x", "--loop"],
            ["a", "--labels", "x", "--frames", "0"], ["a", "--labels", "x", "--labels-file", "f"],
        ])
    func usage(_ arguments: [String]) throws {
        let error = try #require(#expect(throws: (any Error).self) { try WatchCommand.parse(arguments) })
        #expect(WatchCommand.exitCode(for: error) == .validationFailure)
    }
}
