import Foundation
import Synchronization
import Testing
import Video

@testable import Recognition

@Suite("Scanning long videos")
struct TimelineScanTests {
    /// Regular, with gaps and bursts, one picture for long, shorter than a window.
    private static let kinds: [String: [Double]] = [
        "constant": (0..<100).map { Double($0) / 25 },
        "variable": (0..<60).map { (number: Int) -> Double in
            Double(number) / 25 + (number > 20 ? 1.2 : 0) + Double(number % 3) / 100
        },
        "slides": [0, 1.6, 1.7, 1.8, 4.3, 4.4],
        "short": [0, 0.04, 0.08, 0.12, 0.16],
    ]

    @Test(
        "shared features give what encoding each window by itself gives",
        arguments: kinds.keys.sorted(), [(0.25, 1.0, 4), (1, 1, 3), (2.2, 0.8, 4)])
    func reuse(_ kind: String, _ numbers: (every: Double, window: Double, frames: Int)) async throws {
        let session = try await TestModel.session()
        let settings = try TimelineSettings(every: numbers.every, window: numbers.window, frames: numbers.frames)
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, times: try #require(Self.kinds[kind]))
            var frames: [Frame] = []
            for try await frame in FrameStream(path: path, selection: .rate(settings.rate)) { frames.append(frame) }
            // The ends of the windows in frames, told apart from the plan.
            let ends = (0..<1000).map { settings.frames + Int(Double($0) * settings.every * settings.rate + 1e-6) }
            var expected = ends.filter { $0 <= frames.count }
            if expected.last != frames.count { expected.append(frames.count) }
            var number = 0
            for try await window in try session.scan(path, settings) {
                let end = try #require(number < expected.count ? expected[number] : nil)
                let clip = Array(frames[max(end - settings.frames, 0)..<end])
                let alone = try await session.classify(clip: clip).predictions
                for prediction in window.predictions {
                    let same = try #require(alone.first { $0.label == prediction.label })
                    #expect(abs(same.probability - prediction.probability) < 1e-6)
                }
                number += 1
            }
            #expect(number == expected.count)
        }
    }

    @Test("the times of the windows are those of the video")
    func times() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, frames: 70)
            var times: [Range<Double>] = []
            for try await window in try session.scan(path, TimelineSettings(every: 1, window: 1, frames: 5)) {
                times.append(window.time)
            }
            #expect(times.prefix(2) == [0..<1, 1..<2])
            let last = try #require(times.last)
            #expect(times.count == 3 && abs(last.upperBound - 2.8) < 0.01 && abs(last.lowerBound - 1.8) < 0.01)
        }
    }

    @Test("cancelling ends decoding after a few packets")
    func cancellation() async throws {
        let session = try await TestModel.session()
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, frames: 1000)
            let asked = Mutex(0)
            var options = VideoOptions()
            options.isCancelled = {
                asked.withLock { $0 += 1 }
                return false
            }
            let scan = try session.scan(path, TimelineSettings(every: 0.5, window: 1, frames: 5), options: options)
            let task = Task {
                for try await _ in scan { withUnsafeCurrentTask { $0?.cancel() } }
            }
            #expect(await message { try await task.value } == "cancelled")
            #expect(asked.withLock { $0 } < 300, "one second and what the bounded stream holds, not forty seconds")
        }
    }

    @Test("files that are no video are refused with their sentence")
    func broken() async throws {
        let session = try await TestModel.session()
        let settings = try TimelineSettings()
        #expect(await message { _ = try session.scan("/no/where.mp4", settings) }.contains("no such file"))
        try await TestModel.inFolder { folder in
            #expect(await message { _ = try session.scan(folder, settings) }.contains(folder))
        }
    }
}
