import Foundation
import Testing
import Video

/// The spatial sections of `transform_cases.json`.
struct SpatialCases: Decodable {
    struct Section<Case: Decodable>: Decodable { let cases: [Case] }
    struct Resize: Decodable {
        let w: Int, h: Int, short: Int
        let integer_floor: [Int], float_floor: [Int], pil_resize: [Int], mmcv_rescale: [Int]
    }
    struct Centre: Decodable { let w: Int, h: Int, size: Int, floor: [Int], round_half_even: [Int], ceil: [Int] }
    struct Views: Decodable {
        let w: Int, h: Int, size: Int
        let views3: [[Int]], views4: [[Int]], mmaction_three: [[Int]], slowfast_three: [[Int]]
    }
    struct Five: Decodable { let w: Int, h: Int, size: Int, five: [[Int]] }
    struct MultiScale: Decodable {
        struct Draw: Decodable {
            let pair_index: Int, offset_index: Int
            let box_left_top_width_height: [Int], offsets13: [[Int]]
        }
        let w: Int, h: Int, input_size: Int, scales: [Double], max_gap: Int, pairs_w_h: [[Int]], draws: [Draw]
    }
    struct Random: Decodable {
        let w: Int, h: Int, scale: [Double], ratio: [Double]
        let draws: [Draw], box_left_top_width_height: [Int]
    }
    struct Jitter: Decodable {
        let w: Int, h: Int, min: Double, max: Double, size: Int
        let draws: [Draw], resized_w_h: [Int], left_top: [Int]
    }
    struct Draw: Decodable {
        let kind: String
        let low: Double
        var high: Double?, high_exclusive: Int?
        let value: Double
        var recorded: RecordedDraws.Draw {
            RecordedDraws.Draw(kind: kind, low: low, high: high, highExclusive: high_exclusive, value: value)
        }
    }
    struct Row: Decodable {
        let n_in: Int, n_out: Int, input: [Double], pil_u8_bilinear: [Int], pil_u8_bicubic: [Int]
    }

    let resize_short_side: Section<Resize>, center_crop: Section<Centre>, spatial_views: Section<Views>
    let five_fixed_offsets: Section<Five>, multi_scale_crop: Section<MultiScale>
    let random_resized_crop: Section<Random>, short_side_jitter_crop: Section<Jitter>, resample_1d: Section<Row>
}

@Suite("Spatial transforms against the reference")
struct SpatialTests {
    static let files = FixtureFiles.files { $0.lastPathComponent == "transform_cases.json" }

    @Test(arguments: files)
    func sizesAndFixedCrops(_ file: URL) throws {
        let cases = try FixtureFiles.decode(SpatialCases.self, from: file)
        for row in cases.resize_short_side.cases {
            let expected: [(ShortSideRule, [Int])] = [
                (.integerFloor, row.integer_floor), (.floatFloor, row.float_floor), (.pillow, row.pil_resize),
                (.mmcv, row.mmcv_rescale),
            ]
            for (rule, size) in expected {
                let found = rule.size(of: PixelSize(width: row.w, height: row.h), short: row.short)
                #expect(found == PixelSize(width: size[0], height: size[1]), "\(rule) of \(row.w)x\(row.h)")
            }
        }
        for row in cases.center_crop.cases {
            let expected: [(CentreRule, [Int])] = [
                (.floor, row.floor), (.roundHalfEven, row.round_half_even), (.ceil, row.ceil),
            ]
            for (rule, place) in expected {
                let box = rule.box(side: row.size, in: PixelSize(width: row.w, height: row.h))
                #expect(box == PixelBox(left: place[0], top: place[1], width: row.size, height: row.size))
            }
        }
        for row in cases.spatial_views.cases {
            let expected: [(SpatialViews, [[Int]])] = [
                (.three, row.views3), (.four, row.views4), (.mmactionThree, row.mmaction_three),
                (.slowFastThree, row.slowfast_three),
            ]
            for (rule, places) in expected { try check(rule, row.size, row.w, row.h, places) }
        }
        for row in cases.five_fixed_offsets.cases {
            try check(.five, row.size, row.w, row.h, row.five)
            let ten = try SpatialViews.ten.views(side: row.size, in: PixelSize(width: row.w, height: row.h))
            #expect(ten.map(\.isMirrored) == Array(repeating: [false, true], count: 5).flatMap { $0 })
        }
    }

    private func check(_ rule: SpatialViews, _ side: Int, _ width: Int, _ height: Int, _ places: [[Int]]) throws {
        let views = try rule.views(side: side, in: PixelSize(width: width, height: height))
        let boxes = places.map { PixelBox(left: $0[0], top: $0[1], width: side, height: side) }
        #expect(views.map(\.box) == boxes, "\(rule) of \(width)x\(height)")
    }

    @Test func viewsOfTheWrongSize() {
        let error = #expect(throws: VideoError.self) {
            try SpatialViews.three.views(side: 224, in: PixelSize(width: 300, height: 225))
        }
        #expect(error?.status == .invalidRequest)
    }

    @Test(arguments: files)
    func randomCrops(_ file: URL) throws {
        let cases = try FixtureFiles.decode(SpatialCases.self, from: file)
        for row in cases.multi_scale_crop.cases {
            var rule = MultiScaleCrop(side: row.input_size)
            (rule.scales, rule.largestGap) = (row.scales, row.max_gap)
            let size = PixelSize(width: row.w, height: row.h)
            let pairs = row.pairs_w_h.map { PixelSize(width: $0[0], height: $0[1]) }
            #expect(rule.sizes(in: size) == pairs)
            for draw in row.draws {
                var draws = RecordedDraws([
                    .init(kind: "int", low: 0, highExclusive: pairs.count, value: Double(draw.pair_index)),
                    .init(kind: "int", low: 0, highExclusive: 13, value: Double(draw.offset_index)),
                ])
                #expect(rule.box(in: size, draws: &draws) == box(draw.box_left_top_width_height))
                #expect(draws.mismatches.isEmpty)
                let boxes = rule.boxes(of: pairs[draw.pair_index], in: size)
                #expect(boxes.map { [$0.left, $0.top] } == draw.offsets13)
            }
        }
        for row in cases.random_resized_crop.cases {
            var draws = RecordedDraws(row.draws.map(\.recorded))
            let rule = RandomResizedCrop(area: row.scale[0]..<row.scale[1], aspect: row.ratio[0]..<row.ratio[1])
            let found = rule.box(in: PixelSize(width: row.w, height: row.h), draws: &draws)
            #expect(found == box(row.box_left_top_width_height))
            #expect(draws.mismatches.isEmpty)
            #expect(draws.isUsedUp)
        }
        for row in cases.short_side_jitter_crop.cases {
            var draws = RecordedDraws(row.draws.map(\.recorded))
            let rule = ShortSideJitter(shortSide: row.min..<row.max, side: row.size)
            let found = rule.crop(in: PixelSize(width: row.w, height: row.h), draws: &draws)
            #expect(found.resized == PixelSize(width: row.resized_w_h[0], height: row.resized_w_h[1]))
            #expect(
                found.box == PixelBox(left: row.left_top[0], top: row.left_top[1], width: row.size, height: row.size))
            #expect(draws.mismatches.isEmpty)
            #expect(draws.isUsedUp)
        }
    }

    private func box(_ numbers: [Int]) -> PixelBox {
        PixelBox(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
    }
}

@Suite("Resizing as Pillow does")
struct ResizeTests {
    /// Pictures of `clip` cases of the kind `preprocess`: name, input, shape and bytes of the result.
    static let preprocessing = FixtureFiles.files { $0.path.hasSuffix("/case.json") }.filter { file in
        struct Kind: Decodable { let kind: String }
        return (try? FixtureFiles.decode(Kind.self, from: file).kind) == "preprocess"
    }

    @Test("cases are found") func casesAreFound() { #expect(!Self.preprocessing.isEmpty) }

    @Test(arguments: preprocessing)
    func clipPreprocessing(_ file: URL) throws {
        struct Case: Decodable {
            struct Entry: Decodable {
                let id: String
                let input_size: [Int], resized_size: [Int], crop_offset_torchvision: [Int]
                let crop_offset_transformers: [Int]
            }
            let n_px: Int
            let cases: [Entry]
        }
        let recorded = try FixtureFiles.decode(Case.self, from: file)
        let tensors = try Safetensors(file.deletingLastPathComponent().appending(path: "tensors.safetensors"))
        for entry in recorded.cases {
            let frame = try tensors.frame("inputs.\(entry.id)")
            let size = ShortSideRule.pillow.size(of: frame.size, short: recorded.n_px)
            #expect(size == PixelSize(width: entry.resized_size[1], height: entry.resized_size[0]))
            let resized = frame.resized(to: size, filter: .bicubic)
            #expect(try resized == tensors.frame("outputs.\(entry.id).pil_resized"), "\(entry.id)")
            let crop = CentreRule.roundHalfEven.box(side: recorded.n_px, in: size)
            #expect([crop.top, crop.left] == entry.crop_offset_torchvision)
            let floor = CentreRule.floor.box(side: recorded.n_px, in: size)
            #expect([floor.top, floor.left] == entry.crop_offset_transformers)
            #expect(frame.centreSquare(recorded.n_px) == resized.cropped(to: crop))
        }
    }

    @Test(arguments: FixtureFiles.files { $0.lastPathComponent == "transform_cases.json" })
    func rows(_ file: URL) throws {
        for row in try FixtureFiles.decode(SpatialCases.self, from: file).resample_1d.cases {
            let pixels = row.input.flatMap { [UInt8](repeating: UInt8($0), count: 3) }
            let wide = Frame(width: row.n_in, height: 1, pixels: pixels)
            let tall = Frame(width: 1, height: row.n_in, pixels: pixels)
            for (filter, expected) in [(ResizeFilter.bilinear, row.pil_u8_bilinear), (.bicubic, row.pil_u8_bicubic)] {
                let across = wide.resized(to: PixelSize(width: row.n_out, height: 1), filter: filter)
                let down = tall.resized(to: PixelSize(width: 1, height: row.n_out), filter: filter)
                let wanted = expected.flatMap { [Int](repeating: $0, count: 3) }
                #expect(across.pixels == down.pixels)
                // The recorded integers come from floats here: the stated tolerance is one level.
                #expect(zip(across.pixels, wanted).allSatisfy { abs(Int($0) - $1) <= 1 })
            }
        }
    }

    @Test(arguments: ResizeFilter.allCases)
    func partEqualsTheCutWhole(_ filter: ResizeFilter) {
        let frame = TestPictures.noise(width: 61, height: 47, seed: 3)
        var draws = SeededDraws(seed: 9)
        for _ in 0..<40 {
            let size = PixelSize(width: draws.integer(in: 1..<120), height: draws.integer(in: 1..<120))
            let left = draws.integer(in: 0..<size.width), top = draws.integer(in: 0..<size.height)
            let box = PixelBox(
                left: left, top: top, width: draws.integer(in: 1..<size.width - left + 1),
                height: draws.integer(in: 1..<size.height - top + 1))
            let whole = frame.resized(to: size, filter: filter)
            #expect(frame.resized(to: size, filter: filter, box: box) == whole.cropped(to: box))
        }
    }

    @Test func sameSizeIsUntouched() {
        let frame = TestPictures.noise(width: 20, height: 12, seed: 1)
        #expect(frame.resized(to: frame.size) == frame)
        #expect(frame.mirrored().mirrored() == frame)
        #expect(frame.mirrored() != frame)
    }
}

/// Just enough of the safetensors format to read 8-bit pictures.
struct Safetensors {
    private struct Entry: Decodable {
        let dtype: String, shape: [Int], data_offsets: [Int]
    }

    private let data: Data
    private let entries: [String: Entry]
    private let begin: Int

    init(_ file: URL) throws {
        data = try Data(contentsOf: file)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        begin = 8 + length
        var header = try #require(
            try JSONSerialization.jsonObject(with: data[8..<begin]) as? [String: Any])
        header["__metadata__"] = nil
        entries = try JSONDecoder().decode(
            [String: Entry].self, from: JSONSerialization.data(withJSONObject: header))
    }

    func frame(_ name: String) throws -> Frame {
        let entry = try #require(entries[name])
        try #require(entry.dtype == "U8" && entry.shape.count == 3 && entry.shape[2] == 3)
        let bytes = data[begin + entry.data_offsets[0]..<begin + entry.data_offsets[1]]
        return Frame(width: entry.shape[1], height: entry.shape[0], pixels: [UInt8](bytes))
    }
}
