import Foundation
import Testing
import Video

@Suite("Resizing without antialiasing")
struct PlainResizeTests {
    private struct Cases: Decodable {
        struct Section: Decodable {
            let cases: [Row]
            let tolerance: Double
        }
        struct Row: Decodable {
            let n_in: Int, n_out: Int, input: [Double], torch_bilinear: [Double], torch_bicubic: [Double]
        }
        let resample_1d: Section
    }

    private let one = SIMD3<Float>(repeating: 1), zero = SIMD3<Float>(repeating: 0)

    private func whole(_ frame: Frame) -> PixelBox {
        PixelBox(left: 0, top: 0, width: frame.width, height: frame.height)
    }

    @Test(
        "rows and columns as torch resizes them",
        arguments: FixtureFiles.files {
            $0.lastPathComponent == "transform_cases.json"
        })
    func rows(_ file: URL) throws {
        let section = try FixtureFiles.decode(Cases.self, from: file).resample_1d
        for row in section.cases {
            let pixels = row.input.flatMap { [UInt8](repeating: UInt8($0), count: 3) }
            let wide = Frame(width: row.n_in, height: 1, pixels: pixels)
            let tall = Frame(width: 1, height: row.n_in, pixels: pixels)
            for (kernel, expected) in [(PlainKernel.bilinear, row.torch_bilinear), (.bicubic, row.torch_bicubic)] {
                let across = PlainResize(whole(wide), to: PixelSize(width: row.n_out, height: 1), kernel: kernel)
                let down = PlainResize(whole(tall), to: PixelSize(width: 1, height: row.n_out), kernel: kernel)
                let three = expected + expected + expected
                for found in [
                    across.planes(wide, scale: one, shift: zero), down.planes(tall, scale: one, shift: zero),
                ] {
                    #expect(found.count == three.count)
                    #expect(zip(found, three).allSatisfy { abs(Double($0) - $1) <= section.tolerance })
                }
            }
        }
    }

    /// The definition, in doubles, one pixel at a time.
    private func value(
        _ frame: Frame, _ source: PixelBox, _ size: PixelSize, _ kernel: PlainKernel, x: Int, y: Int, channel: Int
    ) -> Double {
        func taps(_ place: Int, _ input: Int, _ output: Int) -> [(Int, Double)] {
            let position = (Double(place) + 0.5) * Double(input) / Double(output) - 0.5
            switch kernel {
            case .bilinear:
                let position = max(position, 0), first = Int(position), share = position - Double(first)
                return [(first, 1 - share), (first + 1, share)]
            case .bicubic:
                let first = Int(position.rounded(.down)), t = position - Double(first)
                return (-1...2).map { tap in
                    let d = abs(Double(tap) - t), a = -0.75
                    let weight =
                        d <= 1 ? (a + 2) * d * d * d - (a + 3) * d * d + 1 : a * (d * d * d - 5 * d * d + 8 * d - 4)
                    return (first + tap, weight)
                }
            }
        }
        var sum = 0.0
        for (row, p) in taps(y, source.height, size.height) {
            for (column, q) in taps(x, source.width, size.width) {
                let row = source.top + min(max(row, 0), source.height - 1)
                let column = source.left + min(max(column, 0), source.width - 1)
                sum += p * q * Double(frame.pixels[(row * frame.width + column) * 3 + channel])
            }
        }
        return sum
    }

    @Test("random parts, sizes and boxes against the definition, also mirrored", arguments: PlainKernel.allCases)
    func definition(_ kernel: PlainKernel) {
        let frame = TestPictures.noise(width: 31, height: 23, seed: 4)
        let (scale, shift) = (SIMD3<Float>(0.01, 0.02, 0.005), SIMD3<Float>(-1, 0.5, 2))
        var draws = SeededDraws(seed: 5)
        func box(in size: PixelSize) -> PixelBox {
            let left = draws.integer(in: 0..<size.width), top = draws.integer(in: 0..<size.height)
            return PixelBox(
                left: left, top: top, width: draws.integer(in: 1..<size.width - left + 1),
                height: draws.integer(in: 1..<size.height - top + 1))
        }
        for round in 0..<60 {
            let source = box(in: frame.size)
            let size = PixelSize(width: draws.integer(in: 1..<50), height: draws.integer(in: 1..<50))
            let part =
                round % 3 == 0 ? PixelBox(left: 0, top: 0, width: size.width, height: size.height) : box(in: size)
            let isMirrored = round % 2 == 1
            let plan = PlainResize(source, to: size, box: part, kernel: kernel, isMirrored: isMirrored)
            let found = plan.planes(frame, scale: scale, shift: shift)
            var worst = 0.0
            for channel in 0..<3 {
                for y in 0..<part.height {
                    for x in 0..<part.width {
                        let column = part.left + (isMirrored ? part.width - 1 - x : x)
                        let exact = value(
                            frame, source, size, kernel, x: column, y: part.top + y, channel: channel)
                        let wanted = exact * Double(scale[channel]) + Double(shift[channel])
                        worst = max(worst, abs(Double(found[(channel * part.height + y) * part.width + x]) - wanted))
                    }
                }
            }
            // Places are 32-bit numbers, as torch's: 10⁻⁵ of a pixel, steps of up to 255 levels.
            #expect(found.count == 3 * part.width * part.height && worst < 2e-4, "\(source) \(size) \(part) \(worst)")
        }
    }

    @Test("a picture of the same size is untouched, and 8-bit results are rounded and cut off")
    func bytes() {
        let frame = TestPictures.noise(width: 12, height: 9, seed: 6)
        for kernel in PlainKernel.allCases {
            #expect(frame.resized(PlainResize(whole(frame), to: frame.size, kernel: kernel)) == frame)
            let turned = PlainResize(whole(frame), to: frame.size, kernel: kernel, isMirrored: true)
            #expect(frame.resized(turned) == frame.mirrored())
        }
        let edge = Frame(width: 4, height: 1, pixels: [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255])
        let plan = PlainResize(whole(edge), to: PixelSize(width: 16, height: 1), kernel: .bicubic)
        let floats = plan.planes(edge, scale: one, shift: zero)
        #expect((floats.min() ?? 0) < -5 && (floats.max() ?? 0) > 260)
        #expect(edge.resized(plan).pixels.contains(0) && edge.resized(plan).pixels.contains(255))
    }
}
