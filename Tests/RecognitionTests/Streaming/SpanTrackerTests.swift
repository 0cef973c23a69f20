import Foundation
import Testing

@testable import Recognition

@Suite("Averages over a stream's decisions")
struct DecisionSmoothingTests {
    private func predictions(_ a: Double) -> [Prediction] {
        Prediction.ranked([Prediction(label: "a", probability: a), Prediction(label: "b", probability: 1 - a)])
    }

    private func share(_ predictions: [Prediction]) -> Double {
        predictions.first { $0.label == "a" }?.probability ?? .nan
    }

    @Test("without a time constant everything passes through")
    func off() {
        var smoothing = DecisionSmoothing(constant: 0)
        for value in [0.2, 0.9, 0.1] { #expect(smoothing.add(predictions(value), at: value) == predictions(value)) }
    }

    @Test("a step is followed by 1 - exp(-Δ / τ), whatever the hop")
    func step() {
        for hop in [0.25, 0.5, 1] {
            var smoothing = DecisionSmoothing(constant: 2)
            #expect(share(smoothing.add(predictions(0), at: 10)) == 0)
            var last = 0.0
            for number in 1...Int(4 / hop) {
                last = share(smoothing.add(predictions(1), at: 10 + hop * Double(number)))
            }
            #expect(abs(last - (1 - exp(-2))) < 1e-12)
        }
    }

    @Test("the averages are ranked, and forgotten when told so")
    func ranking() {
        var smoothing = DecisionSmoothing(constant: 1)
        _ = smoothing.add(predictions(0.9), at: 0)
        // 0.9 + (1 - exp(-0.1)) (0 - 0.9) = 0.8144
        let second = smoothing.add(predictions(0), at: 0.1)
        #expect(second[0].label == "a" && abs(second[0].probability - 0.9 * exp(-0.1)) < 1e-12)
        smoothing.reset()
        #expect(smoothing.add(predictions(0), at: 0.2)[0] == Prediction(label: "b", probability: 1))
    }
}

@Suite("Spans of a stream")
struct SpanTrackerTests {
    private typealias Change = SpanTracker.Change

    /// Windows of two seconds that end at 1, 2, 3 …; shares of a and b, four others have the rest.
    private func changes(
        _ shares: [(a: Double, b: Double)], ends: Bool = true, _ change: (inout StreamSettings) -> Void = { _ in }
    ) -> [SpanTracker.Change] {
        var settings = StreamSettings()
        settings.hysteresis = .init(enter: 0.6, leave: 0.4)
        change(&settings)
        var tracker = SpanTracker(settings)
        var all = shares.enumerated().compactMap { number, share in
            let end = Double(number + 1), rest = (1 - share.a - share.b) / 4
            let others = ["c", "d", "e", "f"].map { Prediction(label: $0, probability: rest) }
            let named = [Prediction(label: "a", probability: share.a), Prediction(label: "b", probability: share.b)]
            return tracker.add(Prediction.ranked(named + others), max(0, end - 2)..<end)
        }
        if ends, let last = tracker.finish() { all.append(last) }
        return all
    }

    private func span(_ start: Double, _ end: Double, _ label: String, _ confidence: Double) -> Span {
        Span(start: start, end: end, label: label, confidence: confidence)
    }

    @Test("an action begins at the upper border and ends below the lower one")
    func hysteresis() {
        // Windows 0..<1, 0..<2, 1..<3, 2..<4, 3..<5, 4..<6: middles 0.5, 1, 2, 3, 4, 5.
        let all = changes([(0.5, 0), (0.5, 0), (0.75, 0), (0.45, 0), (0.5, 0), (0.35, 0)])
        #expect(all.count == 2)
        #expect(all.first == .began(span(2, 2, "a", 0.75)))
        if case .ended(let last)? = all.last {
            #expect(last.start == 2 && last.end == 5 && abs(last.confidence - (0.75 + 0.45 + 0.5) / 3) < 1e-12)
        } else {
            Issue.record("no end")
        }
    }

    @Test("the first begins with the stream, the last ends with it")
    func borders() {
        #expect(changes([(0.75, 0), (0.75, 0)]) == [.began(span(0, 0.5, "a", 0.75)), .ended(span(0, 2, "a", 0.75))])
        #expect(changes([(0.75, 0)], ends: false) == [.began(span(0, 0.5, "a", 0.75))])
        #expect(changes([]).isEmpty)
        #expect(changes([(0.3, 0.3)]).isEmpty)
    }

    @Test("one action gives way to another at once")
    func change() {
        #expect(
            changes([(0.75, 0), (0.75, 0), (0, 0.625)]) == [
                .began(span(0, 0.5, "a", 0.75)), .changed(from: span(0, 2, "a", 0.75), to: span(2, 2, "b", 0.625)),
                .ended(span(2, 3, "b", 0.625)),
            ])
    }

    @Test("what is shorter than the least duration is never reported, what is longer once it is")
    func duration() {
        #expect(changes([(0, 0), (0.75, 0), (0.75, 0), (0, 0)]) { $0.minimumDuration = 1.5 }.isEmpty)
        #expect(
            changes([(0, 0), (0.75, 0), (0.75, 0), (0.75, 0), (0, 0)]) { $0.minimumDuration = 1.5 } == [
                .began(span(1, 3, "a", 0.75)), .ended(span(1, 4, "a", 0.75)),
            ])
        // The blip of b ends a, and is not itself reported.
        #expect(
            changes([(0.75, 0), (0.75, 0), (0.75, 0), (0, 0.75), (0, 0)]) { $0.minimumDuration = 1 } == [
                .began(span(0, 1, "a", 0.75)), .ended(span(0, 3, "a", 0.75)),
            ])
    }

    private let lasting: (inout StreamSettings) -> Void = { $0.minimumDuration = 2 }

    @Test("what is too short to be reported does not part what goes on")
    func challenger() {
        let a = (a: 0.75, b: 0.0), b = (a: 0.0, b: 0.75), none = (a: 0.3, b: 0.3)
        // Middles are 0.5, 1, 2, 3 …; the blip of b at 4 neither ends a nor counts for its confidence.
        #expect(
            changes([a, a, a, a, b, a, a], lasting) == [
                .began(span(0, 2, "a", 0.75)), .ended(span(0, 7, "a", 0.75)),
            ])
        // b lasts: a ends where b began.
        #expect(
            changes([a, a, a, a, b, b, b], lasting) == [
                .began(span(0, 2, "a", 0.75)),
                .changed(from: span(0, 4, "a", 0.75), to: span(4, 6, "b", 0.75)), .ended(span(4, 7, "b", 0.75)),
            ])
        // Neither b nor anything else lasts, and a does not come back.
        #expect(
            changes([a, a, a, a, b, none], ends: false, lasting) == [
                .began(span(0, 2, "a", 0.75)), .ended(span(0, 4, "a", 0.75)),
            ])
        #expect(
            changes([a, a, a, a, b], lasting) == [
                .began(span(0, 2, "a", 0.75)), .ended(span(0, 4, "a", 0.75)),
            ], "the end finds a in doubt since 4")
    }

    @Test("an action that holds outlasts challengers that do not")
    func rivals() {
        var settings = StreamSettings()
        settings.minimumDuration = 2
        var tracker = SpanTracker(settings)
        var changes: [SpanTracker.Change] = []
        for number in 0..<12 {
            let rival = Prediction(label: number % 2 == 0 ? "b" : "c", probability: 0.5)
            let held = Prediction(label: "a", probability: number < 4 ? 0.75 : 0.4), time = Double(number)
            if let change = tracker.add(number < 4 ? [held] : [rival, held], time..<time) { changes.append(change) }
        }
        #expect(changes == [.began(span(0, 2, "a", 0.75))])
        #expect(tracker.finish() == .ended(span(0, 11, "a", 0.75)))
    }

    @Test("an action does not outlast challengers that take turns")
    func turns() {
        let a = [Prediction(label: "a", probability: 0.75)]
        var tracker = SpanTracker(
            {
                var settings = StreamSettings()
                settings.minimumDuration = 2
                return settings
            }())
        var ends: [SpanTracker.Change] = []
        for number in 0..<9 {
            let other = [Prediction(label: number % 2 == 0 ? "b" : "c", probability: 0.75)]
            let time = Double(number)
            if let change = tracker.add(number < 4 ? a : other, time..<time) { ends.append(change) }
        }
        #expect(ends == [.began(span(0, 2, "a", 0.75)), .ended(span(0, 4, "a", 0.75))])
    }

    @Test("no span begins before the one before it ends, unless time begins anew")
    func floor() {
        var tracker = SpanTracker(StreamSettings())
        let a = [Prediction(label: "a", probability: 0.75)]
        #expect(tracker.add(a, 8..<10) == .began(span(8, 9, "a", 0.75)))
        #expect(tracker.finish() == .ended(span(8, 10, "a", 0.75)))
        #expect(tracker.add(a, 8.25..<10.25) == .began(span(10, 10, "a", 0.75)))
        #expect(tracker.finish() == .ended(span(10, 10.25, "a", 0.75)))
        tracker.beginRun()
        #expect(tracker.add(a, 1..<2) == .began(span(1, 1.5, "a", 0.75)))
    }

    @Test("a label's own threshold takes the place of the border, in both directions")
    func thresholds() {
        #expect(changes([(0.75, 0)]) { $0.thresholds = ["a": 0.9] }.isEmpty)
        #expect(
            changes([(0.5, 0), (0.375, 0)]) { $0.thresholds = ["a": 0.25] } == [
                .began(span(0, 0.5, "a", 0.5)), .ended(span(0, 2, "a", 0.4375)),
            ], "it leaves below its own threshold where that is lower")
    }

    @Test("the outcome is unknown below the threshold")
    func unknown() {
        var settings = StreamSettings()
        let best = [Prediction(label: "a", probability: 0.4), Prediction(label: "b", probability: 0.3)]
        #expect(settings.outcome(of: best) == "a")
        settings.unknown = 0.5
        #expect(settings.outcome(of: best) == nil)
        settings.thresholds = ["a": 0.4]
        #expect(settings.outcome(of: best) == "a")
        #expect(settings.outcome(of: []) == nil)
        #expect(changes([(0.75, 0)]) { $0.unknown = 0.8 }.isEmpty, "what is unknown begins nothing")
    }
}
