/// Which frames of a video that is read from the start are delivered; the others are decoded and never converted.
public enum FrameSelection: Sendable, Hashable {
    /// Every frame.
    case all
    /// Frames 0, k, 2k and so on.
    case stride(Int)
    /// The frame shown at 0, 1/rate, 2/rate … seconds after the first, by the rule of ``TimeMapping``; a frame is
    /// repeated when it is shown for longer than one step.
    case rate(Double)
    /// The frame shown at each of these times in seconds after the first frame, which must not decrease.
    case times([Double])
}

/// Decides picture by picture which are delivered.
///
/// Times are seconds after the first picture.
struct FrameSelector {
    private let selection: FrameSelection
    private var position = 0
    /// The next of the times, or the next multiple of 1 / rate.
    private var next = 0
    private var last = 0.0
    /// The longest time in seconds that one picture may be shown, a day; longer ones are damaged time stamps.
    private static let longestDisplay = 86_400.0

    init(_ selection: FrameSelection) throws(VideoError) {
        switch selection {
        case .all: break
        case .stride(let step):
            guard step > 0 else { throw VideoError(.invalidRequest, detail: "every \(step) frames") }
        case .rate(let rate):
            guard rate > 0, rate.isFinite else { throw VideoError(.invalidRequest, detail: "\(rate) frames a second") }
        case .times(let times):
            guard zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                throw VideoError(.invalidRequest, detail: "the times decrease")
            }
        }
        self.selection = selection
    }

    /// The picture at `time` is there: how often the one before is delivered, and whether this one is.
    mutating func accept(_ time: Double) throws(VideoError) -> (previous: Int, current: Bool) {
        guard time - last <= Self.longestDisplay else {
            throw VideoError(
                .irregularTimestamps,
                detail: "the time stamps jump by \(Int(exactly: (time - last).rounded()) ?? .max) s")
        }
        last = time
        defer { position += 1 }
        switch selection {
        case .all: return (0, true)
        case .stride(let step): return (0, position % step == 0)
        case .rate(let rate):
            var copies = 0
            while Double(next) / rate + 1e-6 < time {
                copies += 1
                next += 1
            }
            return (copies, false)
        case .times(let times):
            // Nothing is before the first frame: times before it show it as well.
            if position == 0 { return (0, false) }
            let begin = next
            while next < times.count, times[next] + 1e-6 < time { next += 1 }
            return (next - begin, false)
        }
    }

    /// The video has ended at `end`: how often the last picture is delivered.
    mutating func finish(_ end: Double) -> Int {
        switch selection {
        case .all, .stride: return 0
        case .rate(let rate):
            let shown = min(end, last + Self.longestDisplay)
            return max(max(1, Int(exactly: (shown * rate + 0.5).rounded(.down)) ?? 1) - next, 0)
        case .times(let times): return times.count - next
        }
    }

    /// Whether nothing more will be delivered.
    var isComplete: Bool {
        if case .times(let times) = selection { return next == times.count }
        return false
    }
}
