/// Gives each picture of a stream, in order, a time that increases.
///
/// A missing time is the previous one plus the previous duration, or plus the average one; so is a time that does not
/// increase (video specification 1.3).
struct TimeRepair {
    /// Seconds for one tick.
    let tick: Double
    /// Seconds that a frame lasts on average; 0 when unknown.
    let averageDuration: Double
    /// The time of the first picture if it carries none.
    let start: Double
    private(set) var isIrregular = false
    private var previous: (time: Double, duration: Double)?

    init(tick: Double, averageDuration: Double, start: Double) {
        self.tick = tick
        self.averageDuration = averageDuration
        self.start = start
    }

    /// The time in seconds of the next picture.
    mutating func time(timestamp: Int64?, duration: Int64) -> Double {
        let stated = timestamp.map { Double($0) * tick }
        let length = duration > 0 ? Double(duration) * tick : averageDuration > 0 ? averageDuration : tick
        var time = stated ?? start
        if let previous {
            let isUsable = stated.map { $0 > previous.time } ?? false
            if !isUsable { time = previous.time + previous.duration }
        }
        if stated != time { isIrregular = true }
        previous = (time, length)
        return time
    }

    /// The end of the last picture in seconds.
    var end: Double? { previous.map { $0.time + $0.duration } }
}
