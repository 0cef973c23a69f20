import Datasets
import FixtureSupport
import Foundation
import Synchronization
import Testing
import Video

/// What the recorded cases say about a video.
struct RecordedVideo: Decodable {
    let file: String
    let expect: String
    var status_one_of: [String]?
    var n_frames: Int?
    var header_frames: Int?

    static let folder = Fixture.roots[0].appending(path: "video").path

    static func all() throws -> [RecordedVideo] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".expected.json") }.sorted()
            .compactMap {
                try? JSONDecoder().decode(
                    RecordedVideo.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
            }
    }
}

@Suite("The health of a list")
struct ListHealthTests {
    private func fixtures(_ change: (inout ListOptions) -> Void = { _ in }) -> ListOptions {
        var options = ListOptions()
        options.root = RecordedVideo.folder
        change(&options)
        return options
    }

    @Test("every recorded video has its status, with any number of workers")
    func statuses() async throws {
        let videos = try RecordedVideo.all()
        #expect(videos.count >= 30)
        let list = videos.enumerated().map { "\($1.file) \($0 % 3)\n" }.joined()
        try await withFiles(["list.txt": list]) { folder async throws in
            let report = try await ListHealth(workers: 2).check(folder + "/list.txt", fixtures())
            #expect(report.rows.map(\.path) == videos.map { "\(RecordedVideo.folder)/\($0.file)" })
            for (row, video) in zip(report.rows, videos) {
                #expect((video.status_one_of ?? [video.expect]).contains(row.status.rawValue), "\(row)")
                #expect(row.action == (video.expect == "frames" ? .use : .skip))
                if let frames = video.n_frames { #expect(row.decodedFrames == frames, "\(row)") }
                if row.action == .use { #expect(row.bytes ?? 0 > 0 && row.codec != nil && row.width ?? 0 > 0) }
                #expect(
                    (row.status == .ok) == (row.detail == nil) || row.status == .irregularTimestamps
                        || row.status == .sizeChanged)
            }
            for workers in [1, 7, 100] {
                let again = try await ListHealth(workers: workers).check(folder + "/list.txt", fixtures())
                #expect(again.rows == report.rows && again.summary == report.summary)
            }
            let summary = report.summary
            #expect(summary.videos == videos.count && summary.usable == videos.count { $0.expect == "frames" })
            #expect(summary.hasUnusable && summary.statuses.map(\.count).reduce(0, +) == videos.count)
            #expect(summary.classes.map(\.label) == [0, 1, 2])
            #expect(summary.classes.map(\.videos).reduce(0, +) == videos.count)
            #expect(summary.classes.map(\.usable).reduce(0, +) == summary.usable)
        }
    }

    @Test("damage is described")
    func damage() async throws {
        try await withFiles([
            "list.txt": "truncated_tail.mp4 0\ncorrupt_middle.mp4 0\nzero_bytes.mp4 0\nno such.mp4 0\n"
        ]) { folder async throws in
            let rows = try await ListHealth().check(folder + "/list.txt", fixtures()).rows
            #expect(rows[0].also == [.partlyDamaged] && rows[0].headerFrames == 48 && rows[0].firstBadTime != nil)
            #expect(
                rows[1].failedPackets == 3 && rows[1].flaggedFrames == 1
                    && rows[1].detail?.contains("-1094995529") == true)
            #expect(rows[2].bytes == 0 && rows[2].status == .openFailed)
            #expect(rows[3].status == .missingFile && rows[3].bytes == nil && rows[3].action == .skip)
        }
    }

    @Test("a file damaged beyond use still says how much of it failed")
    func beyondUse() async throws {
        try await withFiles(["list.txt": "bad.mp4 0\n"]) { folder async throws in
            var data = try Data(contentsOf: URL(fileURLWithPath: RecordedVideo.folder + "/h264_gop12_b.mp4"))
            let media = try #require(data.range(of: Data("mdat".utf8))).upperBound
            let end = data.range(of: Data("moov".utf8)).map { $0.lowerBound - 4 }.flatMap { $0 > media ? $0 : nil }
            for place in media + 1200..<(end ?? data.count) { data[place] = 0xFF }
            try data.write(to: URL(fileURLWithPath: folder + "/bad.mp4"))
            let row = try await ListHealth().check(folder + "/list.txt").rows[0]
            #expect(row.status == .damaged && row.action == .skip && row.failedPackets > 20, "\(row)")
            #expect(row.codec == "h264" && row.headerFrames == 48)
        }
    }

    @Test("labels, repeats and conflicts")
    func labels() async throws {
        let text = "vfr.mp4 0\nanim.gif 5\nvfr.mp4 0\n\none_frame.mp4 1\n./one_frame.mp4 0\nthree_frames.mp4\n"
        try await withFiles(["list.txt": text, "classes.txt": "a\nb\nc\n"]) { folder async throws in
            let done = Mutex<[[Int]]>([])
            let report = try await ListHealth(workers: 3).check(folder + "/list.txt", fixtures()) { count, total, bad in
                done.withLock { $0.append([count, total, bad]) }
            }
            #expect(report.rows.map(\.status) == [.ok, .badLabel, .ok, .ok, .ok, .badLabel])
            #expect(report.rows.map(\.timesMet) == [2, 1, 2, 2, 2, 1])
            #expect(report.rows.map(\.detail) == [nil, "class 5, but there are 3", nil, nil, nil, "no label"])
            #expect(report.rows.map(\.action) == [.use, .stop, .use, .use, .use, .stop])
            #expect(report.rows[4].path == RecordedVideo.folder + "/./one_frame.mp4" && report.rows[4].labels == [0])
            #expect(report.summary.duplicates.map(\.lines) == [[1, 3], [5, 6]])
            #expect(report.summary.duplicates.map(\.isConflict) == [false, true])
            #expect(report.summary.classes.map(\.videos) == [3, 1, 0])
            #expect(report.summary.classes.map(\.name) == ["a", "b", "c"])
            // Each video is decoded once.
            #expect(done.withLock { $0 } == [[1, 2, 0], [2, 2, 0]])
        }
    }

    @Test("a list of bad labels only is reported, not refused")
    func onlyBadLabels() async throws {
        try await withFiles(["list.txt": "vfr.mp4 7\n", "classes.txt": "a\n"]) { folder async throws in
            let report = try await ListHealth().check(folder + "/list.txt", fixtures())
            #expect(report.rows.map(\.status) == [.badLabel] && report.summary.usable == 0)
            #expect(throws: DatasetError.self) { try report.writeCleanedList(to: folder + "/clean.txt") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/clean.txt"))
        }
    }

    @Test("folders of images: missing, damaged and too few")
    func images() async throws {
        let source = RecordedVideo.folder + "/rawframes"
        try await withFiles([
            "gap/": "", "bad/img_00002.jpg": "no image", "list.txt": "gap 5 0\ngap 9 0\nbad 3 1\nnone 3 1\nempty 1 0\n",
            "empty/": "", "worse/": "",
        ]) { folder async throws in
            for (name, number) in [("gap", 1), ("gap", 2), ("gap", 5), ("bad", 1), ("bad", 3)] {
                let file = String(format: "img_%05d.jpg", number)
                try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(folder)/\(name)/\(file)")
            }
            var options = ListOptions()
            options.format = .rawFrames
            let rows = try await ListHealth().check(folder + "/list.txt", options).rows
            #expect(rows.map(\.status) == [.ok, .short, .partlyDamaged, .missingFile, .noFrames])
            #expect(rows.map(\.substitutedFrames) == [2, 6, 1, 0, 0])
            #expect(rows.map(\.decodedFrames) == [3, 3, 2, nil, nil])
            #expect(rows.map(\.headerFrames) == [5, 9, 3, 0, 0] && rows[0].width ?? 0 > 0)
            #expect(rows[2].failedPackets == 1 && rows[2].firstBadTime == 1)
        }
    }

    @Test("too few frames for a rule, and no time")
    func limits() async throws {
        try await withFiles(["list.txt": "three_frames.mp4\nvfr.mp4\ncorrupt_middle.mp4\n"]) { folder async throws in
            let path = folder + "/list.txt"
            let rows = try await ListHealth(frames: 50).check(path, fixtures()).rows
            #expect(rows.map(\.status) == [.short, .short, .partlyDamaged] && rows[2].also == [.short])
            #expect(rows[0].detail == "3 frames of 50" && rows.allSatisfy { $0.action == .use })
            #expect(try await ListHealth(frames: 3).check(path, fixtures()).rows[0].status == .ok)
            let late = try await ListHealth(options: VideoOptions(deadline: 0)).check(path, fixtures())
            #expect(late.rows.allSatisfy { $0.status == .timeout && $0.action == .skip })
        }
    }

    @Test("cancelling ends it")
    func cancelled() async throws {
        let list =
            String(repeating: "h264_gop250.mp4\n", count: 1) + (0..<200).map { "x/../h264_gop250.mp4?\($0)\n" }.joined()
        try await withFiles(["list.txt": list]) { folder async throws in
            let options = fixtures()
            let task = Task {
                try await ListHealth(workers: 2).check(folder + "/list.txt", options) { _, _, _ in
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
