extension Frame {
    /// Blurs as Pillow's Gaussian filter does: three boxes of fractional width along rows, then along columns.
    ///
    /// Each of the six passes rounds to 8 bits. Source: Gwosdek et al., "Theoretical foundations of Gaussian
    /// convolution by extended box filtering" (2011), equations 7 to 14.
    func blurred(deviation: Double) -> Frame {
        guard deviation > 0, !pixels.isEmpty else { return self }
        let box = ExtendedBox(deviation: Float(deviation))
        var pixels = pixels
        pixels.withUnsafeMutableBufferPointer { all in
            for row in 0..<height {
                for channel in 0..<3 { box.blur(all, from: row * width * 3 + channel, step: 3, count: width) }
            }
            for column in 0..<width * 3 { box.blur(all, from: column, step: width * 3, count: height) }
        }
        return Frame(width: width, height: height, pixels: pixels, time: time)
    }
}

/// A box whose two outermost pixels count in part; three of them are nearly a Gaussian.
private struct ExtendedBox {
    static let passes = 3
    /// Whole pixels on either side of the middle.
    let reach: Int
    /// The weight of a whole pixel and of the two outermost ones, in 24-bit fixed point.
    let whole: UInt32, part: UInt32

    init(deviation: Float) {
        let variance = deviation * deviation / Float(Self.passes)
        let length = Float((12.0 * Double(variance) + 1.0).squareRoot())
        let l = Float(((Double(length) - 1.0) / 2.0).rounded(.down))
        let share = (2 * l + 1) * (l * (l + 1) - 3 * variance) / (6 * (variance - (l + 1) * (l + 1)))
        let radius = l + share
        reach = Int(radius)
        whole = UInt32(Float(1 << 24) / (radius * 2 + 1))
        part = (UInt32(1 << 24) - UInt32(reach * 2 + 1) * whole) / 2
    }

    /// Blurs one row or column of one channel in place, `passes` times; pixels beyond an end repeat the last one.
    func blur(_ all: UnsafeMutableBufferPointer<UInt8>, from start: Int, step: Int, count: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { line in
            for _ in 0..<Self.passes {
                for place in 0..<count { line[place] = all[start + place * step] }
                var sum: UInt32 = 0
                for place in -reach...reach { sum += UInt32(line[min(max(place, 0), count - 1)]) }
                for place in 0..<count {
                    let before = line[max(place - reach - 1, 0)], after = line[min(place + reach + 1, count - 1)]
                    let value = sum &* whole &+ (UInt32(before) + UInt32(after)) &* part
                    all[start + place * step] = UInt8(truncatingIfNeeded: (value &+ (1 << 23)) >> 24)
                    sum = sum &+ UInt32(after) &- UInt32(line[max(place - reach, 0)])
                }
            }
        }
    }
}
