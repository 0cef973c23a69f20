import Foundation
import Recognition
import Training
import Video

/// A watch as lines of text: actions on standard output, everything else on standard error.
struct WatchLines: WatchView {
    var output: @Sendable (String) -> Void = { FileHandle.standardOutput.write(Data(($0 + "\n").utf8)) }
    var notices: @Sendable (String) -> Void = { Notices.write($0) }

    func show(_ event: StreamEvent, of number: Int, in streams: [WatchedStream]) {
        let prefix = Self.prefix(number, streams)
        switch event {
        case .decision: break
        case .began(let span): output(prefix + Self.beginning(span))
        case .changed(let from, let to):
            output(prefix + RecognitionFormat.line(from))
            output(prefix + Self.beginning(to))
        case .ended(let span): output(prefix + RecognitionFormat.line(span))
        case .labels(let names): notices("note: \(prefix)the labels are now: \(names.joined(separator: ", "))")
        case .gap(let time):
            let range = "\(RecognitionFormat.clock(time.lowerBound)) to \(RecognitionFormat.clock(time.upperBound))"
            notices("note: \(prefix)no frame came from \(range)")
        case .jump(let from, let to):
            let times = "\(RecognitionFormat.clock(from)) to \(RecognitionFormat.clock(to))"
            notices("note: \(prefix)the time stamps jumped from \(times)")
        }
    }

    func show(_ state: LiveState, of number: Int, in streams: [WatchedStream]) {
        let name = streams[number].name
        switch state {
        case .connecting: break
        case .connected(let information): notices("note: \(name): \(WatchFormat.facts(information))")
        case .lost(let reason, let pause): notices("warning: \(name): \(WatchFormat.lost(reason, pause))")
        }
    }

    func end(_ error: RecognitionError?, of number: Int, in streams: [WatchedStream]) {
        guard let error else { return }
        notices("error: " + WatchFormat.named(error, streams[number].name))
    }

    func note(_ text: String, in streams: [WatchedStream]) { notices(text) }

    func finish(_ streams: [WatchedStream]) {
        for (number, stream) in streams.enumerated() {
            if stream.decision != nil { write(WatchFigures([stream]), Self.prefix(number, streams)) }
            if let words = stream.annotation.flatMap(WatchFormat.annotation) { notices(words) }
        }
        let total = WatchFigures(streams, peakMemory: ResidentMemory.peak)
        if streams.count(where: { $0.decision != nil }) > 1 { write(total, "all \(streams.count) sources: ") }
        if total.decisions > 0, let words = WatchFormat.memory(total) { notices(words) }
    }

    private func write(_ figures: WatchFigures, _ prefix: String) {
        notices(prefix + WatchFormat.summary(figures))
        if let words = WatchFormat.rates(figures) { notices("  " + words) }
        for line in WatchFormat.table(figures) { notices("  " + line) }
    }

    /// `00:03.2 -          sitting down  0.91`, in the columns of a span that is over.
    private static func beginning(_ span: Span) -> String {
        let start = RecognitionFormat.clock(span.start)
        let blank = String(repeating: " ", count: start.count)
        return "\(start) - \(blank)  \(span.label)  " + String(format: "%.2f", span.confidence)
    }

    private static func prefix(_ number: Int, _ streams: [WatchedStream]) -> String {
        streams.count > 1 ? "\(streams[number].name): " : ""
    }
}
