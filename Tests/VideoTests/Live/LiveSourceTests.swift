import Foundation
import Testing

@testable import Video

@Suite("Live sources")
struct LiveSourceTests {
    @Test("are told apart by their names")
    func names() throws {
        #expect(try LiveSource("-") == .descriptor(0))
        #expect(try LiveSource("film.mp4") == .file("film.mp4"))
        #expect(try LiveSource("a:b.mp4") == .file("a:b.mp4"))
        #expect(try LiveSource("rtsp://10.0.0.2/one") == .url("rtsp://10.0.0.2/one"))
        #expect(try LiveSource("HTTP://host/x.ts") == .url("HTTP://host/x.ts"))
        #expect(try LiveSource("udp://239.0.0.1:1234") == .url("udp://239.0.0.1:1234"))
        #if os(Linux)
            #expect(try LiveSource("/dev/video0") == .camera("/dev/video0"))
        #endif
    }

    @Test("a named pipe is no file")
    func namedPipe() async throws {
        try await TestPictures.inFolder { folder in
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            let source = try LiveSource(folder + "/pipe")
            #expect(source == .pipe(folder + "/pipe"))
        }
    }

    @Test("addresses that cannot be are refused", arguments: ["", "file:///etc/passwd", "ftp://host/x", "a\0b", "://"])
    func refused(_ text: String) throws {
        let error = #expect(throws: VideoError.self) { try LiveSource(text) }
        #expect(error?.status == .invalidRequest)
    }

    @Test("passwords stay out of messages")
    func passwords() throws {
        #expect(try "\(LiveSource("rtsp://me:secret@host:554/a@b"))" == "rtsp://host:554/a@b")
        #expect(try "\(LiveSource("http://host/a@b"))" == "http://host/a@b")
    }

    @Test("settings that cannot be are refused")
    func settings() throws {
        func status(_ change: (inout LiveSettings) -> Void) -> VideoStatus? {
            var settings = LiveSettings()
            change(&settings)
            do throws(VideoError) { try settings.validate() } catch { return error.status }
            return nil
        }
        #expect(status { _ in } == nil)
        #expect(status { $0.grid = .init(stride: .nan) } == .invalidRequest)
        #expect(status { $0.grid = .init(stride: 0) } == .invalidRequest)
        #expect(status { $0.timeout = 0 } == .invalidRequest)
        #expect(status { $0.timeout = .infinity } == .invalidRequest)
        #expect(status { $0.drop = .dropOldest(capacity: 100_000) } == .invalidRequest)
        #expect(status { $0.reconnection.longestPause = 0.1 } == .invalidRequest)
        #expect(status { $0.reconnection.attempts = -1 } == .invalidRequest)
    }
}

@Suite("Pauses between attempts")
struct BackoffTests {
    @Test("double up to the longest, and begin again after a picture")
    func doubling() {
        var backoff = Backoff(Reconnection(firstPause: 0.5, longestPause: 3, attempts: 5))
        #expect((0..<6).map { _ in backoff.next() } == [0.5, 1, 2, 3, 3, nil])
        backoff.reset()
        #expect(backoff.next() == 0.5)
    }

    @Test("never end without a limit")
    func endless() {
        var backoff = Backoff(Reconnection(firstPause: 0.001, longestPause: 60, attempts: nil))
        let pauses = (0..<1000).compactMap { _ in backoff.next() }
        #expect(pauses.count == 1000 && pauses.last == 60)
    }
}
