import Testing

@testable import Recognition

@Suite("Timelines")
struct TimelineTests {
    /// Windows of two seconds, one a second.
    private func spans(_ labels: [(String, Double)]) -> [Span] {
        var (timeline, spans) = (Timeline(), [Span]())
        for (number, (label, probability)) in labels.enumerated() {
            let start = Double(number)
            if let span = timeline.append(start..<start + 2, Prediction(label: label, probability: probability)) {
                spans.append(span)
            }
        }
        if let span = timeline.finish() { spans.append(span) }
        #expect(timeline.finish() == nil)
        return spans
    }

    @Test("nothing gives nothing, one window gives its span")
    func short() {
        #expect(spans([]).isEmpty)
        #expect(spans([("a", 0.5)]) == [Span(start: 0, end: 2, label: "a", confidence: 0.5)])
    }

    @Test("equal neighbours merge, and the border lies between the middles")
    func merging() {
        #expect(
            spans([("a", 0.5), ("a", 1), ("b", 0.25), ("a", 0.75)]) == [
                Span(start: 0, end: 2.5, label: "a", confidence: 0.75),
                Span(start: 2.5, end: 3.5, label: "b", confidence: 0.25),
                Span(start: 3.5, end: 5, label: "a", confidence: 0.75),
            ])
    }

    @Test("a shifted last window keeps the spans apart and ends the last")
    func shifted() {
        var timeline = Timeline()
        #expect(timeline.append(0..<2, Prediction(label: "a", probability: 1)) == nil)
        let first = timeline.append(0.5..<2.5, Prediction(label: "b", probability: 0.5))
        #expect(first == Span(start: 0, end: 1.25, label: "a", confidence: 1))
        #expect(timeline.finish() == Span(start: 1.25, end: 2.5, label: "b", confidence: 0.5))
    }
}

@Suite("Windows")
struct WindowPlanTests {
    private func windows(
        _ frames: Int, every: Double, window: Double, count: Int, duration: Double? = nil
    ) throws -> [Range<Double>] {
        var plan = WindowPlan(try TimelineSettings(every: every, window: window, frames: count))
        var windows = (0..<frames).compactMap { _ in plan.advance() }
        if let last = plan.finish(duration: duration) { windows.append(last) }
        #expect(plan.finish(duration: duration) == nil)
        return windows
    }

    @Test("windows end at a constant distance, and one more covers the rest")
    func regular() throws {
        #expect(try windows(8, every: 1, window: 2, count: 4) == [0..<2, 1..<3, 2..<4])
        #expect(try windows(9, every: 1, window: 2, count: 4) == [0..<2, 1..<3, 2..<4, 2.5..<4.5])
        #expect(try windows(9, every: 1, window: 2, count: 4, duration: 4.25).last == 2.25..<4.25)
        #expect(try windows(9, every: 1, window: 2, count: 4, duration: 99).last == 2.5..<4.5, "a header that lies")
        #expect(try windows(12, every: 4, window: 2, count: 4) == [0..<2, 4..<6], "gaps between windows")
    }

    @Test("a video shorter than a window gives one")
    func short() throws {
        #expect(try windows(3, every: 1, window: 2, count: 4) == [0..<1.5])
        #expect(try windows(1, every: 1, window: 2, count: 4, duration: 0.04) == [0..<0.04])
        #expect(try windows(0, every: 1, window: 2, count: 4).isEmpty)
    }

    @Test("distances that are no whole number of frames end with the last frame that is over")
    func uneven() throws {
        #expect(
            try windows(11, every: 0.75, window: 2, count: 4) == [0..<2, 0.5..<2.5, 1.5..<3.5, 2..<4, 3..<5, 3.5..<5.5])
    }

    @Test("rounding never loses a window")
    func rounding() throws {
        for (window, count) in [(0.7, 7), (2, 3), (1.1, 11), (3.3, 8)] {
            let every = window / Double(count)
            #expect(try windows(5000, every: every, window: window, count: count).count == 5000 - count + 1)
        }
    }

    @Test(
        "settings that cannot be are refused",
        arguments: [
            (0.0, 2.0, 8), (0.2, 2, 8), (1, 0, 8), (1, 2, 0), (1, .nan, 8), (.nan, 2, 8), (1, .infinity, 8),
            (.infinity, 2, 8), (-1, 2, 8), (1, -2, 8), (1, 2, 5000),
        ])
    func settings(_ every: Double, _ window: Double, _ frames: Int) {
        #expect(throws: RecognitionError.self) { try TimelineSettings(every: every, window: window, frames: frames) }
    }
}
