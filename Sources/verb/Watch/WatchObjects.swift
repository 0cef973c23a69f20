import Foundation
import Recognition
import Training
import Video

/// A watch as JSON objects, one a line, on standard output.
struct WatchObjects: WatchView {
    private struct Object: Encodable {
        var event: String
        var source: String?
        var decision: StreamDecision?
        var span: Span?
        var from: Span?
        var to: Span?
        var labels: [String]?
        var time: [Double]?
        var video: VideoInformation?
        var reason: String?
        var retryIn: Double?
        var message: String?
        var figures: WatchFigures?
        var annotation: Annotation?
    }

    /// How many labels a decision lists.
    let top: Int
    var output: @Sendable (String) -> Void = { FileHandle.standardOutput.write(Data(($0 + "\n").utf8)) }

    func show(_ event: StreamEvent, of number: Int, in streams: [WatchedStream]) {
        let source = streams[number].name
        switch event {
        case .decision(var decision):
            decision.predictions = Array(decision.predictions.prefix(top))
            decision.smoothed = Array(decision.smoothed.prefix(top))
            write(Object(event: "decision", source: source, decision: decision))
        case .began(let span): write(Object(event: "began", source: source, span: span))
        case .changed(let from, let to): write(Object(event: "changed", source: source, from: from, to: to))
        case .ended(let span): write(Object(event: "ended", source: source, span: span))
        case .labels(let names): write(Object(event: "labels", source: source, labels: names))
        case .gap(let time):
            write(Object(event: "gap", source: source, time: [time.lowerBound, time.upperBound]))
        case .jump(let from, let to): write(Object(event: "jump", source: source, time: [from, to]))
        }
    }

    func show(_ state: LiveState, of number: Int, in streams: [WatchedStream]) {
        let source = streams[number].name
        switch state {
        case .connecting: write(Object(event: "connecting", source: source))
        case .connected(let information): write(Object(event: "connected", source: source, video: information))
        case .lost(let reason, let pause):
            write(Object(event: "lost", source: source, reason: reason, retryIn: pause))
        }
    }

    func end(_ error: RecognitionError?, of number: Int, in streams: [WatchedStream]) {
        guard let error else { return }
        write(Object(event: "error", source: streams[number].name, message: "\(error)"))
        Notices.write("error: " + WatchFormat.named(error, streams[number].name))
    }

    func note(_ text: String, in streams: [WatchedStream]) { Notices.write(text) }

    func finish(_ streams: [WatchedStream]) {
        let peak = ResidentMemory.peak
        for stream in streams {
            let figures = WatchFigures([stream], peakMemory: peak)
            write(Object(event: "summary", source: stream.name, figures: figures, annotation: stream.annotation))
        }
        guard streams.count > 1 else { return }
        write(Object(event: "total", figures: WatchFigures(streams, peakMemory: peak)))
    }

    private func write(_ object: Object) {
        // Every field has a text, so this cannot fail; if it did, the line would say so rather than be missing.
        do { output(try JSONText.line(object)) } catch {
            Notices.write("error: \(error)")
        }
    }
}
