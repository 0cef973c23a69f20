import Recognition
import Video

/// Where a watch shows what happens.
protocol WatchView: Sendable {
    /// Something happened on a stream; `streams` know it already.
    mutating func show(_ event: StreamEvent, of number: Int, in streams: [WatchedStream])

    /// A source's state changed.
    mutating func show(_ state: LiveState, of number: Int, in streams: [WatchedStream])

    /// A stream has ended, with or without an error.
    mutating func end(_ error: RecognitionError?, of number: Int, in streams: [WatchedStream])

    /// Something that the user should know.
    mutating func note(_ text: String, in streams: [WatchedStream])

    /// All streams have ended.
    mutating func finish(_ streams: [WatchedStream])
}

/// Keeps what is known of all streams, and shows it.
actor WatchDesk {
    private var streams: [WatchedStream]
    private var view: any WatchView
    private(set) var hasFailures = false

    init(_ streams: [WatchedStream], _ view: any WatchView) { (self.streams, self.view) = (streams, view) }

    func take(_ event: StreamEvent, of number: Int, _ counts: LiveCounts) {
        streams[number].take(event, counts: counts)
        view.show(event, of: number, in: streams)
    }

    func take(_ state: LiveState, of number: Int) {
        streams[number].take(state)
        view.show(state, of: number, in: streams)
    }

    /// The annotated video is finished, or given up.
    func take(_ annotation: Annotation, of number: Int) {
        streams[number].take(annotation)
        guard let error = annotation.error else { return }
        hasFailures = true
        view.note("warning: \(error); there is no annotated video", in: streams)
    }

    func end(_ error: RecognitionError?, of number: Int, _ counts: LiveCounts) {
        if case .cancelled = error {
            streams[number].end(nil, counts: counts)
        } else {
            hasFailures = hasFailures || error != nil
            streams[number].end(error, counts: counts)
            view.end(error, of: number, in: streams)
        }
    }

    func note(_ text: String) { view.note(text, in: streams) }

    func finish() { view.finish(streams) }
}
