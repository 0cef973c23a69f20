import Testing
import Video

@Suite("Changes of colour")
struct ColorJitterTests {
    @Test("factors and turns fill their ranges, in every order")
    func ranges() {
        let rule = ColorJitter()
        var draws = SeededDraws(seed: 1)
        var (orders, brightness, hue) = (Set<String>(), [Double](), [Double]())
        for _ in 0..<2000 {
            let operations = rule.operations(draws: &draws)
            orders.insert(operations.map { "\($0)".prefix { $0 != "(" } }.joined(separator: " "))
            for operation in operations {
                switch operation {
                case .brightness(let factor): brightness.append(factor)
                case .contrast(let factor): #expect((0.6...1.4).contains(factor))
                case .color(let factor): #expect((0.8...1.2).contains(factor))
                case .hue(let shift): hue.append(shift)
                default: Issue.record("\(operation)")
                }
            }
        }
        #expect(orders.count == 24 && brightness.count == 2000)
        #expect((0.6..<0.61).contains(brightness.min() ?? 0) && (1.39...1.4).contains(brightness.max() ?? 0))
        #expect((-0.1 ..< -0.099).contains(hue.min() ?? 0) && (0.099...0.1).contains(hue.max() ?? 0))
    }

    @Test("changes of size 0 are left out, and factors stay above 0")
    func sizes() {
        var draws = SeededDraws(seed: 2)
        #expect(ColorJitter(brightness: 0, contrast: 0, saturation: 0, hue: 0).operations(draws: &draws).isEmpty)
        for _ in 0..<200 {
            let operations = ColorJitter(brightness: 1, contrast: 0, saturation: 0, hue: 0).operations(draws: &draws)
            guard operations.count == 1, case .brightness(let factor) = operations[0] else {
                Issue.record("\(operations)")
                continue
            }
            #expect((0...2).contains(factor))
        }
    }

    @Test("greys have no hue to turn, and a full turn of none changes little")
    func hue() {
        let greys = Frame(width: 3, height: 1, pixels: [0, 0, 0, 90, 90, 90, 255, 255, 255])
        #expect(greys.applying(.hue(0.3)) == greys)
        let primaries = Frame(width: 3, height: 1, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255])
        #expect(primaries.applying(.hue(1.0 / 3)).pixels == [0, 255, 0, 0, 0, 255, 255, 0, 0])
    }

    @Test("blur keeps flat pictures, and spreads a point without moving it")
    func blur() {
        let flat = Frame(width: 5, height: 4, pixels: Array(repeating: 201, count: 60))
        #expect(flat.applying(.blur(deviation: 1.5)) == flat)
        var pixels = [UInt8](repeating: 0, count: 9 * 9 * 3)
        pixels[(4 * 9 + 4) * 3 + 1] = 255
        let spread = Frame(width: 9, height: 9, pixels: pixels).applying(.blur(deviation: 1))
        #expect(spread == spread.mirrored())
        #expect(spread.pixels[(4 * 9 + 4) * 3 + 1] == spread.pixels.max())
        #expect(spread.pixels.enumerated().allSatisfy { $0.offset % 3 == 1 || $0.element == 0 })
        #expect(Frame(width: 1, height: 1, pixels: [9, 8, 7]).applying(.blur(deviation: 2)).pixels == [9, 8, 7])
    }
}
