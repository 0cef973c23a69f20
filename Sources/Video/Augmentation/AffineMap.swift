import Foundation

/// Where an output pixel comes from.
///
///     X = a (x + ½) + b (y + ½) + c        Y = d (x + ½) + e (y + ½) + f
struct AffineMap {
    let a: Double, b: Double, c: Double, d: Double, e: Double, f: Double

    init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
        (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
    }

    /// Turns about the middle, against the clock.
    static func rotation(degrees: Double, in size: PixelSize) -> AffineMap {
        func rounded(_ value: Double) -> Double { (value * 1e15).rounded(.toNearestOrEven) / 1e15 }
        let angle = -degrees * .pi / 180, (cx, cy) = (Double(size.width) / 2, Double(size.height) / 2)
        let (ca, sa) = (rounded(cos(angle)), rounded(sin(angle)))
        return AffineMap(ca, sa, cx - ca * cx - sa * cy, -sa, ca, cy + sa * cx - ca * cy)
    }
}

extension Frame {
    /// Moves pixels by a map, bicubic (a = -1), grey (128) where the map leads outside.
    ///
    /// Source: Pillow's `Image.transform`, whose bytes it gives.
    func transformed(by map: AffineMap) -> Frame {
        let changed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                let cubic = BicubicReader(pixels: source, width: width, height: height)
                for row in 0..<height {
                    for column in 0..<width {
                        let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
                        let place = (row * width + column) * 3
                        let (fromX, fromY) = (map.a * x + map.b * y + map.c, map.d * x + map.e * y + map.f)
                        for channel in 0..<3 { target[place + channel] = cubic.value(fromX, fromY, channel) }
                    }
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: changed, time: time)
    }
}

/// Reads a picture between its pixels.
private struct BicubicReader {
    let pixels: UnsafeBufferPointer<UInt8>
    let width: Int, height: Int

    func value(_ x: Double, _ y: Double, _ channel: Int) -> UInt8 {
        guard x >= 0, x < Double(width), y >= 0, y < Double(height) else { return 128 }
        let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
        let (tx, ty) = (x - 0.5 - left, y - 0.5 - top)
        let (column, row) = (Int(left), Int(top))
        func pixel(_ column: Int, _ row: Int) -> Double {
            let (column, row) = (min(max(column, 0), width - 1), min(max(row, 0), height - 1))
            return Double(pixels[(row * width + column) * 3 + channel])
        }
        func line(_ row: Int) -> Double {
            cubic(pixel(column - 1, row), pixel(column, row), pixel(column + 1, row), pixel(column + 2, row), tx)
        }
        let value = cubic(line(row - 1), line(row), line(row + 1), line(row + 2), ty)
        return UInt8(min(255, max(0, value)))
    }

    private func cubic(_ v1: Double, _ v2: Double, _ v3: Double, _ v4: Double, _ t: Double) -> Double {
        v2 + t * ((v3 - v1) + t * ((2 * (v1 - v2) + v3 - v4) + t * (-v1 + v2 - v3 + v4)))
    }
}
