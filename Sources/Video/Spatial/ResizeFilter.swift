/// A resampling kernel with Pillow's antialiasing: stretched by `in / out` when shrinking.
public enum ResizeFilter: String, Sendable, Codable, CaseIterable {
    /// The triangle of width 2.
    case bilinear
    /// The Keys cubic with a = -0.5, width 4.
    case bicubic

    /// Half the kernel's width at scale 1.
    var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// The kernel's value.
    func callAsFunction(_ x: Double) -> Double {
        let x = abs(x)
        switch self {
        case .bilinear: return x < 1 ? 1 - x : 0
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        }
    }
}

/// Which input pixels make which output pixel along one axis, in 22-bit fixed point.
///
///     centre = (i + ½)·s,  s = in / out;  x from ⌊centre - r + ½⌋ to ⌊centre + r + ½⌋,  r = support · max(s, 1)
///     wₓ = k((x - centre + ½) / max(s, 1)) / Σ,  rounded half away from zero to multiples of 2⁻²²
///
/// Source: Pillow's `ImagingResample` for 8-bit pictures; checked bit for bit against Pillow 13.
struct ResampleTable {
    static let precision: Int32 = 22

    /// The first input pixel of each output pixel.
    let starts: [Int]
    /// How many input pixels each output pixel has.
    let counts: [Int]
    /// `stride` weights for each output pixel, of which `counts` are used.
    let weights: [Int32]
    let stride: Int

    init(filter: ResizeFilter, from input: Int, to output: Int, range: Range<Int>) {
        let scale = Double(input) / Double(output)
        let stretch = max(scale, 1)
        let reach = filter.support * stretch
        let stride = Int(reach.rounded(.up)) * 2 + 1
        var (starts, counts): ([Int], [Int]) = ([], [])
        var weights = [Int32](repeating: 0, count: stride * range.count)
        for (place, index) in range.enumerated() {
            let centre = (Double(index) + 0.5) * scale
            let low = max(Int(centre - reach + 0.5), 0)
            let high = min(Int(centre + reach + 0.5), input)
            let values = (low..<high).map { filter((Double($0) - centre + 0.5) * (1 / stretch)) }
            let sum = values.reduce(0, +)
            for (tap, value) in values.enumerated() {
                let exact = (sum != 0 ? value / sum : value) * Double(1 << Self.precision)
                weights[place * stride + tap] = Int32(exact.rounded(.toNearestOrAwayFromZero))
            }
            starts.append(low)
            counts.append(high - low)
        }
        (self.starts, self.counts, self.weights, self.stride) = (starts, counts, weights, stride)
    }

    /// The input pixels that any output pixel needs.
    var span: Range<Int> { (starts.first ?? 0)..<((starts.last ?? 0) + (counts.last ?? 0)) }
}
