/// A colour in 8-bit RGB.
struct Colour: Equatable, Sendable {
    var red, green, blue: Int

    init(_ red: Int, _ green: Int, _ blue: Int) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour with each channel multiplied by a fraction in 1/256.
    func scaled(_ r: Int, _ g: Int, _ b: Int) -> Colour {
        Colour(min(255, (red * r) >> 8), min(255, (green * g) >> 8), min(255, (blue * b) >> 8))
    }

    func scaled(_ all: Int) -> Colour { scaled(all, all, all) }
}

/// Where the world appears in the picture.
struct PuppetsCamera: Equatable, Sendable {
    /// The side of the picture in pixels.
    let size: Int
    /// Pixels for one body height.
    let scale: Double
    /// The picture's middle in the world.
    let centre: Point
    private let rollSine, rollCosine: Double

    /// - Parameters:
    ///   - size: the side of the picture in pixels.
    ///   - zoom: 1 shows ``field`` body heights.
    ///   - centre: the point of the world in the picture's middle.
    ///   - roll: degrees clockwise.
    init(size: Int, zoom: Double, centre: Point, roll: Double) {
        self.size = size
        self.centre = centre
        scale = Double(size) / Self.field * zoom
        rollSine = sine(roll)
        rollCosine = cosine(roll)
    }

    /// How many body heights the picture shows at zoom 1.
    static let field = 1.34

    func project(_ point: Point) -> Point {
        let dx = (point.x - centre.x) * scale, dy = (centre.y - point.y) * scale
        let half = Double(size) / 2
        return Point(x: half + dx * rollCosine - dy * rollSine, y: half + dx * rollSine + dy * rollCosine)
    }

    /// The picture's turn for an angle of the world (counter-clockwise), as sine and cosine in pixel axes.
    func axis(_ degrees: Double) -> Point {
        let s = sine(degrees), c = cosine(degrees)
        return Point(x: c * rollCosine + s * rollSine, y: c * rollSine - s * rollCosine)
    }
}

/// A square picture that anti-aliased shapes of the world are painted on, later ones over earlier ones.
///
/// Distances are real numbers from plain arithmetic and square roots, which every IEEE machine rounds alike; coverage
/// and colours are blended in integers.
struct PuppetsCanvas {
    let camera: PuppetsCamera
    /// The light's colour in 1/256 for each channel.
    let light: Colour
    private(set) var pixels: [UInt8]

    init(camera: PuppetsCamera, light: Colour) {
        self.camera = camera
        self.light = light
        pixels = [UInt8](repeating: 0, count: camera.size * camera.size * 3)
    }

    /// A capsule whose ends may differ in width, with an outline inside its border.
    mutating func capsule(
        _ a: Point, _ b: Point, _ radiusA: Double, _ radiusB: Double, _ colour: Colour, outline: Double = 0
    ) {
        let p = camera.project(a), q = camera.project(b)
        let ra = radiusA * camera.scale, rb = radiusB * camera.scale
        let d = q - p
        let length = d.x * d.x + d.y * d.y
        let inverse = length > 0 ? 1 / length : 0
        let reach = max(ra, rb) + outline * camera.scale
        paint(
            from: Point(x: min(p.x, q.x) - reach, y: min(p.y, q.y) - reach),
            to: Point(x: max(p.x, q.x) + reach, y: max(p.y, q.y) + reach), colour, outline: outline
        ) { x, y in
            let px = x - p.x, py = y - p.y
            let t = min(max((px * d.x + py * d.y) * inverse, 0), 1)
            let ex = px - d.x * t, ey = py - d.y * t
            return (ex * ex + ey * ey).squareRoot() - (ra + (rb - ra) * t)
        }
    }

    mutating func disc(_ centre: Point, _ radius: Double, _ colour: Colour, outline: Double = 0) {
        capsule(centre, centre, radius, radius, colour, outline: outline)
    }

    /// A rectangle turned about its centre.
    mutating func box(
        _ centre: Point, _ halfWidth: Double, _ halfHeight: Double, _ colour: Colour, angle: Double = 0,
        outline: Double = 0
    ) {
        let c = camera.project(centre), axis = camera.axis(angle)
        let w = halfWidth * camera.scale, h = halfHeight * camera.scale
        let reachX = abs(axis.x) * w + abs(axis.y) * h + outline * camera.scale
        let reachY = abs(axis.y) * w + abs(axis.x) * h + outline * camera.scale
        paint(
            from: Point(x: c.x - reachX, y: c.y - reachY), to: Point(x: c.x + reachX, y: c.y + reachY), colour,
            outline: outline
        ) { x, y in
            let px = x - c.x, py = y - c.y
            return max(abs(px * axis.x + py * axis.y) - w, abs(py * axis.x - px * axis.y) - h)
        }
    }

    /// A soft dark ellipse on the ground.
    mutating func shadow(_ centre: Point, _ halfWidth: Double, _ halfHeight: Double) {
        let c = camera.project(centre)
        let w = halfWidth * camera.scale, h = halfHeight * camera.scale
        let size = camera.size
        let rows = Self.range(c.y - h, c.y + h, size), columns = Self.range(c.x - w, c.x + w, size)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in rows {
                for x in columns {
                    let dx = (Double(x) + 0.5 - c.x) / w, dy = (Double(y) + 0.5 - c.y) / h
                    let depth = Int(max(0, 1 - dx * dx - dy * dy) * 130)
                    let i = (y * size + x) * 3
                    for channel in i..<i + 3 { pixels[channel] = UInt8((Int(pixels[channel]) * (256 - depth)) >> 8) }
                }
            }
        }
    }

    /// Adds grain that depends on the seed only.
    mutating func grain(_ strength: Int, seed: UInt64) {
        guard strength > 0 else { return }
        var random = SplitMix64(seed: seed)
        var bits: UInt64 = 0
        for i in pixels.indices {
            if i & 7 == 0 { bits = random.next() }
            let noise = (Int(bits & 255) - 128) * strength / 128
            bits >>= 8
            pixels[i] = UInt8(min(max(Int(pixels[i]) + noise, 0), 255))
        }
    }

    /// Blends a colour wherever the distance, in pixels and negative inside, says so.
    @inline(__always)
    private mutating func paint(
        from low: Point, to high: Point, _ colour: Colour, outline: Double,
        distance: (Double, Double) -> Double
    ) {
        let size = camera.size
        let fill = colour.scaled(light.red, light.green, light.blue)
        let edge = fill.scaled(92)
        let border = outline * camera.scale
        let rows = Self.range(low.y, high.y, size), columns = Self.range(low.x, high.x, size)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for y in rows {
                for x in columns {
                    let d = distance(Double(x) + 0.5, Double(y) + 0.5)
                    guard d < border + 0.5 else { continue }
                    let i = (y * size + x) * 3
                    let inside = d <= -0.5 ? 256 : Int(max(0.5 - d, 0) * 256)
                    if border > 0, inside < 256 {
                        Self.blend(pixels, i, edge, min(256, Int((border + 0.5 - d) * 256)))
                    }
                    if inside > 0 { Self.blend(pixels, i, fill, inside) }
                }
            }
        }
    }

    @inline(__always)
    private static func blend(_ pixels: UnsafeMutableBufferPointer<UInt8>, _ i: Int, _ colour: Colour, _ cover: Int) {
        let rest = 256 - cover
        pixels[i] = UInt8((Int(pixels[i]) * rest + colour.red * cover + 128) >> 8)
        pixels[i + 1] = UInt8((Int(pixels[i + 1]) * rest + colour.green * cover + 128) >> 8)
        pixels[i + 2] = UInt8((Int(pixels[i + 2]) * rest + colour.blue * cover + 128) >> 8)
    }

    /// The pixels that a stretch may touch.
    private static func range(_ low: Double, _ high: Double, _ size: Int) -> Range<Int> {
        let first = max(0, Int((low - 1).rounded(.down))), last = min(size, Int((high + 1).rounded(.up)))
        return first < last ? first..<last : 0..<0
    }
}
