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
    /// Moves pixels by a map.
    ///
    /// Source: Pillow's `Image.transform`, whose bytes it gives.
    func transformed(by map: AffineMap, _ style: WarpStyle) -> Frame {
        let changed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                let reader = PlaceReader(pixels: from, width: width, height: height)
                let fill = style.fill
                switch style.kernel {
                case .nearest: reader.warpNearest(map, fill, to: to)
                case .bilinear: reader.warp(map, fill, to: to) { reader.bilinear($0, $1) }
                case .bicubic: reader.warp(map, fill, to: to) { reader.bicubic($0, $1) }
                }
            }
            count = pixels.count
        }
        return Frame(width: width, height: height, pixels: changed, time: time)
    }
}

/// Reads a picture between its pixels; all three channels at once, the fourth lane is idle.
private struct PlaceReader {
    let pixels: UnsafePointer<UInt8>
    let width: Int, height: Int

    @inline(__always)
    func warp(
        _ map: AffineMap, _ fill: SIMD3<UInt8>, to target: UnsafeMutablePointer<UInt8>,
        _ value: (Double, Double) -> SIMD4<Double>
    ) {
        var write = target
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
                let (fromX, fromY) = (map.a * x + map.b * y + map.c, map.d * x + map.e * y + map.f)
                if fromX >= 0, fromX < Double(width), fromY >= 0, fromY < Double(height) {
                    let value = value(fromX, fromY)
                    (write[0], write[1], write[2]) = (UInt8(value[0]), UInt8(value[1]), UInt8(value[2]))
                } else {
                    (write[0], write[1], write[2]) = (fill[0], fill[1], fill[2])
                }
                write += 3
            }
        }
    }

    /// In steps of 2⁻¹⁶, as Pillow counts.
    func warpNearest(_ map: AffineMap, _ fill: SIMD3<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
        func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
        var (rowX, rowY) = (fixed(map.a / 2 + map.b / 2 + map.c), fixed(map.d / 2 + map.e / 2 + map.f))
        let (a, b, d, e) = (fixed(map.a), fixed(map.b), fixed(map.d), fixed(map.e))
        var write = target
        for _ in 0..<height {
            var (x, y) = (rowX, rowY)
            for _ in 0..<width {
                let (column, row) = (x >> 16, y >> 16)
                if column >= 0, column < width, row >= 0, row < height {
                    let read = pixels + (row * width + column) * 3
                    (write[0], write[1], write[2]) = (read[0], read[1], read[2])
                } else {
                    (write[0], write[1], write[2]) = (fill[0], fill[1], fill[2])
                }
                write += 3
                (x, y) = (x + a, y + d)
            }
            (rowX, rowY) = (rowX + b, rowY + e)
        }
    }

    @inline(__always)
    func bicubic(_ x: Double, _ y: Double) -> SIMD4<Double> {
        let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
        let (tx, ty) = (x - 0.5 - left, y - 0.5 - top)
        let (column, row) = (Int(left), Int(top))
        let columns = (
            min(max(column - 1, 0), width - 1), min(max(column, 0), width - 1), min(max(column + 1, 0), width - 1),
            min(max(column + 2, 0), width - 1)
        )
        @inline(__always) func line(_ row: Int) -> SIMD4<Double> {
            let line = pixels + min(max(row, 0), height - 1) * width * 3
            return Self.cubic(
                Self.pixel(line, columns.0), Self.pixel(line, columns.1), Self.pixel(line, columns.2),
                Self.pixel(line, columns.3), tx)
        }
        let value = Self.cubic(line(row - 1), line(row), line(row + 1), line(row + 2), ty)
        return value.clamped(lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
    }

    @inline(__always)
    func bilinear(_ x: Double, _ y: Double) -> SIMD4<Double> {
        let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
        let (tx, ty) = (x - 0.5 - left, y - 0.5 - top)
        let (column, row) = (Int(left), Int(top))
        let (first, second) = (min(max(column, 0), width - 1), min(max(column + 1, 0), width - 1))
        @inline(__always) func line(_ row: Int) -> SIMD4<Double> {
            let line = pixels + min(max(row, 0), height - 1) * width * 3
            let (a, b) = (Self.pixel(line, first), Self.pixel(line, second))
            return a + (b - a) * tx
        }
        let (above, below) = (line(row), line(row + 1))
        return above + (below - above) * ty
    }

    @inline(__always)
    private static func pixel(_ line: UnsafePointer<UInt8>, _ column: Int) -> SIMD4<Double> {
        let place = line + column * 3
        return SIMD4(Double(place[0]), Double(place[1]), Double(place[2]), 0)
    }

    @inline(__always)
    private static func cubic(
        _ v1: SIMD4<Double>, _ v2: SIMD4<Double>, _ v3: SIMD4<Double>, _ v4: SIMD4<Double>, _ t: Double
    ) -> SIMD4<Double> {
        let cube = v2 - v1 - v3 + v4, square = 2 * (v1 - v2) + v3 - v4
        return v2 + t * ((v3 - v1) + t * (square + t * cube))
    }
}
