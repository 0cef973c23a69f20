internal import Foundation

/// Durations counted in classes of equal ratio: percentiles to within one percent, in constant memory.
public struct DurationHistogram: Sendable, Equatable {
    /// Classes of 1 µs to 1000 s; what lies outside is counted in the outermost.
    private static let (perDecade, decades, least) = (128, 9, 1e-6)

    private var counts = [Int](repeating: 0, count: perDecade * decades)
    /// The number of durations.
    public private(set) var count = 0
    /// Their sum in seconds.
    public private(set) var total = 0.0
    /// The longest in seconds.
    public private(set) var maximum = 0.0

    /// Makes an empty histogram.
    public init() {}

    /// The mean in seconds; nil without any.
    public var mean: Double? { count > 0 ? total / Double(count) : nil }

    /// Counts a duration.
    ///
    /// - Parameter seconds: the duration; negative ones and what is no number count as zero.
    public mutating func add(_ seconds: Double) {
        let seconds = seconds > 0 && seconds.isFinite ? seconds : 0
        count += 1
        total += seconds
        maximum = max(maximum, seconds)
        let place = log10(max(seconds, Self.least) / Self.least) * Double(Self.perDecade)
        counts[min(Int(place), counts.count - 1)] += 1
    }

    /// Counts all durations of another histogram.
    ///
    /// - Parameter other: what it has counted.
    public mutating func add(_ other: DurationHistogram) {
        for (place, number) in other.counts.enumerated() { counts[place] += number }
        count += other.count
        total += other.total
        maximum = max(maximum, other.maximum)
    }

    /// The duration that a share of all does not exceed, by nearest rank.
    ///
    /// - Parameter share: from 0 to 1, such as 0.99.
    /// - Returns: seconds, to within one percent; nil without any.
    public func percentile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = min(max(Int((share * Double(count)).rounded(.up)), 1), count)
        var seen = 0
        for (place, number) in counts.enumerated() {
            seen += number
            guard seen >= rank else { continue }
            let middle = Self.least * pow(10, (Double(place) + 0.5) / Double(Self.perDecade))
            return min(middle, maximum)
        }
        return maximum
    }
}
