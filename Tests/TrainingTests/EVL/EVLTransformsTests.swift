import Datasets
import FixtureSupport
import Testing
import Torch

@testable import Video

/// What `case.json` of recorded transforms says.
private struct TransformsCase: Decodable {
    struct Draw: Decodable { let area_fraction, log_aspect_ratio: Double }
    struct Box: Decodable { let top, left, height, width: Int }
    /// The draws of a crop; nil stands for ten that were rejected.
    struct Draws: Decodable {
        let list: [Draw]?
        init(from decoder: any Decoder) throws {
            list = try? decoder.singleValueContainer().decode([Draw].self)
        }
    }
    struct Row: Decodable {
        let height, width: Int
        let draws: Draws
        let accepted_draw, crop_height, crop_width, top_max, left_max: Int?
        let fallback: Box?
    }
    struct Crops: Decodable {
        let scale, ratio: [Double]
        let attempts: Int
        let rows: [Row]
    }
    struct Level: Decodable {
        let op: String
        let magnitude: Double
        let args, args_draw_at_most_half, args_draw_above_half: [Double]?
    }
    struct Operations: Decodable {
        let magnitude: Double
        let fill: [Int]
        let made_with: String?
    }
    struct Resize: Decodable {
        let crop_box: Box
        let crop_size, test_short_side: Int
        let align_corners, antialias: Bool
    }
    struct Normalise: Decodable { let mean, std: [Double] }
    struct Tolerance: Decodable {
        let atol: Double
        let share_of_pixels: Double?
    }

    let random_resized_crop: Crops
    let rand_augment_levels: [Level]
    let operations: Operations
    let resize: Resize
    let normalise: Normalise
    let tolerances: [String: Tolerance]

    func tolerance(_ name: String) throws -> Tolerance { try #require(tolerances[name]) }
}

/// Replays the recorded draws of a crop; offsets are the last possible ones.
private struct ReplayedCrop: DrawSource {
    var reals: [Double]
    var largest: [Int] = []

    mutating func real(in range: Range<Double>) -> Double { reals.isEmpty ? range.lowerBound : reals.removeFirst() }

    mutating func integer(in range: Range<Int>) -> Int {
        largest.append(range.upperBound - 1)
        return range.upperBound - 1
    }
}

@Suite("EVL's transforms against the reference")
struct EVLTransformsTests {
    private static let fixtures = Fixture.all("evl", "transforms")

    @Test("crop boxes from draws", arguments: fixtures)
    func crops(_ fixture: Fixture) throws {
        let crops = try fixture.decode(TransformsCase.self).random_resized_crop
        let rule = RandomResizedCrop(area: crops.scale[0]..<crops.scale[1], aspect: crops.ratio[0]..<crops.ratio[1])
        #expect(crops.attempts == 10)
        for row in crops.rows {
            let size = PixelSize(width: row.width, height: row.height)
            // A draw with an area of four pictures is rejected.
            let rejected = (0..<3 * crops.attempts).map { [4.0, 0, 0.5][$0 % 3] }
            let recorded = row.draws.list?.flatMap { draw -> [Double] in
                [draw.area_fraction, draw.log_aspect_ratio, 0.5]
            }
            var draws = ReplayedCrop(reals: recorded ?? rejected)
            let box = rule.box(in: size, draws: &draws)
            if let expected = row.fallback {
                #expect(
                    box
                        == PixelBox(
                            left: expected.left, top: expected.top, width: expected.width, height: expected.height))
                #expect(draws.largest.isEmpty)
            } else {
                let sides = [try #require(row.crop_height), try #require(row.crop_width)]
                let offsets = [try #require(row.top_max), try #require(row.left_max)]
                #expect([box.height, box.width] == sides)
                #expect([box.top, box.left] == offsets)
                #expect(draws.largest == offsets)
                let (drawn, accepted) = (try #require(row.draws.list).count, try #require(row.accepted_draw))
                #expect(draws.reals.count == 3 * (drawn - accepted - 1))
            }
        }
    }

    @Test("the arguments of RandAugment", arguments: fixtures)
    func levels(_ fixture: Fixture) throws {
        let levels = try fixture.decode(TransformsCase.self).rand_augment_levels
        #expect(Set(levels.map(\.op)) == Set(RandAugment.Kind.allCases.map(\.rawValue)))
        for level in levels {
            let kind = try #require(RandAugment.Kind(rawValue: level.op))
            let plus = try #require(level.args ?? level.args_draw_at_most_half)
            let minus = try #require(level.args ?? level.args_draw_above_half)
            #expect(kind.isSigned() || level.args_draw_above_half == nil)
            for (isNegative, expected) in [(false, plus), (true, minus)] {
                let found = kind.operation(magnitude: level.magnitude, isNegative: isNegative).arguments
                #expect(found.count == expected.count)
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(level.op) \(level.magnitude)")
            }
        }
    }

    /// Whether a case has the bytes of the Pillow that the formulas are of.
    private func isExact(_ fixture: Fixture) throws -> Bool {
        guard !Fixture.isOwn(fixture.folder) else { return true }
        func maker(_ fixture: Fixture?) throws -> String? {
            try fixture?.decode(TransformsCase.self).operations.made_with
        }
        let own = try maker(Fixture.own("evl", "transforms"))
        return try own != nil && maker(fixture) == own
    }

    @Test("the operations on pixels, byte for byte where Pillow's version is the same", arguments: fixtures)
    func pixels(_ fixture: Fixture) throws {
        let (record, tensors) = (try fixture.decode(TransformsCase.self), try fixture.tensors())
        let isExact = try isExact(fixture)
        let image = try #require(tensors["inputs.image"])
        let frame = Frame(width: image.shape[1], height: image.shape[0], pixels: image.array(of: UInt8.self))
        #expect(record.operations.fill == [128, 128, 128])
        let tolerance = try record.tolerance("pixel_operations")
        var compared: Set<String> = []
        for kind in RandAugment.Kind.allCases {
            for isNegative in kind.isSigned() ? [false, true] : [false] {
                let name = "outputs.\(kind.rawValue).\(isNegative ? "minus" : "plus")"
                let expected = try #require(tensors[name], "\(name)").array(of: UInt8.self)
                compared.insert(name)
                let operation = kind.operation(magnitude: record.operations.magnitude, isNegative: isNegative)
                let found = frame.applying(operation).pixels
                let close = zip(found, expected).count { abs(Double($0) - Double($1)) <= tolerance.atol }
                #expect(Double(close) >= (tolerance.share_of_pixels ?? 1) * Double(expected.count), "\(name)")
                #expect(found.count == expected.count)
                #expect(!isExact || found == expected, "\(name)")
            }
        }
        let recorded = tensors.keys.filter { $0.hasPrefix("outputs.") && ($0.hasSuffix("us")) }
        #expect(Set(recorded) == compared)
    }

    @Test("resizing without antialiasing, and normalising", arguments: fixtures)
    func resizing(_ fixture: Fixture) throws {
        let (record, tensors) = (try fixture.decode(TransformsCase.self), try fixture.tensors())
        let frames = try #require(tensors["inputs.frames"])  // [3, T, H, W]
        let (whole, rule) = (PixelSize(width: frames.shape[3], height: frames.shape[2]), record.resize)
        #expect(!rule.align_corners && !rule.antialias)
        let (box, square) = (rule.crop_box, PixelSize(width: rule.crop_size, height: rule.crop_size))
        let short = ShortSideRule.integerFloor.size(of: whole, short: rule.test_short_side)
        let part = PixelBox(left: box.left, top: box.top, width: box.width, height: box.height)
        let all = PixelBox(left: 0, top: 0, width: whole.width, height: whole.height)
        let image = try #require(tensors["inputs.image"])  // [H, W, 3]
        let clip = ClipPixels(
            frames: 1, height: image.shape[0], width: image.shape[1], storage: .bytes(image.array(of: UInt8.self)))
        let normalised = clip.normalized(PixelNormalization(mean: record.normalise.mean, std: record.normalise.std))
        let outputs = [
            ("crop_resize_bilinear", resized(frames, PlainResize(part, to: square, kernel: .bilinear)), "resize"),
            ("test_resize_bilinear", resized(frames, PlainResize(all, to: short, kernel: .bilinear)), "resize"),
            ("test_resize_bicubic", resized(frames, PlainResize(all, to: short, kernel: .bicubic)), "resize"),
            (
                "normalised_image",
                Tensor(normalised, shape: [3, image.shape[0], image.shape[1]]).permuted(1, 2, 0), "normalise"
            ),
        ]
        for (name, value, group) in outputs {
            let tolerance = try record.tolerance(group)
            expectClose(value, tensors["outputs.\(name)"], absolute: tolerance.atol, relative: 0, name)
        }
        let others = tensors.keys.filter { $0.hasPrefix("outputs.") && !$0.hasSuffix("us") }
        #expect(Set(others) == Set(outputs.map { "outputs.\($0.0)" }))
    }

    /// Resizes `[3, T, H, W]` numbers, which are no bytes here, frame by frame.
    private func resized(_ frames: Tensor, _ plan: PlainResize) -> Tensor {
        let (one, zero) = (SIMD3<Float>(repeating: 1), SIMD3<Float>(repeating: 0))
        let count = 3 * plan.output.width * plan.output.height
        let clips = (0..<frames.shape[1]).flatMap { place in
            let pixels = frames.select(1, place).permuted(1, 2, 0).array(of: Float.self)  // [H, W, 3]
            return [Float](unsafeUninitializedCapacity: count) { target, filled in
                pixels.withUnsafeBufferPointer {
                    let size = PixelSize(width: frames.shape[3], height: frames.shape[2])
                    plan.write($0, in: size, scale: one, shift: zero, to: target)
                }
                filled = count
            }
        }
        let shape = [frames.shape[1], 3, plan.output.height, plan.output.width]
        return Tensor(clips, shape: shape).permuted(1, 0, 2, 3)  // [3, T, H', W']
    }
}

extension PixelOperation {
    /// The arguments as the reference lists them.
    fileprivate var arguments: [Double] {
        switch self {
        case .autoContrast, .equalize, .invert, .addAndSolarize, .cutOut, .hue, .greyscale, .blur: []
        case .posterize(let number), .solarize(let number), .solarizeAdd(let number): [Double(number)]
        case .rotate(let number), .color(let number), .contrast(let number), .brightness(let number),
            .sharpness(let number), .shearX(let number), .shearY(let number), .translateX(let number),
            .translateY(let number):
            [number]
        }
    }
}
