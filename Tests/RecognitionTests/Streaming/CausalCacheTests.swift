import ActionModels
import Testing
import Torch
import Video

@testable import Recognition

@Suite("Streams by what adapters saw before")
struct CausalCacheTests {
    private func decisions(
        _ session: Session, _ frames: GivenFrames, _ cache: StreamSettings.Cache, encoder: SharedEncoder? = nil
    ) async throws -> [StreamDecision] {
        var settings = StreamSettings(frames: 4, stride: 0.2)
        settings.cache = cache
        return try await StreamRecognizer(session: session, settings: settings, encoder: encoder).decisions(frames)
    }

    /// By the class head: similarities of random towers are too far apart for a change to be seen.
    private func session(_ configuration: ActionModelConfiguration) async throws -> Session {
        try await Session(StreamModels.load(configuration), .trained(StreamModels.classNames))
    }

    private func distance(_ a: StreamDecision, _ b: StreamDecision) -> Double {
        a.predictions.map { one in
            abs(one.probability - (b.predictions.first { $0.label == one.label }?.probability ?? .nan))
        }.max() ?? .nan
    }

    @Test("each frame is encoded once, and the result is near that of whole windows", arguments: StreamModels.cached)
    func near(_ configuration: ActionModelConfiguration) async throws {
        let session = try await session(configuration)
        let frames = GivenFrames(times: (0..<12).map { Double($0) / 5 })
        let (whole, cached) = (
            try await decisions(session, frames, .none), try await decisions(session, frames, .causal)
        )
        #expect(whole.count == 12 && cached.count == 12)
        #expect(whole.allSatisfy { $0.newFrames == 4 } && cached.allSatisfy { $0.newFrames == 1 })
        let distances = zip(whole, cached).map(distance)
        #expect(distances.allSatisfy { $0 < 0.2 }, "\(distances)")
        #expect(distances.contains { $0 > 1e-6 }, "frames that do not see those behind them are not the same")
    }

    @Test("the past counts: another picture before changes the decision", arguments: StreamModels.cached)
    func past(_ configuration: ActionModelConfiguration) async throws {
        let session = try await session(configuration)
        func last(_ first: Int) async throws -> StreamDecision {
            var frames = GivenFrames(times: (0..<6).map { Double($0) / 5 }).frames
            // It has left the window of the last decision, not the memory of the frames behind it.
            frames[1] = ArrivedFrame(TestModel.picture(first, time: 0.2), arrival: .now)
            return try #require(try await decisions(session, GivenFrames(frames), .causal).last)
        }
        let (one, other) = (try await last(1), try await last(50))
        #expect(distance(one, other) > 1e-7)
    }

    @Test("a gap forgets", arguments: StreamModels.cached)
    func gap(_ configuration: ActionModelConfiguration) async throws {
        let session = try await session(configuration)
        let pictures = GivenFrames(times: [0, 0.2, 0.4, 50, 50.2]).frames
        let all = try await decisions(session, GivenFrames(pictures), .causal)
        let alone = try await decisions(session, GivenFrames(Array(pictures[3...])), .causal)
        #expect(all.suffix(2).map(\.predictions) == alone.map(\.predictions))
    }

    @Test("a frame that does not follow the last one has no neighbour", arguments: StreamModels.cached)
    func apart(_ configuration: ActionModelConfiguration) async throws {
        let session = try await session(configuration)
        var settings = StreamSettings(frames: 4, stride: 0.2, hop: 2)
        settings.cache = .causal
        let recognizer = try StreamRecognizer(session: session, settings: settings)
        let frames = GivenFrames(times: (0..<24).map { Double($0) / 5 }).frames
        // Windows of the grid times 0-3, 10-13 and 20-23.
        let all = try await recognizer.decisions(GivenFrames(frames))
        let alone = try await decisions(session, GivenFrames(Array(frames[20..<24])), .causal)
        let (last, expected) = (try #require(all.last), try #require(alone.last))
        #expect(all.count == 3 && distance(last, expected) < 1e-6)
    }

    @Test("where frames see each other and nothing is kept, the cache is refused", arguments: StreamModels.mixed[2...])
    func refused(_ configuration: ActionModelConfiguration) async throws {
        let session = try await StreamModels.session(configuration)
        let said = await message { _ = try await decisions(session, GivenFrames(times: [0]), .causal) }
        #expect(said.contains("causal"))
        let whole = try await decisions(session, GivenFrames(times: [0, 0.2]), .none)
        #expect(whole.count == 2)
    }

    @Test("models that are exact stay so")
    func exact() async throws {
        let session = try await StreamModels.session(StreamModels.exact[3])
        #expect(!session.hasCausalCache)
        let frames = GivenFrames(times: (0..<6).map { Double($0) / 5 })
        let (one, other) = (
            try await decisions(session, frames, .none), try await decisions(session, frames, .causal)
        )
        #expect(one.map(\.predictions) == other.map(\.predictions))
    }
}
