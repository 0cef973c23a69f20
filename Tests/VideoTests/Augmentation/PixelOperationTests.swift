import Testing
import Video

@Suite("Operations on pixels")
struct PixelOperationTests {
    private let frame = TestPictures.noise(width: 13, height: 7, seed: 3)

    private static let idle: [PixelOperation] = [
        .rotate(0), .posterize(bits: 8), .solarize(threshold: 256), .solarizeAdd(0), .color(1), .contrast(1),
        .brightness(1), .sharpness(1), .shearX(0), .shearY(0), .translateX(0), .translateY(0),
    ]

    @Test("arguments that change nothing", arguments: idle)
    func neutral(_ operation: PixelOperation) { #expect(frame.applying(operation) == frame) }

    @Test("known values of one channel")
    func values() {
        let ramp = Frame(width: 4, height: 1, pixels: [0, 1, 2, 60, 61, 62, 127, 128, 129, 255, 200, 100], time: 2)
        func applied(_ operation: PixelOperation) -> [UInt8] { ramp.applying(operation).pixels }
        #expect(applied(.invert) == ramp.pixels.map { 255 - $0 })
        #expect(applied(.posterize(bits: 2)) == ramp.pixels.map { $0 & 0xC0 })
        #expect(applied(.posterize(bits: 0)) == Array(repeating: 0, count: 12))
        #expect(applied(.solarize(threshold: 128)) == [0, 1, 2, 60, 61, 62, 127, 127, 126, 0, 55, 100])
        #expect(applied(.solarizeAdd(110)) == [110, 111, 112, 170, 171, 172, 237, 128, 129, 255, 200, 210])
        #expect(applied(.brightness(0.5)) == ramp.pixels.map { $0 / 2 })
        #expect(applied(.brightness(2)) == ramp.pixels.map { UInt8(min(255, Int($0) * 2)) })
        #expect(ramp.applying(.invert).time == 2)
    }

    @Test("contrast is stretched channel by channel")
    func autoContrast() {
        let dull = Frame(width: 3, height: 1, pixels: [100, 7, 0, 150, 7, 128, 200, 7, 255])
        // Pillow cuts 254.99… down as well.
        #expect(dull.applying(.autoContrast).pixels == [0, 7, 0, 127, 7, 128, 254, 7, 255])
    }

    @Test("pictures of one colour stay under histogram operations")
    func flat() {
        let flat = Frame(width: 3, height: 3, pixels: Array(repeating: 77, count: 27))
        for operation in [PixelOperation.autoContrast, .equalize, .sharpness(1.9), .contrast(0.1), .color(0.1)] {
            #expect(flat.applying(operation) == flat)
        }
    }

    @Test("moves by whole pixels are exact, with grey outside")
    func moves() {
        let moved = frame.applying(.translateX(2.0 / 13))
        for row in 0..<7 {
            for column in 0..<13 {
                let place = (row * 13 + column) * 3
                #expect(moved.pixels[place] == (column < 11 ? frame.pixels[place + 6] : 128))
            }
        }
        let square = TestPictures.noise(width: 8, height: 8, seed: 4)
        let turned = square.applying(.rotate(180))
        #expect(Array(turned.pixels.prefix(3)) == Array(square.pixels.suffix(3)))
        #expect(square.applying(.rotate(90)).applying(.rotate(-90)) == square)
    }

    private static let every = RandAugment.Kind.allCases.flatMap { kind in
        [0.0, 7, 10].flatMap { magnitude in
            [false, true].map { kind.operation(magnitude: magnitude, isNegative: $0) }
        }
    }

    @Test("the smallest pictures pass every operation", arguments: [(1, 1), (2, 1), (1, 3), (2, 2), (3, 3)])
    func smallest(_ size: (width: Int, height: Int)) {
        let frame = TestPictures.noise(width: size.width, height: size.height, seed: 5)
        for operation in Self.every { #expect(frame.applying(operation).size == frame.size, "\(operation)") }
    }
}
