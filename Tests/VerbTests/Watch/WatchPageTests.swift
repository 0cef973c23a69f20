import Foundation
import Synchronization
import Testing

@testable import Recognition
@testable import Video
@testable import verb

@Suite("What watch shows")
struct WatchPageTests {
    private func decision(_ end: Double, _ best: (String, Double)...) -> StreamDecision {
        let predictions = best.map { Prediction(label: $0.0, probability: $0.1) }
        var timings = Timings()
        (timings.decode, timings.encode) = (0.002, 0.1)
        return StreamDecision(
            window: max(0, end - 2)..<end, predictions: predictions, smoothed: predictions, outcome: best.first?.0,
            latency: 0.02, timings: timings, newFrames: 1, repeated: 0, dropped: 0, late: 0)
    }

    /// A stream that has seen sitting, then waving, at 40 s.
    private func stream(_ name: String = "camera") -> WatchedStream {
        let began = ContinuousClock.now
        var stream = WatchedStream(name: name, labels: ["waving", "sitting down"], began: began)
        var counts = LiveCounts()
        (counts.decoded, counts.converted, counts.dropped, counts.connections) = (1000, 200, 10, 1)
        counts.opened = began + .seconds(1)
        let at = { (seconds: Double) in began + .seconds(seconds) }
        let sitting = Span(start: 10, end: 30, label: "sitting down", confidence: 0.9)
        let waving = Span(start: 30, end: 31, label: "waving", confidence: 0.8)
        stream.take(.decision(decision(20, ("sitting down", 0.9), ("waving", 0.1))), counts: counts, now: at(21))
        stream.take(
            .began(Span(start: 10, end: 19, label: "sitting down", confidence: 0.9)), counts: counts, now: at(21))
        stream.take(.changed(from: sitting, to: waving), counts: counts, now: at(41))
        stream.take(.decision(decision(40, ("waving", 0.75), ("sitting down", 0.25))), counts: counts, now: at(41))
        return stream
    }

    @Test("a page has the action, its bars, the last minute and the stages")
    func page() {
        let page = WatchPage.page(of: [stream()], notes: ["a note"], width: 60, top: 5).lines(hasColours: false)
        #expect(page[0] == "camera  00:40.0  connecting")
        #expect(page[1] == "  waving   since 00:30.0")
        // 60 columns less 12 for the name, 13 for margins and number leave 35: 26.25 and 8.75.
        let blank = String(repeating: " ", count: 9)
        #expect(page[2] == "  waving        " + String(repeating: "█", count: 26) + "▎" + blank + " 75.0 %")
        #expect(page[3].hasPrefix("  sitting down  ████████▊ ") && page[3].hasSuffix(" 25.0 %"))
        // A minute in 56 columns: 0 s is 20 s after its start, column 18; sitting from 28 to 46, waving from 46 to 55.
        let minute = String(repeating: " ", count: 20) + String(repeating: "·", count: 10)
        #expect(page[4].hasPrefix(minute + String(repeating: "█", count: 27)))
        #expect(page[5] == String(repeating: " ", count: 30) + "sitting down      waving")
        #expect(page.contains { $0.hasPrefix("  encode ") } && page.contains { $0.hasPrefix("  latency ") })
        // The page ends within the changes a minute.
        #expect(page.contains { $0.hasPrefix("  2 decisions   real-time factor 0.005   5.0 % dropped   3.0") })
        // 1000 pictures, of which 2 were encoded and 10 dropped, in 40 s of the clock.
        #expect(page.contains { $0.hasPrefix("  frames a second: 25.0 in, 0.1 encoded, 0.2 dropped (ol") })
        #expect(page.contains { $0.hasPrefix("  first decision after 21.00 s, 20.00 s after the connec") })
        #expect(page.contains("a note"))
        #expect(page.allSatisfy { $0.count <= 60 })
    }

    @Test("names of short actions stand below one another, and within the page")
    func minute() {
        func span(_ start: Double, _ end: Double, _ label: String) -> Span {
            Span(start: start, end: end, label: label, confidence: 1)
        }
        let spans = [
            span(0, 0.3, "unseen"), span(0.3, 5, "walking to the left"), span(5, 10, "bowing"),
            span(10, 16, "sitting down"), span(16, 19, "waving"), span(19, 20, "no room at all"),
        ]
        // A column a second: 0 s is in column 40 of 60.
        let minute = MinuteLayout(spans, until: 20, columns: 60)
        #expect(minute.begin == 40)
        #expect(minute.blocks.map(\.columns) == [40..<45, 45..<50, 50..<56, 56..<59, 59..<60])
        #expect(
            minute.names == [
                [.init(label: "walking to the left", column: 40)],
                [.init(label: "bowing", column: 45), .init(label: "waving", column: 54)],
                [.init(label: "sitting down", column: 48)],
            ])
        // What is over for more than a minute is gone.
        #expect(MinuteLayout(spans, until: 70, columns: 60).blocks.map(\.columns) == [0..<6, 6..<9, 9..<10])
        #expect(MinuteLayout([span(0, 90, "long")], until: 90, columns: 16).blocks.map(\.columns) == [0..<16])
    }

    @Test("several streams share one table, of all that they cost")
    func total() throws {
        let streams = [stream("a"), stream("b")]
        let page = WatchPage.page(of: streams, notes: [], width: 90, top: 5).lines(hasColours: false)
        #expect(page.count { $0.hasPrefix("  encode ") } == 1)
        let head = try #require(page.firstIndex(of: "all 2 sources"))
        let table = try #require(page.firstIndex { $0.hasPrefix("  encode ") })
        #expect(head < table)
        // Each spends 0.1 s in 20 s, and changes once.
        #expect(page[head...].contains { $0.hasPrefix("  4 decisions   real-time factor 0.010   5.0 % dropped   3.0") })
        #expect(page[head...].contains { $0.hasPrefix("  frames a second: 50.0 in, 0.1 encoded, 0.5 dropped (") })
        let figures = WatchFigures(streams, peakMemory: 12)
        #expect(figures.decisions == 4 && figures.mediaTime == 40 && figures.peakMemory == 12)
        let one = WatchFigures([streams[0]])
        #expect(figures.stages == one.stages && abs((one.realTimeFactor ?? 0) - 0.005) < 1e-9)
    }

    @Test(
        "nothing that a label says steers the terminal, and nothing is wider than it", arguments: [1, 5, 20, 21, 200])
    func hostile(_ width: Int) {
        var stream = WatchedStream(name: "a\u{1B}[2Jb", labels: ["x"])
        let label = "\u{1B}]0;title\u{7}" + String(repeating: "long ", count: 100)
        stream.take(.decision(decision(1, (label, 0.99), ("", 0.01))), counts: LiveCounts())
        stream.take(.began(Span(start: 0, end: 1, label: label, confidence: 1)), counts: LiveCounts())
        let lines = WatchPage.page(of: [stream, stream], notes: ["\r\n"], width: width, top: 3).lines(hasColours: true)
        for line in lines {
            let plain = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
            #expect(!plain.unicodeScalars.contains { $0.properties.generalCategory == .control })
            #expect(plain.count <= max(20, min(width, 120)))
        }
    }

    @Test("a page is drawn over the one before, rows that are gone are cleared")
    func redrawing() {
        var screen = WatchScreen(top: 1, environment: ["NO_COLOR": "1"])
        screen.size = { (60, 5) }
        let drawn = Drawn()
        screen.output = { text in drawn.text.withLock { $0 += text } }
        screen.show(.connecting, of: 0, in: [stream()])
        let first = drawn.text.withLock { $0 }
        #expect(first.hasPrefix("\rcamera") && first.hasSuffix("\u{1B}[J"))
        // No more rows than the terminal has, or the cursor could not go back to the first.
        #expect(first.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
        screen.finish([stream()])
        #expect(drawn.text.withLock { $0.dropFirst(first.count) }.hasPrefix("\u{1B}[4A\rcamera"))
    }

    @Test("lines tell when an action begins and ends")
    func lines() {
        let drawn = Drawn(), told = Drawn()
        let lines = WatchLines(
            output: { text in drawn.text.withLock { $0 += text + "\n" } },
            notices: { text in told.text.withLock { $0 += text + "\n" } })
        let streams = [stream("a"), stream("b")]
        let (first, second) = (
            Span(start: 1, end: 2.5, label: "waving", confidence: 0.7),
            Span(start: 2.5, end: 3, label: "bowing", confidence: 0.81)
        )
        lines.show(.began(first), of: 0, in: streams)
        lines.show(.changed(from: first, to: second), of: 1, in: streams)
        lines.show(.ended(second), of: 0, in: [streams[0]])
        #expect(
            drawn.text.withLock { $0 } == """
                a: 00:01.0 -          waving  0.70
                b: 00:01.0 - 00:02.5  waving  0.70
                b: 00:02.5 -          bowing  0.81
                00:02.5 - 00:03.0  bowing  0.81

                """)
        lines.show(.lost(reason: "it is gone", retryIn: 0.5), of: 1, in: streams)
        lines.show(.gap(3..<9.25), of: 0, in: streams)
        #expect(
            told.text.withLock { $0 } == """
                warning: b: it is gone; trying again in 0.5 s
                note: a: no frame came from 00:03.0 to 00:09.3

                """)
        lines.finish([streams[0]])
        #expect(
            told.text.withLock { $0 }.contains("watched 20.0 s: 2 decisions, real-time factor 0.005, 5.0 % of frames"))
        #expect(told.text.withLock { $0 }.contains("25.0 in, 0.1 encoded, 0.2 dropped (oldest:8)"))
        #expect(!told.text.withLock { $0 }.contains("all 2 sources"))
        lines.finish(streams)
        #expect(told.text.withLock { $0 }.contains("all 2 sources: watched 40.0 s: 4 decisions"))
    }

    @Test("objects are one line each and read back")
    func objects() throws {
        let drawn = Drawn()
        let objects = WatchObjects(top: 1, output: { text in drawn.text.withLock { $0 += text + "\n" } })
        let streams = [stream("a\nb")]
        objects.show(.decision(decision(1, ("waving", 0.75), ("x", 0.25))), of: 0, in: streams)
        objects.show(.gap(3..<9), of: 0, in: streams)
        objects.show(.lost(reason: "r", retryIn: 2), of: 0, in: streams)
        objects.finish(streams)
        let records = try drawn.text.withLock { $0 }.split(separator: "\n").map(record)
        #expect(records.map { $0["event"] as? String } == ["decision", "gap", "lost", "summary"])
        #expect(records.allSatisfy { $0["source"] as? String == "a\nb" })
        let decision = try #require(records[0]["decision"] as? [String: Any])
        #expect((decision["smoothed"] as? [Any])?.count == 1 && decision["window"] as? [Double] == [0, 1])
        #expect(records[1]["time"] as? [Double] == [3, 9] && records[2]["retryIn"] as? Double == 2)
        let figures = try #require(records[3]["figures"] as? [String: Any])
        #expect(figures["droppedShare"] as? Double == 0.05 && figures["decisions"] as? Int == 2)
        #expect(figures["decodedRate"] as? Double == 25 && figures["dropPolicy"] as? String == "oldest:8")
        #expect(figures["connectionToFirstDecision"] as? Double == 20 && figures["wallTime"] as? Double == 40)
        objects.finish(streams + streams)
        let last = try #require(drawn.text.withLock { $0 }.split(separator: "\n").last)
        let total = try record(last)
        #expect(total["event"] as? String == "total" && total["source"] == nil)
        #expect((total["figures"] as? [String: Any])?["decisions"] as? Int == 4)
    }
}

/// A line of JSON.
func record(_ line: Substring) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(object as? [String: Any])
}

/// What was written.
private final class Drawn: Sendable {
    let text = Mutex("")
}
