import Foundation
import Testing

@testable import Video

@Suite("Live frames")
struct LiveFramesTests {
    private func settings(_ change: (inout LiveSettings) -> Void = { _ in }) -> LiveSettings {
        var settings = LiveSettings()
        settings.drop = .block(capacity: 4)
        change(&settings)
        return settings
    }

    private func all(_ frames: LiveFrames) async throws -> [ArrivedFrame] {
        var all: [ArrivedFrame] = []
        for try await frame in frames { all.append(frame) }
        return all
    }

    @Test("a file as fast as possible is the file")
    func fastFile() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 30)
            let live = try LiveFrames(.file(path), settings { $0.pace = .fast })
            let frames = try await all(live)
            let reader = try VideoReader(path: path)
            for frame in frames {
                let next = try reader.nextFrame()
                let expected = try #require(next)
                #expect(frame.frame.pixels == expected.pixels && frame.dropped == 0)
                #expect(abs(frame.frame.time - expected.time) < 1e-9)
            }
            #expect(frames.count == 30)
            #expect(live.counts.decoded == 30 && live.counts.converted == 30 && live.counts.dropped == 0)
        }
    }

    @Test("a file at the clock's pace shows each frame when it is due, and begins again without a gap")
    func pacedLoop() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 10)
            let clock = FakeClock()
            let live = try LiveFrames(.file(path), settings { $0.loops = true }, clock: clock.clock)
            var frames: [ArrivedFrame] = []
            for try await frame in live {
                frames.append(frame)
                if frames.count == 25 { break }
            }
            for (number, frame) in frames.enumerated() {
                #expect(code(of: frame.frame) == number % 10)
                #expect(abs(frame.frame.time - Double(number) / 25) < 1e-6)
                #expect(abs((frame.arrival - clock.start) / .seconds(1) - frame.frame.time) < 1e-6)
            }
            #expect(clock.waits.prefix(24).allSatisfy { abs($0 - 0.04) < 1e-6 })
        }
    }

    @Test("only pictures that a grid needs are converted")
    func grid() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 50)
            let live = try LiveFrames(
                .file(path),
                settings {
                    $0.pace = .fast
                    $0.grid = .init(stride: 0.2)
                })
            let codes = try await all(live).map { code(of: $0.frame) }
            #expect(codes == Array(stride(from: 0, to: 50, by: 5)) + [49])
            #expect(live.counts.decoded == 50 && live.counts.converted == 11)
        }
    }

    @Test("frames that nobody fetches are dropped, and the next one tells")
    func drops() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 20)
            let live = try LiveFrames(
                .file(path),
                settings {
                    $0.pace = .fast
                    $0.drop = .dropOldest(capacity: 3)
                })
            var frames = live.makeAsyncIterator()
            // The source's thread has ended when there are no more states.
            for await _ in live.states {}
            var rest: [ArrivedFrame] = []
            while let frame = try await frames.next() { rest.append(frame) }
            #expect(rest.map { code(of: $0.frame) } == [17, 18, 19])
            #expect(rest.map(\.dropped) == [17, 0, 0])
            #expect(live.counts.dropped == 17)
            // What found the end belongs to no frame.
            let told = rest.map(\.decode).reduce(0, +)
            #expect(told > 0 && told <= live.counts.decodeTime)
        }
    }

    @Test("frames can be iterated once")
    func once() async throws {
        try await TestPictures.inFolder { folder in
            let path = try TestPictures.video(in: folder, frames: 3)
            let live = try LiveFrames(.file(path), settings { $0.pace = .fast })
            #expect(try await all(live).count == 3)
            let error = await #expect(throws: VideoError.self) { try await self.all(live) }
            #expect(error?.status == .invalidRequest && live.counts.connections == 1)
        }
    }

    @Test("what cannot be opened is an error, not a wait", arguments: ["/nowhere/at all.mp4", "/tmp"])
    func missing(_ path: String) async throws {
        let live = try LiveFrames(.file(path), settings())
        let error = await #expect(throws: VideoError.self) { try await self.all(live) }
        #expect(error?.status == (path == "/tmp" ? .notReadable : .missingFile))
    }
}

@Suite("Pipes")
struct LivePipeTests {
    private func settings() -> LiveSettings {
        var settings = LiveSettings()
        (settings.pace, settings.drop) = (.fast, .block(capacity: 4))
        return settings
    }

    /// Writes bytes into a descriptor on a thread of its own, and closes it.
    private func feed(_ bytes: Data, into handle: FileHandle) {
        Thread.detachNewThread {
            try? handle.write(contentsOf: bytes)
            try? handle.close()
        }
    }

    @Test("a video that comes through a pipe is seen to its end")
    func descriptor() async throws {
        try await TestPictures.inFolder { folder in
            let bytes = try Data(contentsOf: URL(filePath: TestPictures.video(in: folder, frames: 40)))
            let pipe = Pipe()
            let live = try LiveFrames(.descriptor(pipe.fileHandleForReading.fileDescriptor), settings())
            feed(bytes, into: pipe.fileHandleForWriting)
            var codes: [Int] = []
            for try await frame in live { codes.append(code(of: frame.frame)) }
            #expect(codes == Array(0..<40))
        }
    }

    @Test("a named pipe may be opened before anyone writes into it")
    func named() async throws {
        try await TestPictures.inFolder { folder in
            let bytes = try Data(contentsOf: URL(filePath: TestPictures.video(in: folder, frames: 12)))
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            let live = try LiveFrames(LiveSource(folder + "/pipe"), settings())
            var frames = live.makeAsyncIterator()
            // Opening for writing waits until somebody reads.
            Thread.detachNewThread {
                let handle = try? FileHandle(forWritingTo: URL(filePath: folder + "/pipe"))
                try? handle?.write(contentsOf: bytes)
                try? handle?.close()
            }
            var codes: [Int] = []
            while let frame = try await frames.next() { codes.append(code(of: frame.frame)) }
            #expect(codes == Array(0..<12))
        }
    }

    @Test("time stamps of a pipe that jump are not waited for")
    func jump() async throws {
        try await TestPictures.inFolder { folder in
            var options = VideoWriter.Options()
            (options.timing, options.bFrames) = (.frameTimes, 0)
            let writer = try VideoWriter(
                path: folder + "/v.mp4", width: 64, height: 64, rate: (25, 1), options: options)
            for number in 0..<20 {
                let time = Double(number) / 25 + (number < 10 ? 0 : 5000)
                try writer.append(TestPictures.numbered(number, time: time))
            }
            try writer.finish()
            let pipe = Pipe(), clock = FakeClock()
            var settings = settings()
            settings.pace = .real
            let live = try LiveFrames(
                .descriptor(pipe.fileHandleForReading.fileDescriptor), settings, clock: clock.clock)
            feed(try Data(contentsOf: URL(filePath: folder + "/v.mp4")), into: pipe.fileHandleForWriting)
            var times: [Double] = []
            for try await frame in live { times.append(frame.frame.time) }
            #expect(times.count == 20 && (times.last ?? 0) < 2)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
            #expect(clock.waits.reduce(0, +) < 2)
        }
    }

    @Test("what is no video is refused")
    func noVideo() async throws {
        let pipe = Pipe()
        feed(Data(repeating: 65, count: 300_000), into: pipe.fileHandleForWriting)
        let live = try LiveFrames(.descriptor(pipe.fileHandleForReading.fileDescriptor), settings())
        let error = await #expect(throws: VideoError.self) { for try await _ in live {} }
        #expect(error?.status == .openFailed)
    }

    @Test("cancelling ends a source that nothing comes from, and its thread")
    func cancelling() async throws {
        let pipe = Pipe()
        let live = try LiveFrames(.descriptor(pipe.fileHandleForReading.fileDescriptor), settings())
        let task = Task {
            do {
                for try await _ in live {}
                return "ended"
            } catch { return (error as? VideoError)?.status.rawValue ?? "\(error)" }
        }
        var states = live.states.makeAsyncIterator()
        #expect(await states.next() == .connecting)
        task.cancel()
        #expect(await task.value == "cancelled")
        #expect(await states.next() == nil)
        withExtendedLifetime(pipe) {}
    }
}
