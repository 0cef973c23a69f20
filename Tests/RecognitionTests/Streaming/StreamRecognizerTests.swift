import Foundation
import Synchronization
import Testing
import Torch
import Video

@testable import Recognition

@Suite("Recognising streams")
struct StreamRecognizerTests {
    private func recognizer(
        _ session: Session? = nil, _ change: (inout StreamSettings) -> Void = { _ in }
    ) async throws -> StreamRecognizer {
        var settings = StreamSettings(frames: 4, stride: 0.2)
        change(&settings)
        let own: Session
        if let session { own = session } else { own = try await TestModel.session() }
        return try StreamRecognizer(session: own, settings: settings)
    }

    /// Events without the decisions, in words.
    private func words(_ events: [StreamEvent]) -> [String] {
        events.compactMap { event in
            switch event {
            case .decision: nil
            case .began(let span): "began \(span.label) \(span.start)"
            case .changed(let from, let to): "changed \(from.label) to \(to.label) \(to.start)"
            case .ended(let span): "ended \(span.label) \(span.start)-\(span.end)"
            case .labels(let names): "labels \(names.joined(separator: ","))"
            case .gap(let time): "gap \(time.lowerBound)-\(time.upperBound)"
            case .jump(let from, let to): "jump \(from)-\(to)"
            }
        }
    }

    @Test("late frames are not used, and are counted with the next decision")
    func late() async throws {
        let (clean, own) = ([0, 0.2, 0.4, 0.6, 0.8], try await recognizer())
        var frames = GivenFrames(times: clean).frames
        for (place, time) in [(4, 0.5), (3, 0.4), (2, 0.1)] {
            frames.insert(ArrivedFrame(TestModel.picture(99, time: time), arrival: .now), at: place)
        }
        let decisions = try await own.decisions(GivenFrames(frames))
        let expected = try await own.decisions(GivenFrames(times: clean))
        #expect(decisions.map(\.predictions) == expected.map(\.predictions))
        #expect(decisions.map(\.late) == [0, 0, 1, 1, 1])
    }

    @Test("what the source dropped is told once, and the times stay right")
    func drops() async throws {
        let times = [0, 0.2, 0.4, 1.2, 1.4], dropped = [0, 0, 2, 7, 0]
        let frames = zip(times, dropped).enumerated().map { number, frame in
            ArrivedFrame(
                TestModel.picture(number, time: frame.0), arrival: .now, dropped: frame.1, decode: 0.5)
        }
        let decisions = try await recognizer().decisions(GivenFrames(frames))
        // Of the times 0.6, 0.8, 1.0 and 1.2 in the hole only the last is decided.
        #expect(decisions.map { ($0.window.upperBound * 10).rounded() } == [0, 2, 4, 12, 14])
        #expect(decisions.map(\.dropped) == [0, 0, 2, 7, 0])
        #expect(decisions.map(\.repeated) == [0, 0, 0, 3, 2])
        #expect(decisions.map(\.newFrames) == [1, 1, 1, 1, 1])
        #expect(decisions.map(\.timings.decode) == [0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(decisions.allSatisfy { $0.latency >= 0 && $0.window.lowerBound >= 0 })
        #expect(decisions.map { ($0.window.lowerBound * 10).rounded() } == [0, 0, 0, 4, 6])
    }

    @Test("after a gap or a jump back a new window fills, as if the stream began there")
    func runs() async throws {
        let own = try await recognizer(), second = [50, 50.2, 50.4, 50.6, 50.8]
        let pictures = GivenFrames(times: [0, 0.2, 0.4] + second + [3, 3.2]).frames
        let events = try await own.all(GivenFrames(pictures))
        #expect(
            words(events).filter { !$0.contains("ed ") && !$0.contains("began") } == ["gap 0.4-50.0", "jump 50.8-3.0"])
        let decisions = events.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
        let alone = try await own.decisions(GivenFrames(Array(pictures[3..<8])))
        #expect(decisions[3..<8].map(\.predictions) == alone.map(\.predictions))
        #expect(decisions[3].window == 50..<50 && decisions.count == 10)
        let last = try await own.decisions(GivenFrames(Array(pictures[8...])))
        #expect(decisions[8...].map(\.predictions) == last.map(\.predictions))
    }

    @Test("an action ends where a run of frames ends")
    func spans() async throws {
        let own = try await recognizer { $0.hysteresis = .init(enter: 0, leave: 0) }
        let said = words(try await own.all(GivenFrames(times: [0, 0.2, 0.4, 90, 90.2])))
        #expect(said.first?.hasPrefix("began") == true)
        let gap = try #require(said.firstIndex { $0.hasPrefix("gap") })
        #expect(said[gap - 1].hasPrefix("ended") && said[gap - 1].hasSuffix("-0.4"))
        #expect(said[gap + 1].hasPrefix("began") && said[gap + 1].hasSuffix(" 90.0"))
        #expect(said.last?.hasSuffix("-90.2") == true)
    }

    @Test("waiting decides only full windows; a short stream is decided once by the short rule")
    func start() async throws {
        let frames = GivenFrames(times: (0..<6).map { Double($0) / 5 })
        let waiting = try await recognizer { $0.start = .wait }
        let two = GivenFrames(times: [0, 0.2])
        let (full, none) = (try await waiting.decisions(frames), try await waiting.decisions(two))
        #expect(full.count == 3 && none.isEmpty)
        let rare = try await recognizer { $0.hop = 0.8 }
        let (one, nothing) = (try await rare.decisions(two), try await rare.decisions(GivenFrames([])))
        #expect(one.count == 1 && nothing.isEmpty)
        let single = try await recognizer().decisions(GivenFrames(times: [3]))
        #expect(single.count == 1 && single[0].window == 3..<3)
    }

    /// Frames that call a function before the one of a number.
    private struct Interrupted: AsyncSequence, Sendable {
        let frames: GivenFrames
        let place: Int
        let action: @Sendable () async throws -> Void

        func makeAsyncIterator() -> Iterator {
            Iterator(frames: frames.makeAsyncIterator(), place: place, action: action)
        }

        struct Iterator: AsyncIteratorProtocol {
            var frames: GivenFrames.Iterator
            var place: Int
            let action: @Sendable () async throws -> Void

            mutating func next() async throws -> ArrivedFrame? {
                if place == 0 { try await action() }
                place -= 1
                return try await frames.next()
            }
        }
    }

    @Test("labels are replaced while the stream runs, from the next decision on")
    func labels() async throws {
        let session = try await TestModel.session(), own = try await recognizer(session) { $0.smoothing = 5 }
        let frames = GivenFrames(times: (0..<6).map { Double($0) / 5 })
        let new = try LabelSet(["bowing", "jumping on the spot"])
        let stream = Interrupted(frames: frames, place: 3) { try await own.replace(.texts(new, nil)) }
        var events: [StreamEvent] = []
        for try await event in own.events(of: stream) { events.append(event) }
        #expect(words(events).contains("labels bowing,jumping on the spot"))
        let decisions = events.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
        #expect(decisions.map { $0.predictions.count } == [3, 3, 3, 2, 2, 2])
        let model = try await TestModel.load()
        let other = try await Session(model, labels: new)
        let fresh = try StreamRecognizer(session: other, settings: own.settings)
        let expected = try await fresh.decisions(frames)
        for (one, other) in zip(decisions[3...], expected[3...]) {
            for (a, b) in zip(one.predictions, other.predictions) {
                #expect(a.label == b.label && abs(a.probability - b.probability) < 1e-6)
            }
        }
        #expect(decisions[3].smoothed == decisions[3].predictions, "averages begin anew")
        let mistaken = await message { try await own.replace(.trained(["a"])) }
        #expect(mistaken.contains("trained classes"))
        let later = try await own.decisions(GivenFrames(times: [0]))
        #expect(later[0].predictions.count == 2, "a question that does not fit changes nothing")
    }

    @Test("a text is encoded once, however often labels come and go")
    func texts() async throws {
        let cache = TextCache()
        let asked = Mutex<[[String]]>([])
        func features(_ sentences: [String]) async throws -> [Int] {
            try await TorchThread.run { () throws(RecognitionError) in
                try cache.features(of: sentences) { (missing) throws(RecognitionError) in
                    asked.withLock { $0.append(missing) }
                    return missing.map { Tensor(Float($0.count)) }
                }.map { $0.item(Int.self) }
            }
        }
        let first = try await features(["a", "bb", "a"])
        let second = try await features(["ccc", "bb"])
        let third = try await features(["a"])
        #expect(first == [1, 2, 1] && second == [3, 2] && third == [1])
        #expect(asked.withLock { $0 } == [["a", "bb"], ["ccc"], []])
        #expect(cache.count == 3)
    }

    @Test("the source's error ends the stream with its sentence")
    func failure() async throws {
        let own = try await recognizer()
        let broken = GivenFrames(
            GivenFrames(times: [0, 0.2]).frames, failure: VideoError(.damaged, detail: "the line is cut"))
        #expect(await message { _ = try await own.all(broken) }.contains("the line is cut"))
        let stream = Interrupted(frames: GivenFrames(times: [0]), place: 0) { throw CocoaError(.fileReadUnknown) }
        let said = await message { for try await _ in own.events(of: stream) {} }
        #expect(said.contains("source of frames failed"))
    }

    @Test("an action that goes on ends before the source's error is thrown, and nothing comes after it")
    func endedByFailure() async throws {
        let own = try await recognizer { $0.hysteresis = .init(enter: 0, leave: 0) }
        let frames = GivenFrames(
            GivenFrames(times: [0, 0.2, 0.3]).frames, failure: VideoError(.damaged, detail: "the line is cut"))
        var (events, said) = ([StreamEvent](), [String]())
        var iterator = own.events(of: frames).makeAsyncIterator()
        for _ in 0..<20 {
            do {
                guard let event = try await iterator.next() else { break }
                events.append(event)
            } catch { said.append("\(error)") }
        }
        #expect(words(events).map { $0.prefix(5) } == ["began", "ended"])
        #expect(words(events).last?.hasSuffix("-0.4") == true, "the last frame stands for the time it is nearest to")
        #expect(said.count == 1 && said[0].contains("the line is cut"))
    }

    @Test("an action that goes on ends before a cancelled stream does")
    func endedByCancelling() async throws {
        let own = try await recognizer { $0.hysteresis = .init(enter: 0, leave: 0) }
        let frames = GivenFrames(times: (0..<1000).map { Double($0) / 5 })
        let task = Task {
            var (events, said) = ([StreamEvent](), "")
            do {
                for try await event in own.events(of: frames) {
                    events.append(event)
                    if case .began = event { withUnsafeCurrentTask { $0?.cancel() } }
                }
            } catch { said = "\(error)" }
            return (events, said)
        }
        let (events, said) = await task.value
        #expect(words(events).map { $0.prefix(5) } == ["began", "ended"] && said == "cancelled")
        #expect(events.count < 10)
    }

    @Test("spans among new labels begin where those among the old ones end")
    func floor() async throws {
        let session = try await TestModel.session()
        let own = try await recognizer(session) { $0.hysteresis = .init(enter: 0, leave: 0) }
        let new = try LabelSet(["bowing", "jumping on the spot"])
        let frames = GivenFrames(times: (0..<12).map { Double($0) / 5 })
        let stream = Interrupted(frames: frames, place: 8) { try await own.replace(.texts(new, nil)) }
        var spans: [Span] = []
        for try await event in own.events(of: stream) {
            switch event {
            case .changed(let span, _), .ended(let span): spans.append(span)
            default: break
            }
        }
        #expect(spans.count >= 2)
        for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.end <= next.start, "\(one) \(next)") }
        #expect(spans.contains { abs($0.end - 1.4) < 1e-9 } && spans.contains { abs($0.start - 1.4) < 1e-9 })
    }

    @Test("many sentences are encoded in several turns")
    func turns() async throws {
        let session = try await TestModel.session()
        let labels = try LabelSet((0..<70).map { "waving \($0)" })
        let scorer = await session.scorer
        let sizes = await TorchThread.run { scorer.unknownSentences(of: .texts(labels, nil)).map(\.count) }
        #expect(sizes.count > 2 && sizes.allSatisfy { $0 <= 32 } && sizes.reduce(0, +) >= 70)
        let names = try await session.labels(for: .texts(labels, nil)).names
        let rest = await TorchThread.run { scorer.unknownSentences(of: .texts(labels, nil)).count }
        #expect(names == labels.names && rest == 0)
    }

    @Test("cancelling ends the stream")
    func cancelled() async throws {
        let own = try await recognizer()
        let task = Task {
            for try await _ in own.events(of: GivenFrames(times: (0..<1000).map { Double($0) / 5 })) {
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        #expect(await message { try await task.value } == "cancelled")
    }

    @Test("a cancelled stream takes no other with it")
    func leader() async throws {
        let session = try await TestModel.session(), encoder = SharedEncoder(session: session)
        let own = try StreamRecognizer(
            session: session, settings: StreamSettings(frames: 4, stride: 0.2), encoder: encoder)
        let frames = GivenFrames(times: (0..<60).map { Double($0) / 5 })
        let counts = await withTaskGroup(of: Int.self) { group in
            for stream in 0..<6 {
                group.addTask {
                    var count = 0
                    do {
                        for try await event in own.events(of: frames) {
                            if case .decision = event { count += 1 }
                            if stream < 3, count == 5 + stream { withUnsafeCurrentTask { $0?.cancel() } }
                        }
                    } catch {}
                    return count
                }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.sorted() == [5, 6, 7, 60, 60, 60])
    }

    @Test("a number of frames that is not the model's is refused")
    func frames() async throws {
        let session = try await StreamModels.session(StreamModels.exact[0])
        let said = await message { _ = try StreamRecognizer(session: session, settings: StreamSettings()) }
        #expect(said.contains("the model takes 4"))
    }
}
