internal import Foundation

/// Where values lie on one side of a chart, and which of them are labelled.
struct ChartAxis {
    let ticks: [Double]
    private let lower: Double, upper: Double
    private let isLogarithmic: Bool

    /// Makes an axis with ticks at 1, 2 or 5 times a power of ten that holds all values.
    ///
    /// - Parameters:
    ///   - values: the finite values that are drawn.
    ///   - hasZero: whether zero belongs on the axis where values are near it.
    ///   - isWhole: whether ticks are whole numbers.
    init(_ values: [Double], hasZero: Bool = false, isWhole: Bool = false) {
        isLogarithmic = false
        var (low, high) = (values.min() ?? 0, values.max() ?? 1)
        if hasZero, low > 0, low < high / 2 || low == high { low = 0 }
        if hasZero, high < 0 { high = 0 }
        if low == high { (low, high) = (low - Self.margin(low), high + Self.margin(high)) }
        var step = Self.niceStep((high - low) / 4)
        if isWhole { step = max(step, 1) }
        let (first, last) =
            isWhole ? (low / step, high / step) : ((low / step).rounded(.down), (high / step).rounded(.up))
        ticks = Array(stride(from: first.rounded(.up), through: last + 1e-9, by: 1)).map { $0 * step }
        (lower, upper) = isWhole ? (low, high) : (first * step, last * step)
    }

    /// Makes an axis over the logarithm; all values are above zero.
    init(logarithmOf values: [Double]) {
        isLogarithmic = true
        let (low, high) = (floor(log10(values.min() ?? 1)), ceil(log10(values.max() ?? 10)))
        (lower, upper) = (low, max(high, low + 1))
        let step = max(1, ((upper - lower) / 6).rounded(.up))
        ticks = stride(from: lower, through: upper, by: step).map { pow(10, $0) }
    }

    /// The place of a value, from 0 to 1.
    func place(_ value: Double) -> Double { ((isLogarithmic ? log10(value) : value) - lower) / (upper - lower) }

    private static func margin(_ value: Double) -> Double { value == 0 ? 0.5 : abs(value) / 10 }

    private static func niceStep(_ rough: Double) -> Double {
        let power = pow(10, floor(log10(rough)))
        return ([1, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10) * power
    }
}
