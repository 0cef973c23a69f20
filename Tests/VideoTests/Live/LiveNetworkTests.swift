import Foundation
import TestServers
import Testing

@testable import Video

@Suite("Network streams")
struct LiveNetworkTests {
    private struct Outcome {
        var frames: [ArrivedFrame] = []
        var error: VideoError?
        var states: [String] = []
    }

    private func settings(_ reconnection: Reconnection) -> LiveSettings {
        var settings = LiveSettings()
        (settings.drop, settings.reconnection) = (.block(capacity: 4), reconnection)
        return settings
    }

    private func play(
        _ port: Int, _ settings: LiveSettings, _ clock: FakeClock = FakeClock(), scheme: String = "http"
    ) async throws -> Outcome {
        let live = try LiveFrames(.url("\(scheme)://127.0.0.1:\(port)"), settings, clock: clock.clock)
        var outcome = Outcome()
        do throws(VideoError) {
            for try await frame in live { outcome.frames.append(frame) }
        } catch {
            outcome.error = error
        }
        for await state in live.states {
            switch state {
            case .connecting: outcome.states.append("connecting")
            case .connected: outcome.states.append("connected")
            case .lost(_, let pause): outcome.states.append("lost \(pause)")
            }
        }
        return outcome
    }

    private func bytes(frames: Int) async throws -> [UInt8] {
        try await TestPictures.inFolder { folder in
            [UInt8](try Data(contentsOf: URL(filePath: TestPictures.video(in: folder, frames: frames))))
        }
    }

    @Test("a stream that breaks off is connected again, and times go on by the clock", arguments: ["http", "tcp"])
    func reconnection(_ scheme: String) async throws {
        let video = try await bytes(frames: 20)
        let server = try LiveServer([video, video], header: scheme == "http" ? .http : .none)
        let reconnection = Reconnection(firstPause: 5, longestPause: 8, attempts: 2)
        let outcome = try await play(server.port, settings(reconnection), scheme: scheme)
        #expect(outcome.frames.map { code(of: $0.frame) } == Array(0..<20) + Array(0..<20))
        let times = outcome.frames.map(\.frame.time)
        for (number, time) in times.enumerated() {
            #expect(abs(time - (number < 20 ? Double(number) / 25 : 5 + Double(number - 20) / 25)) < 1e-6)
        }
        #expect(
            outcome.states == [
                "connecting", "connected", "lost 5.0", "connecting", "connected", "lost 5.0", "connecting", "lost 8.0",
                "connecting",
            ])
        // It was closed in order and did not come back: that was its end.
        #expect(outcome.error == nil)
    }

    @Test("a stream that is cut in the middle of its pictures gives what came, and goes on")
    func cut() async throws {
        let video = try await bytes(frames: 60)
        let server = try LiveServer([Array(video.prefix(video.count * 3 / 4)), video])
        let outcome = try await play(
            server.port, settings(Reconnection(firstPause: 30, longestPause: 30, attempts: 1)))
        let second = outcome.frames.filter { $0.frame.time >= 29 }
        #expect(second.map { code(of: $0.frame) } == Array(0..<60))
        let first = outcome.frames.count - second.count
        #expect(first > 10 && first < 60)
        let times = outcome.frames.map(\.frame.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("a recording on a server that cannot send parts is played by the clock, once, and ends")
    func recording() async throws {
        let video = try await bytes(frames: 20)
        let server = try LiveServer([video, video], header: .httpWithLength(video.count))
        let clock = FakeClock()
        let outcome = try await play(server.port, settings(Reconnection()), clock)
        #expect(outcome.frames.map { code(of: $0.frame) } == Array(0..<20) && outcome.error == nil)
        #expect(outcome.states == ["connecting", "connected"])
        #expect(clock.waits.count == 19 && clock.waits.allSatisfy { abs($0 - 0.04) < 1e-6 })
    }

    @Test("a recording that is cut ends with an error, and does not begin again", arguments: [false, true])
    func cutRecording(_ isSilent: Bool) async throws {
        let video = try await bytes(frames: 60)
        let part = Array(video.prefix(video.count * 3 / 4))
        let server = try LiveServer(
            isSilent ? [part] : [part, video], header: .httpWithLength(video.count), staysOpen: isSilent)
        var settings = settings(Reconnection())
        settings.timeout = isSilent ? 4 : 30
        let outcome = try await play(server.port, settings)
        #expect(outcome.error?.status == (isSilent ? .timeout : .truncated))
        #expect(outcome.frames.count > 10 && outcome.frames.count < 60)
        #expect(outcome.states == ["connecting", "connected"])
    }

    @Test("a transport stream of a stated length is a recording, too", arguments: [1, 0.7])
    func transportStream(_ share: Double) async throws {
        let video = [UInt8](try Data(contentsOf: FixtureFiles.own.appending(path: "video/start_offset.ts")))
        let part = Array(video.prefix(Int(Double(video.count) * share)))
        let server = try LiveServer([part, video], header: .httpWithLength(video.count))
        let outcome = try await play(server.port, settings(Reconnection()))
        #expect(outcome.frames.count > 5 && outcome.error?.status == (share < 1 ? .truncated : nil))
        #expect(outcome.states == ["connecting", "connected"])
    }

    @Test("cancelling ends the pause before the next attempt, and tells of no more")
    func cancelledPause() async throws {
        let server = try LiveServer([try await bytes(frames: 5)])
        let live = try LiveFrames(
            .url("http://127.0.0.1:\(server.port)"), settings(Reconnection(firstPause: 3600, longestPause: 3600)))
        let task = Task {
            do {
                for try await _ in live {}
                return "ended"
            } catch { return (error as? VideoError)?.status.rawValue ?? "\(error)" }
        }
        var states = live.states.makeAsyncIterator()
        while let state = await states.next() {
            if case .lost = state { break }
        }
        task.cancel()
        #expect(await task.value == "cancelled")
        #expect(await states.next() == nil)
    }

    @Test("a stream that nobody wants any more is not called lost")
    func notLost() async throws {
        let server = try LiveServer([try await bytes(frames: 60)])
        let live = try LiveFrames(.url("http://127.0.0.1:\(server.port)"), settings(Reconnection()))
        for try await _ in live { break }
        for await state in live.states {
            if case .lost = state { Issue.record("\(state)") }
        }
    }

    @Test("a camera that is not there is an error")
    func noCamera() async throws {
        let live = try LiveFrames(.camera("/dev/video99"), settings(Reconnection(attempts: 0)))
        let error = await #expect(throws: VideoError.self) { for try await _ in live {} }
        #expect(error?.status == .openFailed)
    }

    @Test("an address where nobody answers is given up after its attempts")
    func givenUp() async throws {
        let server = try LiveServer([[]])
        let clock = FakeClock()
        let reconnection = Reconnection(firstPause: 0.5, longestPause: 1.5, attempts: 3)
        let outcome = try await play(server.port, settings(reconnection), clock)
        #expect(outcome.frames.isEmpty && outcome.error?.status == .openFailed)
        #expect(clock.waits == [0.5, 1, 1.5])
    }

    @Test("a server that accepts and is silent is a timeout")
    func silence() async throws {
        let server = try LiveServer([nil])
        var settings = settings(Reconnection(attempts: 0))
        settings.timeout = 0.3
        let outcome = try await play(server.port, settings)
        #expect(outcome.error?.status == .timeout)
    }

    @Test("what waiting cannot mend is not tried again")
    func hopeless() async throws {
        let server = try LiveServer([try await bytes(frames: 5)])
        let clock = FakeClock()
        var settings = settings(Reconnection())
        settings.video.pixelLimit = 100
        let outcome = try await play(server.port, settings, clock)
        #expect(outcome.error?.status == .tooLarge && clock.waits.isEmpty)
    }

    @Test("a transport stream in datagrams is seen until nothing comes any more")
    func datagrams() async throws {
        let sender = DatagramSender()
        defer { sender.stop() }
        let video = FixtureFiles.own.appending(path: "video/start_offset.ts")
        var settings = settings(Reconnection(attempts: 0))
        settings.timeout = 5
        let live = try LiveFrames(.url("udp://127.0.0.1:\(sender.port)"), settings)
        sender.start([UInt8](try Data(contentsOf: video)))
        var times: [Double] = []
        let error = await #expect(throws: VideoError.self) {
            for try await frame in live {
                times.append(frame.frame.time)
                if times.count == 10 { sender.stop() }
            }
        }
        #expect(times.count >= 10 && zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(error?.status == .timeout)
    }
}
