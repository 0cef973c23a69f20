/// Which pictures must be converted for whoever looks at the picture nearest to each time of a grid.
///
/// That is, for each grid time, the first picture at or after it, and the picture before where that one is nearer.
struct FrameGrid {
    let rate: Double
    /// The number of the first grid time that no picture has reached.
    private var next = 0
    private var previous: (time: Double, isDelivered: Bool)?

    init(rate: Double) { self.rate = rate }

    /// Takes the time of the next picture; times increase.
    ///
    /// - Returns: whether the picture before it and whether this one is wanted.
    mutating func accept(_ time: Double) -> (previous: Bool, current: Bool) {
        let isReached = time * rate >= Double(next) - 1e-6
        var isNearer = false
        if isReached, let previous, !previous.isDelivered {
            let target = Double(next) / rate
            isNearer = target - previous.time < time - target
        }
        if isReached { next = Int(min(time * rate + 1e-6, 1e15).rounded(.down)) + 1 }
        previous = (time, isReached)
        return (isNearer, isReached)
    }

    /// Whether the last picture is wanted, now that no other follows: it may be the nearest to the next grid time.
    func finish() -> Bool {
        guard let previous, !previous.isDelivered else { return false }
        return Double(next) - previous.time * rate <= 0.5
    }
}
