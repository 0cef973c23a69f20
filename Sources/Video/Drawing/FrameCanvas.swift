/// A frame that bars and words are drawn on.
package struct FrameCanvas {
    /// Red, green and blue.
    package typealias Colour = (red: UInt8, green: UInt8, blue: UInt8)

    /// Width in pixels, even.
    package let width: Int
    /// Height in pixels, even.
    package let height: Int
    private var pixels: [UInt8]
    private let time: Double

    /// Makes a canvas of a frame whose pixels become squares of `scale` pixels; an odd last row or column is left out.
    package init(_ frame: Frame, scale: Int = 1) {
        let scale = max(scale, 1)
        let (width, height) = (frame.width * scale & ~1, frame.height * scale & ~1)
        (self.width, self.height, time) = (width, height, frame.time)
        pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
            for row in 0..<height {
                let from = row / scale * frame.width * 3, to = row * width * 3
                for column in 0..<width {
                    let source = from + column / scale * 3, target = to + column * 3
                    for channel in 0..<3 { pixels[target + channel] = frame.pixels[source + channel] }
                }
            }
            count = width * height * 3
        }
    }

    /// The picture as it is now, with the time of the frame that it was made of.
    package var frame: Frame { Frame(width: width, height: height, pixels: pixels, time: time) }

    /// Blends a colour over a rectangle, as far as that is on the canvas.
    package mutating func fill(
        x: Int, y: Int, width: Int, height: Int, _ colour: Colour, opacity: Double = 1
    ) {
        let cover = Int(min(max(opacity, 0), 1) * 256)
        let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in columns {
                let place = (row * self.width + column) * 3
                pixels[place] = Self.blend(pixels[place], colour.red, cover)
                pixels[place + 1] = Self.blend(pixels[place + 1], colour.green, cover)
                pixels[place + 2] = Self.blend(pixels[place + 2], colour.blue, cover)
            }
        }
    }

    /// Writes one line of words; what is beyond the right border is left out.
    ///
    /// - Parameters:
    ///   - text: the words.
    ///   - x: the left border of the first letter.
    ///   - y: the upper border of the letters.
    ///   - scale: pixels for each of the 5 by 8 of a letter.
    ///   - colour: the letters' colour.
    package mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ colour: Colour) {
        for (number, letter) in text.enumerated() {
            let left = x + number * BitmapFont.advance * scale
            guard left < width else { return }
            for (row, bits) in BitmapFont.rows(of: letter).enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour)
                }
            }
        }
    }

    /// The width in pixels of a line of words.
    package static func width(of text: String, scale: Int) -> Int { text.count * BitmapFont.advance * scale }

    /// The height in pixels of a line of words.
    package static func lineHeight(scale: Int) -> Int { BitmapFont.height * scale }

    private static func blend(_ below: UInt8, _ above: UInt8, _ cover: Int) -> UInt8 {
        UInt8((Int(below) * (256 - cover) + Int(above) * cover + 128) >> 8)
    }
}
