import Foundation
import Testing
import Video

/// Replays recorded draws and notes when what is asked for differs from what was recorded.
struct RecordedDraws: DrawSource {
    struct Draw: Decodable, Sendable {
        let kind: String
        let low: Double
        var high: Double?
        var highExclusive: Int?
        let value: Double
    }

    private var rest: ArraySlice<Draw>
    private(set) var mismatches: [String] = []

    init(_ draws: [Draw]) { rest = draws[...] }

    var isUsedUp: Bool { rest.isEmpty }

    mutating func integer(in range: Range<Int>) -> Int {
        guard let draw = rest.popFirst() else {
            mismatches.append("nothing left for \(range)")
            return range.lowerBound
        }
        if draw.kind != "int" || Int(draw.low) != range.lowerBound || draw.highExclusive != range.upperBound {
            mismatches.append("\(draw) for \(range)")
        }
        return min(max(Int(draw.value), range.lowerBound), range.upperBound - 1)
    }

    mutating func real(in range: Range<Double>) -> Double {
        guard let draw = rest.popFirst() else {
            mismatches.append("nothing left for \(range)")
            return range.lowerBound
        }
        let isSame = abs(draw.low - range.lowerBound) < 1e-12 && abs((draw.high ?? .nan) - range.upperBound) < 1e-12
        if draw.kind != "uniform" || !isSame { mismatches.append("\(draw) for \(range)") }
        return draw.value
    }
}

/// Always draws one end of the range, which shows the range.
struct EndDraws: DrawSource {
    let isHigh: Bool
    private(set) var ranges: [Range<Int>] = []

    init(isHigh: Bool) { self.isHigh = isHigh }

    mutating func integer(in range: Range<Int>) -> Int {
        ranges.append(range)
        return isHigh ? range.upperBound - 1 : range.lowerBound
    }

    mutating func real(in range: Range<Double>) -> Double { isHigh ? range.upperBound : range.lowerBound }
}

/// `transform_cases.json`, the parts that this target implements.
struct TransformCases: Decodable {
    struct Temporal: Decodable {
        let cases: [Case]

        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            let rule: String
            let nFrames: Int
            let params: [String: Parameter]
            let draws: [RecordedDraws.Draw]
            let indices: [Int]
            var testDescription: String {
                "\(rule) n=\(nFrames) \(params.mapValues(\.text).sorted { $0.key < $1.key })"
            }

            func whole(_ name: String) -> Int { params[name].map { Int($0.number) } ?? 0 }
        }
    }
    enum Parameter: Decodable, Sendable {
        case value(Double), flag(Bool), word(String)

        init(from decoder: any Decoder) throws {
            let box = try decoder.singleValueContainer()
            if let flag = try? box.decode(Bool.self) {
                self = .flag(flag)
            } else if let value = try? box.decode(Double.self) {
                self = .value(value)
            } else {
                self = .word(try box.decode(String.self))
            }
        }

        var number: Double { if case .value(let value) = self { value } else { .nan } }
        var text: String {
            switch self {
            case .value(let value): "\(value)"
            case .flag(let flag): "\(flag)"
            case .word(let word): word
            }
        }
    }

    let temporal: Temporal

    static let files = FixtureFiles.files { $0.lastPathComponent == "transform_cases.json" }
    static let temporal: [Temporal.Case] = files.flatMap { file in
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (try? decoder.decode(TransformCases.self, from: Data(contentsOf: file)).temporal.cases) ?? []
    }
}

extension TransformCases.Temporal.Case {
    /// The rule that the case names; keys arrive in camel case except inside `params`.
    var sampling: TemporalSampling? {
        let bound = TemporalSampling.OutOfBound(rawValue: params["out_of_bound"]?.text ?? "loop") ?? .loop
        switch rule {
        case "actionclip_train", "actionclip_test":
            return .actionCLIP(segments: whole("num_segments"), length: whole("segment_length"))
        case "m2_uniform_train", "m2_uniform_test": return .uniform(frames: whole("num_frames"))
        case "evl_dense_train": return .dense(frames: whole("num_frames"), stride: whole("sampling_rate"))
        case "evl_views":
            return .dense(frames: whole("num_frames"), stride: whole("sampling_rate"), views: whole("num_views"))
        case "mmaction_segments_train", "mmaction_segments_test": return .segments(clips: whole("num_clips"))
        case "mmaction_dense_train", "mmaction_dense_test":
            return .mmactionDense(
                frames: whole("clip_len"), stride: whole("frame_interval"), clips: whole("num_clips"),
                outOfBound: bound)
        case "mmaction_uniform_train", "mmaction_uniform_test":
            return .mmactionUniform(frames: whole("clip_len"), clips: whole("num_clips"))
        case "slowfast_test":
            return .slowFast(
                frames: whole("num_frames"), stride: whole("sampling_rate"),
                targetRate: params["target_fps"]?.number ?? 30, rate: params["fps"]?.number ?? 30,
                clips: whole("num_clips"), usesOffset: params["use_offset"]?.text == "true")
        default: return nil
        }
    }
}

@Suite("Temporal sampling against the reference")
struct SamplingTests {
    @Test("cases are found") func casesAreFound() { #expect(TransformCases.temporal.count >= 495) }

    @Test(arguments: TransformCases.temporal)
    func recordedRules(_ recorded: TransformCases.Temporal.Case) throws {
        let sampling = try #require(recorded.sampling, "unknown rule \(recorded.rule)")
        if recorded.rule.hasSuffix("_train") {
            var draws = RecordedDraws(recorded.draws)
            #expect(try sampling.trainingIndices(of: recorded.nFrames, draws: &draws) == recorded.indices)
            #expect(draws.mismatches.isEmpty)
            #expect(draws.isUsedUp)
        } else if recorded.rule == "slowfast_test" {
            let clips = try sampling.evaluationIndices(of: recorded.nFrames)
            #expect(clips[recorded.whole("clip_index")] == recorded.indices)
        } else {
            #expect(try sampling.evaluationIndices(of: recorded.nFrames).flatMap { $0 } == recorded.indices)
        }
    }

    static let everyRule: [TemporalSampling] = [
        .actionCLIP(segments: 8), .actionCLIP(segments: 5, length: 3), .uniform(frames: 8),
        .dense(frames: 8, stride: 16, views: 3), .dense(frames: 8, stride: 4, shortClip: .clamp),
        .segments(clips: 8), .segments(clips: 8, outOfBound: .repeatLast), .segmentCentres(clips: 8),
        .mmactionDense(frames: 8, stride: 8, clips: 3), .mmactionUniform(frames: 8, clips: 2),
        .tsmDense(frames: 8), .slowFast(frames: 8, stride: 8, clips: 10),
    ]

    @Test(arguments: everyRule)
    func totalForEveryLength(_ rule: TemporalSampling) throws {
        var draws = SeededDraws(seed: 7)
        for count in 1...200 {
            let training = try rule.trainingIndices(of: count, draws: &draws)
            #expect(training.allSatisfy { (0..<count).contains($0) })
            #expect(training.count % rule.frameCount == 0 && !training.isEmpty)
            for clip in try rule.evaluationIndices(of: count) {
                #expect(clip.count == rule.frameCount)
                #expect(clip.allSatisfy { (0..<count).contains($0) })
            }
        }
        let error = #expect(throws: VideoError.self) { try rule.evaluationIndices(of: 0) }
        #expect(error?.status == .noFrames)
    }

    @Test func settingsThatMakeNoClip() {
        let error = #expect(throws: VideoError.self) {
            try TemporalSampling.dense(frames: 8, stride: 0).evaluationIndices(of: 10)
        }
        #expect(error?.status == .invalidRequest)
    }

    @Test func shortClipsOfEVL() throws {
        var draws = SeededDraws(seed: 1)
        let reference = TemporalSampling.dense(frames: 4, stride: 16)
        #expect(try reference.trainingIndices(of: 3, draws: &draws) == [0, 0, 0, 0])
        let clamped = TemporalSampling.dense(frames: 4, stride: 16, shortClip: .clamp)
        #expect(try clamped.trainingIndices(of: 3, draws: &draws) == [0, 2, 2, 2])
    }

    @Test func seededDrawsStayTheSame() {
        var draws = SeededDraws(seed: 0)
        // The published first values of SplitMix64 for seed 0.
        #expect(draws.next() == 0xE220_A839_7B1D_CDAF)
        #expect(draws.next() == 0x6E78_9E6A_A1B9_65F4)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<5000 { counts[draws.integer(in: 3..<8) - 3] += 1 }
        #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
        #expect((0..<1000).allSatisfy { _ in (2.0..<3).contains(draws.real(in: 2..<3)) })
    }

    @Test func virtualRate() throws {
        // Frames at 0, 1/60, 2/60 … then slower: the public vfr file's shape.
        let mapping = try TimeMapping(times: [5, 5.1, 5.2, 6, 7], duration: 2.5, rate: 2)
        #expect(mapping.count == 5)
        #expect(mapping.frames(at: [0, 1, 2, 3, 4]) == [0, 2, 3, 3, 4])
        #expect(throws: VideoError.self) { try TimeMapping(times: [], duration: 1, rate: 1) }
        #expect(throws: VideoError.self) { try TimeMapping(times: [0], duration: 1, rate: .infinity) }
    }

    @Test func intervals() throws {
        #expect(ClipIntervals.starts(3, length: 2, duration: 10) == [0, 4, 8])
        #expect(ClipIntervals.starts(1, length: 20, duration: 10) == [0])
        let times = (0..<10).map { Double($0) / 10 }
        #expect(try ClipIntervals.indices(times: times, start: 0.25, length: 0.5, frames: 3) == [3, 5, 7])
        #expect(throws: VideoError.self) {
            try ClipIntervals.indices(times: times, start: 3, length: 1, frames: 2)
        }
    }
}

/// `sampling/evl.json`.
struct EVLTables: Decodable {
    struct Train: Decodable {
        let video_length: Int, num_frames: Int, sampling_rate: Int
        let mode: String
        var start_low: Int?, start_high: Int?
        var offsets: [Int]?, indices: [Int]?, low: [Int]?, high: [Int]?
    }
    struct Test: Decodable {
        let video_length: Int, num_frames: Int, sampling_rate: Int, num_temporal_views: Int
        let indices: [[Int]]
    }
    struct Segments: Decodable {
        let video_length: Int, num_frames: Int
        let indices: [Int]
    }
    struct Spatial: Decodable {
        struct Crop: Decodable { let top: Int, left: Int, height: Int, width: Int }
        let height: Int, width: Int, spatial_size: Int, num_spatial_views: Int
        let resized_height: Int, resized_width: Int
        let crops: [Crop]
    }
    let train: [Train], test: [Test]
    let test_segments: [Segments], spatial: [Spatial]
}

/// `sampling/actionclip.json`.
struct ActionCLIPTables: Decodable {
    struct Test: Decodable { let num_frames: Int, num_segments: Int, seg_length: Int, indices: [Int] }
    struct Train: Decodable {
        let num_frames: Int, num_segments: Int, seg_length: Int
        let mode: String
        var every_frame_once: Int?, extra_random_frames: Int?
        var start_low: [Int]?, start_high: [Int]?
    }
    struct DenseTrain: Decodable {
        let num_frames: Int, num_segments: Int, sample_range: Int, stride: Int, start_low: Int, start_high: Int
    }
    struct DenseTest: Decodable {
        let num_frames: Int, num_segments: Int, sample_range: Int, num_views: Int
        let indices: [[Int]]
    }
    struct Crops: Decodable {
        struct Crop: Decodable { let crop_width: Int, crop_height: Int, offsets: [[Int]] }
        let width: Int, height: Int, input_size: Int
        let crops: [Crop]
    }
    struct TestCrop: Decodable {
        let width: Int, height: Int, input_size: Int, scale_size: Int
        let resized_width: Int, resized_height: Int, crop_left: Int, crop_top: Int
    }
    struct ThreeCrops: Decodable { let width: Int, height: Int, crop_size: Int, offsets: [[Int]] }
    let test: [Test], train: [Train]
    let dense_train: [DenseTrain], dense_test: [DenseTest]
    let train_crops: [Crops], test_crops: [TestCrop], three_crops: [ThreeCrops]
}

@Suite("The tables of EVL and ActionCLIP")
struct SamplingTableTests {
    static let evl = FixtureFiles.files { $0.lastPathComponent == "evl.json" }
    static let actionCLIP = FixtureFiles.files { $0.lastPathComponent == "actionclip.json" }

    @Test(arguments: evl)
    func evlTraining(_ file: URL) throws {
        for row in try FixtureFiles.decode(EVLTables.self, from: file).train {
            var (low, high) = (EndDraws(isHigh: false), EndDraws(isHigh: true))
            let rule: TemporalSampling =
                row.sampling_rate > 0
                ? .dense(frames: row.num_frames, stride: row.sampling_rate) : .uniform(frames: row.num_frames)
            let first = try rule.trainingIndices(of: row.video_length, draws: &low)
            let last = try rule.trainingIndices(of: row.video_length, draws: &high)
            switch row.mode {
            case "strided":
                let offsets = try #require(row.offsets)
                let (start, end) = (row.start_low ?? -1, row.start_high ?? -1)
                let wanted = (low: offsets.map { start + $0 }, high: offsets.map { end + $0 })
                #expect(first == wanted.low)
                #expect(last == wanted.high)
            case "padded":
                #expect(first == row.indices)
                #expect(last == row.indices)
            default:
                #expect(first == row.low)
                #expect(last == row.high)
            }
        }
    }

    @Test(arguments: evl)
    func evlEvaluation(_ file: URL) throws {
        let tables = try FixtureFiles.decode(EVLTables.self, from: file)
        for row in tables.test {
            let rule = TemporalSampling.dense(
                frames: row.num_frames, stride: row.sampling_rate, views: row.num_temporal_views)
            #expect(try rule.evaluationIndices(of: row.video_length) == row.indices)
        }
        for row in tables.test_segments {
            let rule = TemporalSampling.uniform(frames: row.num_frames)
            #expect(try rule.evaluationIndices(of: row.video_length) == [row.indices])
        }
        for row in tables.spatial {
            let size = ShortSideRule.integerFloor.size(
                of: PixelSize(width: row.width, height: row.height), short: row.spatial_size)
            #expect(size == PixelSize(width: row.resized_width, height: row.resized_height))
            let boxes =
                row.num_spatial_views == 1
                ? [CentreRule.floor.box(side: row.spatial_size, in: size)]
                : try SpatialViews.three.views(side: row.spatial_size, in: size).map(\.box)
            #expect(boxes == row.crops.map { PixelBox(left: $0.left, top: $0.top, width: $0.width, height: $0.height) })
        }
    }

    @Test(arguments: actionCLIP)
    func actionCLIPTraining(_ file: URL) throws {
        for row in try FixtureFiles.decode(ActionCLIPTables.self, from: file).train {
            let rule = TemporalSampling.actionCLIP(segments: row.num_segments, length: row.seg_length)
            var (low, high) = (EndDraws(isHigh: false), EndDraws(isHigh: true))
            let first = try rule.trainingIndices(of: row.num_frames, draws: &low)
            let last = try rule.trainingIndices(of: row.num_frames, draws: &high)
            if row.mode == "short" {
                #expect(low.ranges == Array(repeating: 0..<row.num_frames, count: row.extra_random_frames ?? -1))
                #expect(Set(first) == Set(0..<row.num_frames) && first == first.sorted())
            } else {
                let places = Array(stride(from: 0, to: first.count, by: row.seg_length))
                let starts = (low: places.map { first[$0] }, high: places.map { last[$0] })
                #expect(starts.low == row.start_low)
                #expect(starts.high == row.start_high)
            }
        }
    }

    @Test(arguments: actionCLIP)
    func actionCLIPEvaluation(_ file: URL) throws {
        let tables = try FixtureFiles.decode(ActionCLIPTables.self, from: file)
        for row in tables.test {
            let rule = TemporalSampling.actionCLIP(segments: row.num_segments, length: row.seg_length)
            #expect(try rule.evaluationIndices(of: row.num_frames) == [row.indices])
        }
        for row in tables.dense_train {
            var (low, high) = (EndDraws(isHigh: false), EndDraws(isHigh: true))
            let rule = TemporalSampling.tsmDense(frames: row.num_segments, window: row.sample_range)
            let steps = (0..<row.num_segments).map { $0 * row.stride }
            let first = try rule.trainingIndices(of: row.num_frames, draws: &low)
            let last = try rule.trainingIndices(of: row.num_frames, draws: &high)
            #expect(first == steps.map { (row.start_low + $0) % row.num_frames })
            #expect(last == steps.map { (row.start_high + $0) % row.num_frames })
        }
        for row in tables.dense_test {
            let rule = TemporalSampling.tsmDense(
                frames: row.num_segments, window: row.sample_range, views: row.num_views)
            #expect(try rule.evaluationIndices(of: row.num_frames) == row.indices)
        }
    }

    @Test(arguments: actionCLIP)
    func actionCLIPCrops(_ file: URL) throws {
        let tables = try FixtureFiles.decode(ActionCLIPTables.self, from: file)
        for row in tables.train_crops {
            let size = PixelSize(width: row.width, height: row.height)
            let rule = MultiScaleCrop(side: row.input_size)
            let sizes = rule.sizes(in: size)
            #expect(sizes == row.crops.map { PixelSize(width: $0.crop_width, height: $0.crop_height) })
            for (crop, expected) in zip(sizes, row.crops) {
                #expect(rule.boxes(of: crop, in: size).map { [$0.left, $0.top] } == expected.offsets)
            }
        }
        for row in tables.test_crops {
            let size = ShortSideRule.pillow.size(
                of: PixelSize(width: row.width, height: row.height), short: row.scale_size)
            #expect(size == PixelSize(width: row.resized_width, height: row.resized_height))
            let box = CentreRule.roundHalfEven.box(side: row.input_size, in: size)
            #expect(box.left == row.crop_left)
            #expect(box.top == row.crop_top)
        }
        for row in tables.three_crops {
            let size = PixelSize(width: row.width, height: row.height)
            let views = try SpatialViews.actionCLIPThree.views(side: row.crop_size, in: size)
            #expect(views.map { [$0.box.left, $0.box.top] } == row.offsets)
        }
    }
}
