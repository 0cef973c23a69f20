extension Frame {
    /// Goes from another picture to this one, or beyond: `d + f (v - d)` in float32, cut off and cut down.
    func blended(from other: [UInt8], _ factor: Double) -> Frame {
        let factor = Float(factor)
        let changed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            other.withUnsafeBufferPointer { other in
                pixels.withUnsafeBufferPointer { source in
                    for place in 0..<source.count {
                        let (from, to) = (Float(other[place]), Float(source[place]))
                        target[place] = UInt8(min(255, max(0, from + factor * (to - from))))
                    }
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: changed, time: time)
    }

    /// The grey level of each pixel in all three channels.
    var greyPixels: [UInt8] {
        var grey = [UInt8](repeating: 0, count: pixels.count)
        pixels.withUnsafeBufferPointer { source in
            for place in stride(from: 0, to: source.count, by: 3) {
                let level = greyLevel(source, place)
                (grey[place], grey[place + 1], grey[place + 2]) = (level, level, level)
            }
        }
        return grey
    }

    /// The mean of all grey levels, rounded; 0 for a picture without pixels.
    var meanGrey: UInt8 {
        guard !pixels.isEmpty else { return 0 }
        let sum = pixels.withUnsafeBufferPointer { source in
            stride(from: 0, to: source.count, by: 3).reduce(0) { $0 + Int(greyLevel(source, $1)) }
        }
        return UInt8(Double(sum) / Double(pixels.count / 3) + 0.5)
    }

    /// Each pixel as the mean of itself, five times, and its eight neighbours; pixels at the border stay.
    var smoothedPixels: [UInt8] {
        var smoothed = pixels
        guard width > 2, height > 2 else { return smoothed }
        let line = width * 3
        pixels.withUnsafeBufferPointer { source in
            for row in 1..<height - 1 {
                for place in row * line + 3..<(row + 1) * line - 3 {
                    var sum = 4 * Int(source[place])
                    for above in [place - line, place, place + line] {
                        sum += Int(source[above - 3]) + Int(source[above]) + Int(source[above + 3])
                    }
                    smoothed[place] = UInt8((2 * sum + 13) / 26)  // the sum divided by 13, rounded
                }
            }
        }
        return smoothed
    }
}

private func greyLevel(_ source: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt8 {
    let sum = 19595 * Int(source[place]) + 38470 * Int(source[place + 1]) + 7471 * Int(source[place + 2])
    return UInt8((sum + 32768) >> 16)
}
