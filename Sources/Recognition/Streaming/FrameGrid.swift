/// Which frames of a stream stand at the times of a regular grid, decided from time stamps alone.
///
/// Grid times are d apart, the first at the first frame. At each stands the frame nearest to it within d / 2, else the
/// one before is repeated; so the windows stay regular whatever the frame rate does. A time is decided when a frame at
/// or behind it has come.
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
        /// It starts a new run after a time without frames.
        case gap(Range<Double>, Sample)
        /// It starts a new run, since the time stamps jumped back.
        case jump(from: Double, to: Double, Sample)
    }

    private let stride: Double
    private let gap: Double
    /// The first frame's time in this run.
    private(set) var start = 0.0
    private var next = 0
    private var last: Double?

    init(stride: Double, gap: Double) { (self.stride, self.gap) = (stride, gap) }

    /// Takes the time stamp of the next frame.
    mutating func accept(_ time: Double) -> Verdict {
        guard time.isFinite else { return .late }
        guard let last else { return .samples([restart(at: time)]) }
        if time <= last {
            // A little is disorder, much is another beginning.
            return last - time <= gap ? .late : .jump(from: last, to: time, restart(at: time))
        }
        if time - last > gap { return .gap(last..<time, restart(at: time)) }
        defer { self.last = time }
        return .samples(samples(until: time, after: last))
    }

    /// The stream has ended: the times that the last frame is nearest to.
    mutating func finish() -> [Sample] {
        guard let last, let time = nextTime(atMost: last + stride / 2) else { return [] }
        return [take(time, .current)]
    }

    private mutating func restart(at time: Double) -> Sample {
        (start, next, last) = (time, 0, time)
        return take(time, .current)
    }

    private mutating func samples(until time: Double, after last: Double) -> [Sample] {
        var samples: [Sample] = []
        while let due = nextTime(atMost: time) {
            let (before, behind) = (due - last, time - due)
            let isNear = min(before, behind) <= stride / 2 + Self.rounding
            samples.append(take(due, isNear ? (before <= behind ? .previous : .current) : .repetition))
        }
        return samples
    }

    private mutating func take(_ time: Double, _ picture: Picture) -> Sample {
        defer { next += 1 }
        return Sample(picture: picture, time: time, number: next)
    }

    private func nextTime(atMost limit: Double) -> Double? {
        let time = start + Double(next) * stride
        return time <= limit + Self.rounding ? time : nil
    }

    /// Less than the distance of any two frames, more than the rounding of time stamps.
    private static let rounding = 1e-6
}
