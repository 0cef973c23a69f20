/// A kernel that reads the pixels about a place, however much the picture shrinks.
public enum PlainKernel: String, Sendable, Codable, CaseIterable {
    /// The two nearest pixels.
    case bilinear
    /// The four nearest pixels, Keys with a = -0.75; may leave the range of the input.
    case bicubic

    /// Input pixels for each output pixel along one axis.
    var taps: Int {
        switch self {
        case .bilinear: 2
        case .bicubic: 4
        }
    }
}

/// Which input pixels make which output pixel along one axis, without antialiasing.
///
///     x = (o + ½) · in / out - ½,  first tap ⌊x⌋ (bilinear, x cut off at 0) or ⌊x⌋ - 1 (bicubic)
///
/// Taps past an end repeat the last pixel. Source: torch's `interpolate`, `align_corners=False`, in its 32-bit
/// arithmetic.
struct PlainTaps: Sendable {
    /// The first tap of each output pixel; may lie outside of the input.
    private(set) var starts: [Int] = []
    /// `count` weights for each output pixel.
    private(set) var weights: [Float] = []
    /// Taps for each output pixel.
    let count: Int

    init(_ kernel: PlainKernel, from input: Int, to output: Int, range: Range<Int>, reversed: Bool = false) {
        count = kernel.taps
        let scale = Float(input) / Float(output)
        for place in reversed ? Array(range.reversed()) : Array(range) {
            var position = scale * (Float(place) + 0.5) - 0.5
            switch kernel {
            case .bilinear:
                position = max(position, 0)
                let first = min(Int(position), input - 1)
                let share = min(max(position - Float(first), 0), 1)
                starts.append(first)
                weights += [1 - share, share]
            case .bicubic:
                let first = min(Int(position.rounded(.down)), input - 1)
                starts.append(first - 1)
                weights += Self.cubic(min(max(position - Float(first), 0), 1))
            }
        }
    }

    /// The input pixels that any output pixel needs; may reach past the ends.
    var span: Range<Int> {
        guard let first = starts.min(), let last = starts.max() else { return 0..<0 }
        return first..<last + count
    }

    private static func cubic(_ t: Float) -> [Float] {
        let a: Float = -0.75
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }
}
