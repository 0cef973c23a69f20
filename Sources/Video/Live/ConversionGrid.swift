/// Which pictures must be converted for whoever looks at the picture nearest to each time of a grid.
///
/// That is, for each grid time, the first picture at or after it, and the picture before unless it is farther away; also
/// the first one after a gap. The times keep their phase from the first picture on.
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
        guard let previous else {
            (start, next) = (time, 1)
            self.previous = (time, true)
            return (false, true)
        }
        var (isWanted, isFirst) = (false, false)
        if time - previous.time > gap {
            // Whoever looks must know from when on pictures are there again.
            (isWanted, isFirst) = (finish(), true)
            next = number(atOrAfter: time)
        } else if target <= time + Self.rounding, !previous.isDelivered {
            isWanted = target - previous.time <= time - target
        }
        let isReached = target <= time + Self.rounding
        if isReached { next = number(atOrAfter: time + 2 * Self.rounding) }
        self.previous = (time, isReached || isFirst)
        return (isWanted, isReached || isFirst)
    }

    /// Whether the last picture is wanted, now that no other follows: it may be the nearest to the next grid time.
    func finish() -> Bool {
        guard let previous, !previous.isDelivered else { return false }
        return target - previous.time <= stride / 2 + Self.rounding
    }

    private var target: Double { start + Double(next) * stride }

    private func number(atOrAfter time: Double) -> Int {
        Int(min(((time - start - Self.rounding) / stride).rounded(.up), 1e15))
    }

    /// More than the rounding of time stamps.
    private static let rounding = 1e-6
}
