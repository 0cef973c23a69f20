import Testing
import Video

@Suite("ActionCLIP's RandAugment")
struct IldoonetRandAugmentTests {
    /// The arguments at the reference's magnitude of 9.
    private static let published: [IldoonetRandAugment.Kind: Double] = [
        .rotate: 9, .posterize: 1.2, .solarize: 76.8, .solarizeAdd: 33, .color: 0.64, .contrast: 0.64,
        .brightness: 0.64, .sharpness: 0.64, .shearX: 0.09, .shearY: 0.09, .cutOut: 12, .translateX: 30,
        .translateY: 30, .autoContrast: 0.3, .equalize: 0.3, .invert: 0.3,
    ]

    @Test("arguments at magnitude 9")
    func arguments() throws {
        #expect(IldoonetRandAugment.Kind.allCases.count == 16)
        for kind in IldoonetRandAugment.Kind.allCases {
            let expected = try #require(Self.published[kind])
            #expect(abs(kind.argument(magnitude: 9) - expected) < 1e-12)
        }
    }

    @Test("all operations come, with both signs where they have one, and as many as asked for")
    func draws() {
        var draws = SeededDraws(seed: 1)
        let size = PixelSize(width: 60, height: 40)
        var seen: [String: Int] = [:]
        for _ in 0..<4000 {
            let operations = IldoonetRandAugment().operations(in: size, draws: &draws)
            #expect(operations.count == 2)
            for operation in operations {
                let name = if case .cutOut = operation { "cutOut" } else { "\(operation)" }
                seen[name, default: 0] += 1
            }
        }
        let names = [
            "autoContrast", "equalize", "invert", "rotate(9.0)", "rotate(-9.0)", "posterize(bits: 1)",
            "solarize(threshold: 77)", "addAndSolarize(33.0)", "cutOut", "translateX(0.5)", "translateX(-0.5)",
            "translateY(0.75)", "translateY(-0.75)",
        ]
        for name in names { #expect((seen[name] ?? 0) > 200, "\(name)") }
        #expect(seen.count == 16 + 5)
    }

    @Test("squares have the side and lie in the picture, ends included")
    func squares() throws {
        var draws = SeededDraws(seed: 2)
        let size = PixelSize(width: 30, height: 20)
        for _ in 0..<3000 {
            for case .cutOut(let box) in IldoonetRandAugment(count: 1).operations(in: size, draws: &draws) {
                #expect(box.left >= 0 && box.top >= 0 && box.width <= 13 && box.height <= 13)
                #expect(box.left + box.width <= 31 && box.top + box.height <= 21)
                #expect(box.width == 13 || box.left + box.width == 31)
            }
        }
    }
}
