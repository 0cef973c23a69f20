import Foundation
import Synchronization
import Testing

@testable import Video

@Suite("Streams")
struct FrameStreamTests {
    private func codes(_ stream: FrameStream) async throws -> [Int] {
        var codes: [Int] = []
        for try await frame in stream { codes.append(code(of: frame)) }
        return codes
    }

    @Test func selections() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 50)
            #expect(try await codes(VideoFile.stream(path: path)) == Array(0..<50))
            #expect(
                try await codes(VideoFile.stream(path: path, selection: .stride(7))) == [0, 7, 14, 21, 28, 35, 42, 49])
            #expect(try await codes(VideoFile.stream(path: path, selection: .rate(5))) == (0..<10).map { $0 * 5 })
            #expect(
                try await codes(VideoFile.stream(path: path, selection: .rate(50)))
                    == (0..<100).map { $0 / 2 })
            #expect(
                try await codes(VideoFile.stream(path: path, selection: .times([-1, 0, 0.05, 0.05, 1, 1.999, 9])))
                    == [0, 0, 1, 1, 25, 49, 49])
            #expect(try await codes(VideoFile.stream(path: path, selection: .times([]))).isEmpty)
        }
    }

    @Test func rateAgreesWithTheMapping() async throws {
        let path = FixtureFiles.own.appending(path: "video/vfr.mp4").path
        let file = try VideoFile(path: path)
        let times = try file.times()
        for rate in [3.0, 10, 24, 100] {
            let streamed = try await codes(VideoFile.stream(path: path, selection: .rate(rate)))
            // The last frame of this file is later than the duration in its header.
            let mapping = try TimeMapping(times: times, duration: try #require(times.last), rate: rate)
            let mapped = try file.frames(at: mapping.frames(at: Array(0..<mapping.count))).map(code(of:))
            #expect(streamed == mapped)
        }
    }

    @Test(arguments: [FrameSelection.stride(0), .rate(0), .rate(.nan), .times([2, 1])])
    func impossibleSelections(_ selection: FrameSelection) async throws {
        let path = FixtureFiles.own.appending(path: "video/vfr.mp4").path
        let error = await #expect(throws: VideoError.self) {
            for try await _ in VideoFile.stream(path: path, selection: selection) {}
        }
        #expect(error?.status == .invalidRequest)
    }

    @Test func errorsArrive() async throws {
        let error = await #expect(throws: VideoError.self) {
            for try await _ in VideoFile.stream(path: "/nowhere/at all.mp4") {}
        }
        #expect(error?.status == .missingFile)
    }

    @Test func cancellationEndsTheStream() async throws {
        let path = FixtureFiles.own.appending(path: "video/h264_gop250.mp4").path
        let task = Task {
            var count = 0
            do {
                for try await _ in VideoFile.stream(path: path) {
                    count += 1
                    if count == 3 { withUnsafeCurrentTask { $0?.cancel() } }
                }
                return "ended after \(count)"
            } catch {
                return (error as? VideoError)?.status.rawValue ?? "\(error)"
            }
        }
        #expect(await task.value == "cancelled")
    }

    @Test func theThreadWaitsForTheConsumer() async throws {
        let pipe = FramePipe<Frame>(capacity: 2)
        let frame = TestPictures.numbered(1)
        #expect(pipe.push(frame) && pipe.push(frame))
        let pushed = Mutex(false)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = pipe.push(frame)
            pushed.withLock { $0 = true }
            done.signal()
        }
        #expect(!pushed.withLock { $0 })
        _ = await withCheckedContinuation { pipe.fetch($0) }
        _ = await withCheckedContinuation { pipe.fetch($0) }
        let third = await withCheckedContinuation { pipe.fetch($0) }
        #expect(try third.get() == frame)
        pipe.cancel()
        #expect(!pipe.push(frame))
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                done.wait()
                continuation.resume()
            }
        }
        #expect(pushed.withLock { $0 })
    }
}
