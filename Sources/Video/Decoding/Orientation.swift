import CFFmpeg

/// How a coded picture is turned and mirrored to stand upright: a signed permutation of the two axes.
struct Orientation: Equatable {
    /// A source pixel (p, q) goes to (a·p + c·q, b·p + d·q), plus what keeps coordinates from being negative.
    private let a: Int, b: Int, c: Int, d: Int

    static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

    private init(a: Int, b: Int, c: Int, d: Int) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// Rounds a display matrix to quarter turns; no matrix, or one without an angle, is upright.
    ///
    /// Source: libavutil/display.h, "The matrix": (x', y') = (p, q) · ((a, b), (c, d)).
    init(displayMatrix matrix: UnsafePointer<Int32>?) {
        guard let matrix, case let angle = av_display_rotation_get(matrix), angle.isFinite else {
            self = .upright
            return
        }
        let quarters = ((Int((angle / 90).rounded()) % 4) + 4) % 4
        let (cosine, sine) = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarters]
        let determinant = Double(matrix[0]) * Double(matrix[4]) - Double(matrix[1]) * Double(matrix[3])
        let mirror = determinant < 0 ? -1 : 1
        self.init(a: cosine, b: -sine, c: mirror * sine, d: mirror * cosine)
    }

    /// Degrees counter-clockwise.
    var degrees: Int { a == 1 ? 0 : b == -1 ? 90 : a == -1 ? 180 : 270 }

    var isMirrored: Bool { a * d - b * c < 0 }

    /// The size of the upright picture.
    func size(_ width: Int, _ height: Int) -> (width: Int, height: Int) { a == 0 ? (height, width) : (width, height) }

    /// Copies RGB rows of `stride` bytes into tightly packed upright RGB.
    func copy(
        _ source: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int, to target: UnsafeMutablePointer<UInt8>
    ) {
        if self == .upright {
            for row in 0..<height {
                (target + row * width * 3).update(from: source + row * stride, count: width * 3)
            }
            return
        }
        let out = size(width, height).width
        // Where pixel (0, 0) goes, and how far a step to the right or downwards moves in the target.
        let origin = (
            a + c < 0 ? (a != 0 ? width - 1 : height - 1) : 0, b + d < 0 ? (b != 0 ? width - 1 : height - 1) : 0
        )
        let right = (b * out + a) * 3, down = (d * out + c) * 3
        for row in 0..<height {
            var from = source + row * stride
            var to = target + (origin.1 * out + origin.0) * 3 + row * down
            for _ in 0..<width {
                to[0] = from[0]
                to[1] = from[1]
                to[2] = from[2]
                from += 3
                to += right
            }
        }
    }
}
