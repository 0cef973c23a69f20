/// Which frames of a stream stand at the times of a regular grid, decided from time stamps alone.
///
/// Grid times are d apart and keep their phase from the stream's first frame on, over holes and jumps. At each stands the
/// frame nearest to it within d / 2, else the one before is repeated; so the windows stay regular whatever the frame rate
/// does. A time is decided when a frame at or behind it has come.
struct FrameGrid: Sendable {
    /// Which picture stands at a grid time.
    enum Picture: Sendable, Equatable {
        /// The frame that just came.
        case current
        /// The frame that came before it.
        case previous
        /// The picture of the grid time before.
        case repetition
    }

    /// A decided grid time.
    struct Sample: Sendable, Equatable {
        let picture: Picture
        /// The grid time in seconds.
        let time: Double
        /// The number of the grid time in its run, from 0.
        let number: Int
    }

    /// What a frame's time stamp means.
    enum Verdict: Sendable, Equatable {
        /// It comes in order and decides these times.
        case samples([Sample])
        /// It is not later than the one before; it is not used.
        case late
        /// It starts a new run after a time without frames; it decides a time where it stands at one.
        case gap(Range<Double>, Sample?)
        /// It starts a new run, since the time stamps jumped back.
        case jump(from: Double, to: Double, Sample?)
    }

    private let stride: Double
    private let gap: Double
    /// The largest number of times that a hole of dropped frames decides: repetitions beyond are seen in no window.
    private let limit: Int
    /// The first frame's time in this run.
    private(set) var start = 0.0
    /// The time of the grid's number 0.
    private var origin = 0.0
    /// The grid's number of the next time, and of the first one of this run.
    private var (next, first) = (0, 0)
    private var last: Double?

    init(stride: Double, gap: Double, limit: Int = 1 << 20) {
        (self.stride, self.gap, self.limit) = (stride, gap, limit)
    }

    /// Takes the time stamp of the next frame.
    ///
    /// - Parameters:
    ///   - time: the time stamp.
    ///   - isHole: whether frames before it are missing that the source had: however long the hole is, it is no gap.
    /// - Returns: what the time stamp means.
    mutating func accept(_ time: Double, isHole: Bool = false) -> Verdict {
        guard time.isFinite, abs(time) < 1e12 else { return .late }
        guard let last else {
            // The source counts from its first frame, which was dropped.
            origin = isHole ? 0 : time
            return .samples([restart(at: time)].compactMap(\.self))
        }
        if time <= last {
            // A little is disorder, much is another beginning.
            return last - time <= gap ? .late : .jump(from: last, to: time, restart(at: time))
        }
        if time - last > gap, !isHole { return .gap(last..<time, restart(at: time)) }
        defer { self.last = time }
        if isHole { next = max(next, number(atOrAfter: time) - limit) }
        return .samples(samples(until: time, after: last))
    }

    /// The stream has ended: the times that the last frame is nearest to.
    mutating func finish() -> [Sample] {
        guard let last, let time = nextTime(atMost: last + stride / 2) else { return [] }
        return [take(time, .current)]
    }

    private mutating func restart(at time: Double) -> Sample? {
        (start, last) = (time, time)
        next = number(atOrAfter: time)
        first = next
        return nextTime(atMost: time).map { take($0, .current) }
    }

    private mutating func samples(until time: Double, after last: Double) -> [Sample] {
        var samples: [Sample] = []
        while let due = nextTime(atMost: time) {
            let (before, behind) = (abs(due - last), time - due)
            let isNear = min(before, behind) <= stride / 2 + Self.rounding
            samples.append(take(due, isNear ? (before <= behind ? .previous : .current) : .repetition))
        }
        return samples
    }

    private mutating func take(_ time: Double, _ picture: Picture) -> Sample {
        defer { next += 1 }
        return Sample(picture: picture, time: time, number: next - first)
    }

    private func nextTime(atMost limit: Double) -> Double? {
        let time = origin + Double(next) * stride
        return time <= limit + Self.rounding ? time : nil
    }

    private func number(atOrAfter time: Double) -> Int {
        Int(((time - origin - Self.rounding) / stride).rounded(.up))
    }

    /// Less than the distance of any two frames, more than the rounding of time stamps.
    private static let rounding = 1e-6
}
