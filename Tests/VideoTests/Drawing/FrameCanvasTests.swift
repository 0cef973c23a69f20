import Testing

@testable import Video

@Suite("Drawing on frames")
struct FrameCanvasTests {
    private func black(_ width: Int, _ height: Int) -> Frame {
        Frame(width: width, height: height, pixels: [UInt8](repeating: 0, count: width * height * 3), time: 1.5)
    }

    /// The canvas's red channel as rows of points and hashes.
    private func rows(_ canvas: FrameCanvas) -> [String] {
        let frame = canvas.frame
        return (0..<frame.height).map { row in
            String((0..<frame.width).map { frame.pixels[(row * frame.width + $0) * 3] > 127 ? "#" : "." })
        }
    }

    @Test("pixels become squares, and sizes even")
    func scale() {
        let frame = Frame(width: 3, height: 1, pixels: [10, 0, 0, 20, 0, 0, 30, 0, 0], time: 1.5)
        let canvas = FrameCanvas(frame, scale: 3)
        #expect(canvas.width == 8 && canvas.height == 2)
        let drawn = canvas.frame
        #expect((0..<8).map { drawn.pixels[$0 * 3] } == [10, 10, 10, 20, 20, 20, 30, 30])
        #expect(drawn.time == 1.5)
    }

    @Test("a rectangle is blended where it is on the canvas")
    func fill() {
        var canvas = FrameCanvas(black(4, 2))
        canvas.fill(x: 2, y: -5, width: 9, height: 6, (200, 100, 0), opacity: 0.5)
        let pixels = canvas.frame.pixels
        #expect(Array(pixels[6..<12]) == [100, 50, 0, 100, 50, 0])
        #expect(pixels[0..<6].allSatisfy { $0 == 0 } && pixels[12...].allSatisfy { $0 == 0 })
        canvas.fill(x: 9, y: 9, width: 3, height: 3, (255, 255, 255))
        canvas.fill(x: 1, y: 1, width: -3, height: 1, (255, 255, 255))
        #expect(canvas.frame.pixels == pixels)
    }

    @Test("words are letters of 5 by 8")
    func words() {
        var canvas = FrameCanvas(black(18, 8))
        canvas.write("Lg\u{1F600}", x: 0, y: 0, scale: 1, (255, 255, 255))
        #expect(
            rows(canvas) == [
                "#...........#####.",
                "#...........#...#.",
                "#......####.#...#.",
                "#.....#...#.#...#.",
                "#.....#...#.#...#.",
                "#......####.#...#.",
                "#####.....#.#####.",
                ".......###........",
            ])
        #expect(FrameCanvas.width(of: "abc", scale: 2) == 36 && FrameCanvas.lineHeight(scale: 2) == 16)
    }

    @Test("every letter of ASCII that labels are made of is there")
    func letters() {
        let box = BitmapFont.rows(of: "\u{1F600}")
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-+=%/()'\"_&#*<>" {
            #expect(BitmapFont.rows(of: letter) != box && BitmapFont.rows(of: letter).count == 8)
        }
        #expect(BitmapFont.rows(of: " ").isEmpty)
    }
}
