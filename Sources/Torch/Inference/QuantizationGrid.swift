internal import CTorch

/// The 256 numbers that a byte can stand for.
///
///     value = scale (q - zero),   q = 0 … 255
///
/// Zero is always one of them.
package struct QuantizationGrid: Sendable, Equatable {
    /// The distance of neighbours.
    package let scale: Double
    /// The byte that stands for zero.
    package let zero: Int

    /// Bytes that stand for themselves, as those of pictures do.
    package static let bytes = QuantizationGrid(scale: 1, zero: 0)

    private init(scale: Double, zero: Int) { (self.scale, self.zero) = (scale, zero) }

    /// The finest grid that covers a range and zero.
    ///
    /// - Parameters:
    ///   - low: the smallest value.
    ///   - high: the largest value.
    package init(from low: Double, to high: Double) {
        let (low, high) = (min(low, 0), max(high, 0))
        let scale = max((high - low) / 255, 1e-12)
        self.init(scale: scale, zero: Int((-low / scale).rounded()))
    }

    /// The grid that comes nearest to values, in the mean of squares.
    ///
    /// Cutting off the few values farthest out makes the grid finer for all others; shares from none to a thousandth at
    /// each end are tried. Of more than four million values a part at regular distances stands for all.
    ///
    /// - Parameter values: float32 of any shape, at least one.
    package init(fitting values: Tensor) {
        let all = values.reshaped(-1), distance = max(all.count / 4_000_000, 1)
        let flat = distance == 1 ? all : all.slice(0, 0..<all.count, step: distance).contiguous()
        let largest = max(flat.count / 1000, 1)
        let high = flat.topK(largest).values, low = (-flat).topK(largest).values
        let ends = [1, flat.count / 100_000, flat.count / 10_000, largest].map { min(max($0, 1), largest) - 1 }
        let (highs, lows) = (high.array(of: Double.self), low.array(of: Double.self))
        let tried = ends.map { QuantizationGrid(from: -lows[$0], to: highs[$0]) }
        let errors = tried.map { ($0.rounded(flat) - flat).pow(2).mean().item(Double.self) }
        self = zip(tried, errors).min { $0.1 < $1.1 }?.0 ?? tried[0]
    }

    /// The grid's numbers nearest to values.
    ///
    /// - Parameter values: float32 of any shape.
    /// - Returns: float32 of the same shape.
    package func rounded(_ values: Tensor) -> Tensor {
        ((values / scale).rounded.clamped(to: Double(-zero)...Double(255 - zero))) * scale
    }

    var code: ct_grid { ct_grid(scale: scale, zero: Int64(zero)) }
}
