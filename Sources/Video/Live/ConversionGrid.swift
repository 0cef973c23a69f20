/// Which pictures must be converted for whoever looks at the picture nearest to each time of a grid.
///
/// That is, for each grid time, the first picture at or after it, and the picture before unless it is farther away.
struct ConversionGrid {
    private let stride: Double
    private let gap: Double
    private var start = 0.0
    /// The number of the first grid time that no picture has reached.
    private var next = 0
    private var previous: (time: Double, isDelivered: Bool)?

    init(_ grid: LiveSettings.Grid) {
        (stride, gap) = (grid.stride, grid.longestGap ?? .infinity)
    }

    /// Takes the time of the next picture; times increase.
    ///
    /// - Returns: whether the picture before it and whether this one is wanted.
    mutating func accept(_ time: Double) -> (previous: Bool, current: Bool) {
        var isNearer = false
        if let previous, time - previous.time > gap {
            isNearer = finish()
            (start, next, self.previous) = (time, 0, nil)
        }
        if previous == nil { start = time }
        let isReached = target <= time + Self.rounding
        if isReached, let previous, !previous.isDelivered {
            isNearer = target - previous.time <= time - target
        }
        if isReached {
            next = max(Int(min((time - start) / stride, 1e15)) - 1, next)
            while target <= time + Self.rounding { next += 1 }
        }
        previous = (time, isReached)
        return (isNearer, isReached)
    }

    /// Whether the last picture is wanted, now that no other follows: it may be the nearest to the next grid time.
    func finish() -> Bool {
        guard let previous, !previous.isDelivered else { return false }
        return target - previous.time <= stride / 2 + Self.rounding
    }

    private var target: Double { start + Double(next) * stride }

    /// More than the rounding of time stamps.
    private static let rounding = 1e-6
}
