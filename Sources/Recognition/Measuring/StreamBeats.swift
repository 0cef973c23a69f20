internal import CLIP
internal import Video

/// The work of a number of live streams on one beat: a new frame of each, encoded as one batch, and a decision of each.
///
/// Belongs on the LibTorch thread.
struct StreamBeats {
    private let scorer: ActionScorer
    private let arriving: [Frame]
    private var windows: [StreamWindow]

    /// Streams of noise whose windows are full.
    init(_ scorer: ActionScorer, streams: Int) throws(RecognitionError) {
        let pictures = Session.noise(min(streams, 8), side: scorer.preprocessing.imageSize)
        let first = try scorer.encode(pictures), length = scorer.frames ?? 8
        self.scorer = scorer
        arriving = (0..<streams).map { pictures[$0 % pictures.count] }
        windows = (0..<streams).map { stream in
            var window = StreamWindow(capacity: length)
            for _ in 0..<length { window.append(first[stream % first.count]) }
            return window
        }
    }

    /// Takes a frame of each stream and decides for each.
    mutating func run() throws(RecognitionError) {
        for (stream, state) in try scorer.encode(arriving).enumerated() { windows[stream].append(state) }
        for stream in windows.indices {
            let features = try scorer.features(of: windows[stream].places, known: &windows[stream].neighbours)
            _ = try scorer.rank(features, among: nil)
        }
    }
}
