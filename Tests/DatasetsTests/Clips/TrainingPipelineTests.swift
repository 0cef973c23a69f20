import Testing
import Video

@testable import Datasets

@Suite("Clips of training")
struct TrainingPipelineTests {
    private let video = FakeVideo(number: 2) { _ in }

    private func pipeline(_ change: (inout TrainingClips) -> Void = { _ in }) -> TrainingPipeline {
        var clips = TrainingClips(
            sampling: .segmentCentres, crop: .randomResized(smallestArea: 0.3, largestArea: 1), resize: .bilinear)
        change(&clips)
        return TrainingPipeline(clips: clips, frames: 4, imageSize: 8, normalization: .clip)
    }

    private func clip(seed: UInt64, _ change: (inout TrainingClips) -> Void = { _ in }) throws
        -> TrainingPipeline.Result
    {
        var draws = SeededDraws(seed: seed)
        return try pipeline(change).clip(from: video, draws: &draws)
    }

    private func bytes(_ clip: ClipPixels) throws -> [UInt8] {
        guard case .bytes(let bytes) = clip.storage else {
            Issue.record("no bytes")
            return []
        }
        return bytes
    }

    @Test("only the frames that the clip shows are decoded, in one request")
    func decoding() throws {
        var requests: [[Int]] = []
        let video = FakeVideo(number: 0) { requests.append($0) }
        var draws = SeededDraws(seed: 1)
        _ = try pipeline().clip(from: video, draws: &draws)
        #expect(requests == [[1, 4, 7, 10]])
    }

    @Test("plain kernels give normalised numbers: what resizing after normalising gives")
    func plain() throws {
        let clip = try clip(seed: 3).pixels
        guard case .floats(let floats) = clip.storage else {
            Issue.record("no numbers")
            return
        }
        var draws = SeededDraws(seed: 3)
        let box = RandomResizedCrop(area: 0.3..<1).box(in: FakeVideo.size, draws: &draws)
        let plan = PlainResize(box, to: PixelSize(width: 8, height: 8), kernel: .bilinear)
        var worst = 0.0
        for (place, index) in [1, 4, 8, 11].enumerated() {
            let levels = plan.planes(
                FakeVideo.frame(2, index), scale: SIMD3(repeating: 1), shift: SIMD3(repeating: 0))
            for (value, level) in levels.enumerated() {
                let (mean, std) = (PixelNormalization.clip.mean[value / 64], PixelNormalization.clip.std[value / 64])
                let wanted = (Double(level) / 255 - mean) / std
                worst = max(worst, abs(Double(floats[place * 192 + value]) - wanted))
            }
        }
        #expect(worst < 1e-5)
    }

    @Test("a mirrored clip is the mirror image of every frame", arguments: [ResizeKernel.bicubic, .pillowBilinear])
    func mirror(_ kernel: ResizeKernel) throws {
        let plain = try clip(seed: 4) { ($0.resize, $0.flip) = (kernel, 0) }
        let mirrored = try clip(seed: 4) { ($0.resize, $0.flip) = (kernel, 1) }
        #expect(!plain.isMirrored && mirrored.isMirrored)
        let (one, other) = (plain.pixels.normalized(.clip), mirrored.pixels.normalized(.clip))
        let turned = one.indices.map { one[$0 / 8 * 8 + 7 - $0 % 8] }
        #expect(zip(turned, other).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(one != other)
    }

    @Test("changes of colours are the same in all frames of a clip, or drawn for each frame")
    func colours() throws {
        // A video that shows one picture, so that frames differ by their colours only.
        let still = StillVideo()
        func clip(perFrame: Bool?, _ jitter: ColorJitter?, _ seed: UInt64) throws -> [UInt8] {
            var draws = SeededDraws(seed: seed)
            let pipeline = pipeline {
                ($0.colorJitter, $0.perFrameColour, $0.resize) = (jitter, perFrame, .pillowBilinear)
            }
            return try bytes(pipeline.clip(from: still, draws: &draws).pixels)
        }
        let always = ColorJitter(probability: 1)
        for seed in 0..<5 as Range<UInt64> {
            let shared = try clip(perFrame: nil, always, seed), own = try clip(perFrame: true, always, seed)
            let untouched = try clip(perFrame: nil, nil, seed)
            let frames = { (bytes: [UInt8]) in Set((0..<4).map { Array(bytes[$0 * 192..<$0 * 192 + 192]) }) }
            #expect(frames(shared).count == 1 && frames(own).count == 4)
            #expect(shared != untouched)
            #expect(try clip(perFrame: true, ColorJitter(probability: 0), seed) == untouched)
        }
    }

    @Test("greyscale, inversion and blur by their probabilities")
    func others() throws {
        let grey = try bytes(clip(seed: 5) { ($0.greyscale, $0.resize) = (1, .pillowBicubic) }.pixels)
        #expect(grey.indices.allSatisfy { grey[$0] == grey[$0 / 3 * 3] })
        let plain = try bytes(clip(seed: 5) { $0.resize = .pillowBicubic }.pixels)
        let inverted = try bytes(clip(seed: 5) { ($0.solarize, $0.resize) = (1, .pillowBicubic) }.pixels)
        #expect(inverted == plain.map { $0 < 128 ? $0 : 255 - $0 })
        let blurred = try bytes(clip(seed: 5) { ($0.blur, $0.resize) = (1, .pillowBicubic) }.pixels)
        #expect(blurred != plain && blurred.count == plain.count)
        // Where bytes are needed after a plain kernel, its result is rounded.
        let rounded = try bytes(clip(seed: 5) { ($0.greyscale, $0.resize) = (0.001, .bilinear) }.pixels)
        let exact = try clip(seed: 5).pixels.normalized(.clip)
        let restored = ClipPixels(frames: 4, height: 8, width: 8, storage: .bytes(rounded)).normalized(.clip)
        #expect(zip(restored, exact).allSatisfy { abs($0 - $1) < 0.5 / 255 / 0.26 + 1e-4 })
    }

    @Test("operations on whole pictures: the same for a clip, or drawn for each frame")
    func augmentation() throws {
        let still = StillVideo()
        func frames(_ augmentation: RandomAugmentation, _ seed: UInt64) throws -> Int {
            var draws = SeededDraws(seed: seed)
            let pipeline = pipeline { ($0.augmentation, $0.resize) = (augmentation, .pillowBilinear) }
            let bytes = try bytes(pipeline.clip(from: still, draws: &draws).pixels)
            return Set((0..<4).map { Array(bytes[$0 * 192..<$0 * 192 + 192]) }).count
        }
        for seed in 0..<5 as Range<UInt64> {
            #expect(try frames(.perClip(operations: 4, magnitude: 7, deviation: 0.5), seed) == 1)
            #expect(try frames(.timm("rand-m7-n4-w0"), seed) == 1)
            #expect(try frames(.perFrame(operations: 2, magnitude: 9), seed) > 1)
        }
        let bad = pipeline { $0.augmentation = .timm("auto") }
        var draws = SeededDraws(seed: 1)
        #expect(throws: VideoError.self) { try bad.clip(from: still, draws: &draws) }
    }

    @Test("erased rectangles are the same in all frames, also where bytes are normalised later")
    func erasing() throws {
        func erased(_ kernel: ResizeKernel, _ fill: RandomErasing.Fill) throws -> (ClipPixels, [Float], [Float]) {
            var rule = RandomErasing(probability: 1)
            (rule.fill, rule.smallestArea) = (fill, 0.2)
            let pixels = try clip(seed: 6) { ($0.randomErasing, $0.resize) = (rule, kernel) }.pixels
            return (pixels, pixels.normalized(.clip), try clip(seed: 6) { $0.resize = kernel }.pixels.normalized(.clip))
        }
        for kernel in [ResizeKernel.bilinear, .pillowBilinear] {
            let (pixels, zero, whole) = try erased(kernel, .zero)
            #expect((pixels.erasure == nil) == (kernel == .bilinear))
            let places = zero.indices.filter { zero[$0] != whole[$0] }
            #expect(places.count >= 12 * 12 / 2 && places.allSatisfy { zero[$0] == 0 })
            let planes = Dictionary(grouping: places) { $0 / 64 }.mapValues { Set($0.map { $0 % 64 }) }
            #expect(planes.count == 12 && Set(planes.values).count == 1)
            let colour = try erased(kernel, .colour).1, pixel = try erased(kernel, .pixel).1
            #expect(Set(places.map { colour[$0] }).count == 3)
            #expect(Set(places.map { pixel[$0] }).count == places.count)
            #expect(zero.indices.filter { pixel[$0] != whole[$0] } == places)
        }
    }

    @Test(
        "crops of all kinds have the model's size",
        arguments: [
            TrainingCrop.multiScale(scales: [1, 0.875, 0.75, 0.66]), .randomResized(smallestArea: 0.08, largestArea: 1),
            .shortSideJitter(smallest: 8, largest: 11),
        ], ResizeKernel.allCases)
    func crops(_ crop: TrainingCrop, _ kernel: ResizeKernel) throws {
        for seed in 0..<10 as Range<UInt64> {
            let pixels = try clip(seed: seed) { ($0.crop, $0.resize) = (crop, kernel) }.pixels
            #expect([pixels.frames, pixels.height, pixels.width] == [4, 8, 8])
            #expect(pixels == (try clip(seed: seed) { ($0.crop, $0.resize) = (crop, kernel) }.pixels))
        }
    }

    @Test("pictures that are a little smaller than the model's input, one pixel high, or cut to nothing")
    func small() throws {
        let crops = [
            TrainingCrop.multiScale(scales: [1, 0.875]), .multiScale(scales: [0.001]),
            .randomResized(smallestArea: 0.001, largestArea: 0.002), .shortSideJitter(smallest: 16, largest: 17),
        ]
        for size in [(14, 40), (15, 15), (1, 9), (9, 1), (1, 1)] {
            let picture = Frame(
                width: size.0, height: size.1, pixels: [UInt8](repeating: 9, count: size.0 * size.1 * 3))
            let video = ListedVideo(frames: [picture, picture])
            for crop in crops {
                for kernel in ResizeKernel.allCases {
                    for seed in 0..<20 as Range<UInt64> {
                        var clips = TrainingClips(sampling: .uniform, crop: crop, resize: kernel)
                        clips.augmentation = .perFrame(operations: 3, magnitude: 9)
                        let pipeline = TrainingPipeline(
                            clips: clips, frames: 2, imageSize: 16, normalization: .clip)
                        var draws = SeededDraws(seed: seed)
                        #expect(try pipeline.clip(from: video, draws: &draws).pixels.count == 2 * 3 * 256)
                    }
                }
            }
        }
    }

    @Test("a short video shows one frame in many places; where operations are drawn for each, they differ")
    func repeated() throws {
        let pictures = [FakeVideo.frame(0, 0), FakeVideo.frame(0, 1)]
        for kernel in ResizeKernel.allCases {
            for augmentation in [nil, RandomAugmentation.perFrame(operations: 2, magnitude: 9)] {
                var clips = TrainingClips(
                    sampling: .dense(stride: 3), crop: .randomResized(smallestArea: 0.3, largestArea: 1),
                    resize: kernel)
                clips.augmentation = augmentation
                let pipeline = TrainingPipeline(clips: clips, frames: 4, imageSize: 8, normalization: .clip)
                var draws = SeededDraws(seed: 2)
                let clip = try pipeline.clip(from: ListedVideo(frames: pictures), draws: &draws).pixels
                let floats = clip.normalized(.clip)
                let frames = Set((0..<4).map { Array(floats[$0 * 192..<$0 * 192 + 192]) })
                #expect(augmentation == nil ? frames.count == 1 : frames.count > 1)
            }
        }
    }

    @Test("a picture of another size is brought to the first one's")
    func sizes() throws {
        let pictures = [FakeVideo.frame(0, 0), Frame(width: 3, height: 2, pixels: [UInt8](repeating: 7, count: 18))]
        for kernel in ResizeKernel.allCases {
            var draws = SeededDraws(seed: 2)
            let clips = TrainingClips(sampling: .uniform, crop: .multiScale(scales: [1]), resize: kernel)
            let training = TrainingPipeline(clips: clips, frames: 2, imageSize: 8, normalization: .clip)
            #expect(try training.clip(from: ListedVideo(frames: pictures), draws: &draws).pixels.frames == 2)
            let evaluation = EvaluationPipeline(
                clips: EvaluationClips(sampling: .segments, shortSide: 8, resize: kernel), frames: 2, imageSize: 8,
                normalization: .clip)
            #expect(try evaluation.views(from: ListedVideo(frames: pictures))[0].frames == 2)
        }
    }
}

/// Twelve times the same picture.
private struct StillVideo: FrameSource {
    var count: Int { 12 }
    var report: DecodingReport { DecodingReport() }

    func frames(at indices: [Int]) throws(VideoError) -> [Frame] { indices.map { _ in FakeVideo.frame(9, 0) } }
}

/// Frames that a test has made.
struct ListedVideo: FrameSource {
    let frames: [Frame]

    var count: Int { frames.count }
    var report: DecodingReport { DecodingReport() }

    func frames(at indices: [Int]) throws(VideoError) -> [Frame] { indices.map { frames[$0] } }
}
