import ActionModels
import CLIP
import Foundation
import Testing
import Torch
import Video

@testable import Recognition

@Suite("Streams that are faster than the recogniser")
struct OverloadTests {
    /// Frames in strides of 0.2 s: how many were dropped before each, and whether it waited longer than a hop.
    private func frames(_ all: [(time: Double, dropped: Int, waited: Bool)]) -> GivenFrames {
        GivenFrames(
            all.enumerated().map { number, frame in
                ArrivedFrame(
                    TestModel.picture(number, time: frame.time),
                    arrival: frame.waited ? .now - .seconds(1000) : .now + .seconds(1000), dropped: frame.dropped)
            })
    }

    private var overloaded: GivenFrames {
        frames(
            [
                (0, 0, false), (0.2, 0, true), (0.4, 0, true), (0.6, 0, true),
                // A queue of four frames that waited while the window before was computed.
                (2.0, 6, true), (2.2, 0, true), (2.4, 0, true), (2.6, 0, false), (2.8, 0, false),
                // Whatever is decided comes too late.
                (5.0, 10, true), (5.2, 0, true), (5.4, 0, true), (5.6, 0, true), (5.8, 0, true), (6.0, 0, true),
            ])
    }

    private func tenths(_ decisions: [StreamDecision]) -> [Int] {
        decisions.map { Int(($0.window.upperBound * 10).rounded()) }
    }

    @Test("where windows cost all of their frames, those that wait fill the window that is decided")
    func wholeWindows() async throws {
        let session = try await StreamModels.session(StreamModels.mixed[0])
        let own = try StreamRecognizer(session: session, settings: StreamSettings(frames: 4, stride: 0.2))
        let events = try await own.all(overloaded)
        let decisions = events.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
        #expect(tenths(decisions) == [0, 2, 4, 6, 26, 28, 58, 60])
        #expect(decisions.map(\.dropped) == [0, 0, 0, 0, 6, 0, 10, 0])
        #expect(decisions.map(\.repeated) == [Int](repeating: 0, count: 8), "windows are regular")
        #expect(!events.contains { if case .gap = $0 { true } else { false } })
        // What is decided is what the frames give that were not dropped.
        let alone = try await own.decisions(GivenFrames(Array(overloaded.frames[4...7])))
        #expect(decisions[4].predictions == alone.last?.predictions)
    }

    @Test("where frames are encoded once, only the newest window of a hole is decided")
    func sharedFrames() async throws {
        let own = try StreamRecognizer(
            session: try await TestModel.session(), settings: StreamSettings(frames: 4, stride: 0.2))
        let decisions = try await own.decisions(overloaded)
        #expect(tenths(decisions) == [0, 2, 4, 6, 20, 22, 24, 26, 28, 50, 52, 54, 56, 58, 60])
        #expect(decisions.map(\.newFrames) == [Int](repeating: 1, count: 15))
    }

    @Test("decisions come, however much is dropped and however long the holes are")
    func forEver() async throws {
        for configuration in [StreamModels.mixed[0], StreamModels.exact[0]] {
            let session = try await StreamModels.session(configuration)
            let own = try StreamRecognizer(session: session, settings: StreamSettings(frames: 4, stride: 0.2))
            let frames = frames((0..<30).map { (Double($0) * 5, $0 > 0 ? 24 : 0, true) })
            let events = try await own.all(frames)
            #expect(!events.contains { if case .gap = $0 { true } else { false } })
            let decisions = events.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
            // Of whole windows every fifth, and the one that the end finds left out.
            #expect(decisions.count == (session.sharesFrames ? 30 : 7))
            #expect(tenths(decisions).last == 1450 && decisions.reduce(0) { $0 + $1.dropped } == 29 * 24)
        }
    }

    @Test("a live source that drops: what is told is what was dropped, and times stay on the grid")
    func source() async throws {
        try await TestModel.inFolder { folder in
            let path = try TestModel.video(in: folder, times: (0..<100).map { Double($0) / 25 })
            var settings = LiveSettings()
            (settings.pace, settings.drop) = (.fast, .dropOldest(capacity: 8))
            let live = try LiveFrames(.file(path), settings)
            let own = try StreamRecognizer(
                session: try await TestModel.session(), settings: StreamSettings(frames: 4, stride: 0.2))
            var (decisions, others, hasWaited) = ([StreamDecision](), 0, false)
            for try await event in own.events(of: live) {
                guard case .decision(let decision) = event else {
                    if case .gap = event { others += 1 }
                    continue
                }
                decisions.append(decision)
                // The consumer takes longer than the source, which has ended when it tells no more states.
                if !hasWaited { for await _ in live.states {} }
                hasWaited = true
            }
            let ends = decisions.map(\.window.upperBound)
            #expect(others == 0 && zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 })
            #expect(ends.allSatisfy { abs($0 / 0.2 - ($0 / 0.2).rounded()) < 1e-6 })
            #expect(abs((ends.last ?? 0) - 4) < 1e-6 && decisions.count <= 10)
            #expect(live.counts.converted == 100 && live.counts.dropped >= 50)
            #expect(decisions.reduce(0) { $0 + $1.dropped } == live.counts.dropped)
        }
    }

    @Test(
        "decisions are the same whether all pictures are converted or those of the grid", arguments: [0.2, 0.15, 0.33])
    func converted(_ stride: Double) async throws {
        try await TestModel.inFolder { folder in
            let times = (0..<80).map { (number: Int) -> Double in
                Double(number) / 14 + (number % 7 == 3 ? 0.03 : 0) + (number > 30 ? 3.37 : 0) + (number > 60 ? 0.5 : 0)
            }
            let path = try TestModel.video(in: folder, times: times)
            let own = try StreamRecognizer(
                session: try await TestModel.session(), settings: StreamSettings(frames: 4, stride: stride))
            var settings = LiveSettings()
            settings.pace = .fast
            var all: [[(end: Double, predictions: [Prediction])]] = [], gaps: [Int] = []
            for grid in [nil, own.settings.grid] {
                settings.grid = grid
                var (found, count) = ([(end: Double, predictions: [Prediction])](), 0)
                for try await event in own.events(of: try LiveFrames(.file(path), settings)) {
                    if case .decision(let decision) = event {
                        found.append((decision.window.upperBound, decision.predictions))
                    }
                    if case .gap = event { count += 1 }
                }
                all.append(found)
                gaps.append(count)
            }
            #expect(gaps == [1, 1] && all[0].count > 10)
            #expect(all[0].map(\.end) == all[1].map(\.end))
            let areSame = zip(all[0], all[1]).map { $0.predictions == $1.predictions }
            #expect(!areSame.contains(false))
        }
    }

    @Test("the threshold of the unknown is fitted on the best smoothed probabilities of full windows")
    func unknown() async throws {
        try await TestModel.inFolder { folder in
            let session = try await TestModel.session()
            var settings = StreamSettings(frames: 4, stride: 0.2)
            settings.smoothing = 0.5
            let own = try StreamRecognizer(session: session, settings: settings)
            let long = try TestModel.video(in: folder, name: "long.mp4", frames: 50)
            let short = try TestModel.video(in: folder, name: "short.mp4", frames: 6)
            var scores: [[Double]] = []
            for path in [long, short] {
                var all: [Double] = []
                for try await event in try own.events(ofFile: path) {
                    if case .decision(let decision) = event { all.append(decision.smoothed[0].probability) }
                }
                scores.append(all)
            }
            // Windows of the long one are full from the fourth on; of the short one the last decision counts.
            let known = Array(scores[0][3...]) + scores[1].suffix(1)
            #expect(scores[0].count > 8 && (1...2).contains(scores[1].count))
            let kept = try await own.unknownThreshold(known: [long, short], keeping: 0.8)
            #expect(try kept == UnknownThreshold.fit(known: known, keeping: 0.8))
            let parted = try await own.unknownThreshold(known: [long], unknown: [short])
            #expect(try parted == UnknownThreshold.fit(known: Array(scores[0][3...]), unknown: scores[1].suffix(1)))
            #expect(await message { _ = try await own.unknownThreshold(known: []) }.contains("known clips"))
            let missing = await message { _ = try await own.unknownThreshold(known: [folder + "/none.mp4"]) }
            #expect(missing.contains("none.mp4"))
        }
    }

    @Test("requests that wait are encoded as one batch")
    func batches() async throws {
        let session = try await TestModel.session(), encoder = SharedEncoder(session: session, batch: 3)
        let (running, started) = AsyncStream.makeStream(of: Void.self), mayGo = DispatchSemaphore(value: 0)
        let blocked = Task {
            await TorchThread.run {
                started.yield(())
                mayGo.wait()
            }
        }
        for await _ in running { break }
        let frames = (0..<6).map { session.preprocessing.prepared(TestModel.picture($0)) }
        let requests = frames.map { frame in Task { try await encoder.encode([frame]).states.count } }
        while await encoder.waitingRequests < 5 { await Task.yield() }
        mayGo.signal()
        var counts: [Int] = []
        for request in requests { counts.append(try await request.value) }
        await blocked.value
        #expect(counts == [1, 1, 1, 1, 1, 1])
        let largest = await encoder.largestBatch
        #expect(largest == 3, "the first runs alone, three and two of the others together")
    }
}
