/// Keeps the times of a source's pictures increasing and continuous over connections, loops and jumps.
///
/// The first picture is at 0. Where the source has to begin again, its next picture is put where the clock says
/// (``Joint/clock``), or right after the one before (``Joint/seamless``).
struct MediaTime {
    /// How two stretches of pictures are joined.
    enum Joint {
        /// By the time that has passed since the first picture: a stream was away in between, or was set anew.
        case clock
        /// As if nothing had been in between: a file that begins again.
        case seamless
    }

    /// Time stamps that go on by so many seconds more than the clock have jumped: the stream was set anew.
    static let jump = 10.0

    private(set) var joint: Joint
    private var origin: ContinuousClock.Instant?
    /// What is added to a time stamp.
    private var offset = 0.0
    private var isJoining = true
    private var last: (time: Double, arrival: ContinuousClock.Instant)?
    /// The time from one picture to the next within a stretch.
    private var step = 0.0

    init(_ joint: Joint) { self.joint = joint }

    /// What comes was recorded: it is not made by the clock, however long a picture stands still in it.
    mutating func isRecorded() { joint = .seamless }

    /// The next picture is the first of a new connection or loop.
    mutating func join() { isJoining = true }

    /// The media time of the next picture.
    ///
    /// - Parameters:
    ///   - stamp: its time stamp in seconds, increasing within a connection.
    ///   - arrival: when it came.
    /// - Returns: seconds after the first picture, more than for the picture before.
    mutating func time(of stamp: Double, arrival: ContinuousClock.Instant) -> Double {
        let start = origin ?? arrival
        origin = start
        let isJoint = isJoining || hasJumped(stamp, arrival)
        if isJoint {
            isJoining = false
            offset = place(arrival, start) - stamp
        }
        let time = stamp + offset
        // A joint is as long as the stream was away, which says nothing of its pictures.
        if let last, !isJoint, time > last.time { step = time - last.time }
        last = (time, arrival)
        return time
    }

    private func place(_ arrival: ContinuousClock.Instant, _ start: ContinuousClock.Instant) -> Double {
        guard let last else { return 0 }
        let next = last.time + max(step, 0.001)
        return joint == .seamless ? next : max((arrival - start) / .seconds(1), next)
    }

    private func hasJumped(_ stamp: Double, _ arrival: ContinuousClock.Instant) -> Bool {
        guard joint == .clock, let last else { return false }
        return stamp + offset - last.time > (arrival - last.arrival) / .seconds(1) + Self.jump
    }
}
