import Foundation
import Testing
import Video

/// The sections of `transform_cases.json` about augmentation.
private struct AugmentationCases: Decodable {
    struct Section<Case: Decodable>: Decodable { let cases: [Case] }
    struct Draw: Decodable {
        let kind: String
        let low: Double
        var high: Double?, high_exclusive: Int?
        let value: Double
        var recorded: RecordedDraws.Draw {
            RecordedDraws.Draw(kind: kind, low: low, high: high, highExclusive: high_exclusive, value: value)
        }
    }
    struct Levels: Decodable {
        struct Level: Decodable {
            let magnitude: Double
            let args: [String: Double?]
        }
        let order_standard: [String], order_increasing: [String]
        let cases: [Level]
    }
    struct Erasing: Decodable {
        let w: Int, h: Int, count: [Int], min_area: Double, max_area: Double, aspect: [Double]
        let draws: [Draw], erased_pixels: Int, bounding_box_left_top_right_bottom_exclusive: [Int]
        let same_in_all_frames: Bool
    }
    struct Cutmix: Decodable {
        let w: Int, h: Int, lam: Double, draws: [Draw], box_left_top_right_bottom_exclusive: [Int]
        let lam_corrected: Double
    }
    struct Target: Decodable { let labels: [Int], num_classes: Int, lam: Double, smoothing: Double, target: [[Float]] }

    let randaugment_level_to_argument: Levels
    let random_erasing_cube: Section<Erasing>, cutmix: Section<Cutmix>
    let mixup_target: Target
}

@Suite("Augmentation against the reference")
struct AugmentationCasesTests {
    static let files = FixtureFiles.files { $0.lastPathComponent == "transform_cases.json" }

    @Test("arguments of both of timm's lists", arguments: files)
    func levels(_ file: URL) throws {
        let levels = try FixtureFiles.decode(AugmentationCases.self, from: file).randaugment_level_to_argument
        #expect(RandAugment.Kind.allCases.map { $0.name(.plain) } == levels.order_standard)
        #expect(RandAugment.Kind.allCases.map { $0.name(.increasing) } == levels.order_increasing)
        for level in levels.cases {
            #expect(Set(level.args.keys) == Set(levels.order_standard + levels.order_increasing))
            for kind in RandAugment.Kind.allCases {
                for severity in RandAugment.Severity.allCases {
                    let expected = try #require(level.args[kind.name(severity)])
                    let found = kind.operation(magnitude: level.magnitude, severity).argument
                    #expect(
                        (found == nil) == (expected == nil) && abs((found ?? 0) - (expected ?? 0)) < 1e-12,
                        "\(kind.name(severity)) at \(level.magnitude)")
                }
            }
        }
    }

    @Test("erased rectangles from draws", arguments: files)
    func erasing(_ file: URL) throws {
        for row in try FixtureFiles.decode(AugmentationCases.self, from: file).random_erasing_cube.cases {
            var rule = RandomErasing(probability: 1)
            (rule.smallestCount, rule.largestCount) = (row.count[0], row.count[1])
            (rule.smallestArea, rule.largestArea, rule.smallestAspect) = (row.min_area, row.max_area, row.aspect[0])
            var draws = RecordedDraws(row.draws.map(\.recorded))
            let boxes = rule.boxes(in: PixelSize(width: row.w, height: row.h), draws: &draws)
            #expect(draws.mismatches.isEmpty && draws.isUsedUp)
            let places = boxes.flatMap { box in
                (box.top..<box.top + box.height).flatMap { y in
                    (box.left..<box.left + box.width).map { [$0, y] }
                }
            }
            #expect(Set(places).count == row.erased_pixels)
            let bounds = [
                boxes.map(\.left).min(), boxes.map(\.top).min(), boxes.map { $0.left + $0.width }.max(),
                boxes.map { $0.top + $0.height }.max(),
            ]
            #expect(bounds == row.bounding_box_left_top_right_bottom_exclusive)
        }
    }

    @Test("cutmix's rectangles from draws", arguments: files)
    func cutmix(_ file: URL) throws {
        for row in try FixtureFiles.decode(AugmentationCases.self, from: file).cutmix.cases {
            var draws = RecordedDraws(row.draws.map(\.recorded))
            let size = PixelSize(width: row.w, height: row.h)
            let box = BatchMixing.box(share: row.lam, in: size, draws: &draws)
            #expect(
                [box.left, box.top, box.left + box.width, box.top + box.height]
                    == row.box_left_top_right_bottom_exclusive)
            #expect(draws.mismatches.isEmpty && draws.isUsedUp)
            let share = 1 - Double(box.width * box.height) / Double(row.w * row.h)
            #expect(abs(share - row.lam_corrected) < 1e-12)
        }
    }

    @Test("soft targets", arguments: files)
    func targets(_ file: URL) throws {
        let row = try FixtureFiles.decode(AugmentationCases.self, from: file).mixup_target
        let partners = Array(row.labels.indices.reversed())
        let mixture = BatchMixing.Mixture(share: row.lam, box: nil, partners: partners)
        let found = mixture.targets(row.labels, classes: row.num_classes, smoothing: row.smoothing)
        for (one, other) in zip(found.joined(), row.target.joined()) { #expect(abs(one - other) < 1e-6) }
        #expect(found.map(\.count) == row.target.map(\.count))
    }
}

extension PixelOperation {
    /// The argument as the reference lists it, without a sign.
    fileprivate var argument: Double? {
        switch self {
        case .posterize(let number), .solarize(let number), .solarizeAdd(let number): Double(number)
        case .rotate(let number), .color(let number), .contrast(let number), .brightness(let number),
            .sharpness(let number), .shearX(let number), .shearY(let number), .translateX(let number),
            .translateY(let number):
            number
        default: nil
        }
    }
}
