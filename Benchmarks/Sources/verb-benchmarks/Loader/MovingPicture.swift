import Video

/// Pictures with the motion of a real scene: a textured ground that pans, and textured discs that move over it.
///
/// A strip at the top shows the picture's number in black and white cells, so that every reader can be checked.
struct MovingPicture {
    /// Cells of the strip, each one bit of the number.
    static let cells = 12

    private let width: Int, height: Int
    private let ground: [UInt8]
    private let side = 1024

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        ground = Self.texture(side: side)
    }

    /// Smooth noise at five scales, periodic, one byte a place.
    private static func texture(side: Int) -> [UInt8] {
        var draws = SeededDraws(seed: 11)
        var sums = [Double](repeating: 0, count: side * side)
        for scale in [4, 8, 32, 64, 128] {
            let count = side / scale
            let points = (0..<count * count).map { _ in draws.real(in: -1..<1) }
            let strength = scale < 10 ? 9.0 : 38.0
            for y in 0..<side {
                for x in 0..<side {
                    let (column, row) = (x / scale, y / scale)
                    let (u, v) = (Double(x % scale) / Double(scale), Double(y % scale) / Double(scale))
                    let (right, below) = ((column + 1) % count, (row + 1) % count)
                    let above = points[row * count + column] * (1 - u) + points[row * count + right] * u
                    let under = points[below * count + column] * (1 - u) + points[below * count + right] * u
                    sums[y * side + x] += strength * (above * (1 - v) + under * v)
                }
            }
        }
        return sums.map { UInt8(min(255, max(0, 128 + $0))) }
    }

    /// The picture of a number.
    func frame(_ number: Int) -> Frame {
        let strip = height / 15
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        let discs = (0..<5).map { disc(number, $0) }
        for y in 0..<height {
            for x in 0..<width {
                let place = (y * width + x) * 3
                if y < strip {
                    let bit = number >> (x * Self.cells / width) & 1
                    for channel in 0..<3 { pixels[place + channel] = bit == 1 ? 225 : 30 }
                    continue
                }
                let over = discs.first { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) < $0.radius * $0.radius }
                let colour =
                    over.map { texture(x - $0.x, y - $0.y, $0.kind * 97) } ?? texture(x + 2 * number, y + number, 0)
                for channel in 0..<3 {
                    let tint = over.map { $0.kind * 40 * (channel - 1) / 3 } ?? 0
                    pixels[place + channel] = UInt8(min(255, max(0, Int(colour) + tint + channel * 8)))
                }
            }
        }
        return Frame(width: width, height: height, pixels: pixels)
    }

    private func texture(_ x: Int, _ y: Int, _ offset: Int) -> UInt8 {
        ground[((y + offset) & (side - 1)) * side + ((x + offset) & (side - 1))]
    }

    private func disc(_ number: Int, _ kind: Int) -> (x: Int, y: Int, radius: Int, kind: Int) {
        func bounce(_ value: Int, _ limit: Int) -> Int {
            let place = value % (2 * limit)
            return place < limit ? place : 2 * limit - place
        }
        let speed = max(1, width / 160)
        return (
            bounce(kind * 211 + number * (kind + 1) * speed, width),
            bounce(kind * 157 + number * (5 - kind) * speed, height),
            height / (6 + kind), kind
        )
    }

    /// The number that a picture shows.
    static func number(in pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int) -> Int {
        (0..<cells).reduce(0) { number, cell in
            let column = (2 * cell + 1) * width / (2 * cells), row = height / 30
            return number | (pixels[(row * width + column) * 3] > 127 ? 1 << cell : 0)
        }
    }
}
