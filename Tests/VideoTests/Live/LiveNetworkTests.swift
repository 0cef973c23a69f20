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
        let server = try LiveServer([video, video], isHTTP: scheme == "http")
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
}
