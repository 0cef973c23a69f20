/// A point or direction in the plane.
struct Point: Equatable, Sendable {
    var x: Double
    var y: Double

    static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
    static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
    static func * (a: Point, k: Double) -> Point { Point(x: a.x * k, y: a.y * k) }

    /// The unit vector of a limb: 0 degrees hangs down, 90 points to the picture's right, 180 up, -90 left.
    static func limb(_ degrees: Double) -> Point { Point(x: sine(degrees), y: -cosine(degrees)) }
}

/// The sine of an angle in degrees, from plain arithmetic so that every machine gets the same bits.
///
/// The C library's sine may differ in its last bit between systems. Error below 1e-7.
func sine(_ degrees: Double) -> Double {
    var angle = degrees - 360 * (degrees / 360).rounded()
    if angle > 90 { angle = 180 - angle } else if angle < -90 { angle = -180 - angle }
    let x = angle * (Double.pi / 180)
    let s = x * x
    return x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))))
}

/// The cosine of an angle in degrees; see ``sine(_:)``.
func cosine(_ degrees: Double) -> Double { sine(degrees + 90) }

/// The value between two values.
func mix(_ a: Double, _ b: Double, _ t: Double) -> Double { a + (b - a) * t }

/// 0 below `low`, 1 above `high`, a smooth slope between.
func smooth(_ t: Double, from low: Double = 0, to high: Double = 1) -> Double {
    let u = min(max((t - low) / (high - low), 0), 1)
    return u * u * (3 - 2 * u)
}
