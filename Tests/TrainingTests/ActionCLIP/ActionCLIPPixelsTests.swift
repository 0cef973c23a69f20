import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Video

@testable import Datasets

@Suite("ActionCLIP's pixels against Pillow")
struct ActionCLIPPixelsTests {
    private struct Case: Decodable {
        struct Crop: Decodable { let width: Int, height: Int, left: Int, top: Int }
        struct Config: Decodable {
            let input_size: Int
            let scale_size: Int
            let resized_height: Int
            let resized_width: Int
            let crop_left: Int
            let crop_top: Int
            let train_crop: Crop
            let mean: [Double]
            let std: [Double]
        }
        let config: Config
        let tolerance: Tolerances
    }

    @Test("the test transform and one training crop", arguments: Fixture.all("actionclip", "pixels"))
    func pixels(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture), sizes = facts.config
        var clip = CLIPConfiguration.vitB32
        (clip.vision.imageSize, clip.vision.patchSize) = (sizes.input_size, sizes.input_size)
        let preprocessing = ActionCLIPConfiguration(clip: clip).preprocessing
        #expect(preprocessing.shortSide == sizes.scale_size)
        #expect(preprocessing.mean == sizes.mean && preprocessing.std == sizes.std)
        // Pillow's own bytes are met exactly; a case of somebody else may have been resized by another version.
        let levels = Fixture.isOwn(fixture.folder) ? 0 : try facts.tolerance("resized_levels")
        let atol = Fixture.isOwn(fixture.folder) ? 1e-5 : try facts.tolerance("clip_atol")

        let frames = try self.frames(recorded.required("inputs.frames"))
        let size = PixelSize(width: sizes.resized_width, height: sizes.resized_height)
        #expect(ShortSideRule.pillow.size(of: frames[0].size, short: sizes.scale_size) == size)
        let resized = frames.map { $0.resized(to: size, filter: .bicubic) }
        expectClose(
            Preprocessing.packed(resized), try recorded.required("outputs.test_resized"), absolute: levels, relative: 0,
            "resized")
        let box = CentreRule.roundHalfEven.box(side: sizes.input_size, in: size)
        #expect([box.left, box.top] == [sizes.crop_left, sizes.crop_top])
        let normalization = PixelNormalization(mean: sizes.mean, std: sizes.std)
        let evaluation = EvaluationPipeline(
            clips: EvaluationClips(sampling: .segments, shortSide: sizes.scale_size, resize: .pillowBicubic),
            frames: frames.count, imageSize: sizes.input_size, normalization: normalization)
        let views = try evaluation.views(from: ListedFrames(frames))
        let test = try recorded.required("outputs.test_clip")
        expectClose(preprocessing.input(frames), test, absolute: atol, relative: 0, "one by one")
        expectClose(tensor(views[0], normalization), test, absolute: atol, relative: 0, "test clip")
        #expect(views.count == 1)

        let crop = sizes.train_crop, square = PixelSize(width: sizes.input_size, height: sizes.input_size)
        let plan = TrainingCrop.Plan(
            source: PixelBox(left: crop.left, top: crop.top, width: crop.width, height: crop.height), size: square,
            box: PixelBox(left: 0, top: 0, width: square.width, height: square.height))
        let training = TrainingPipeline(
            clips: TrainingClips(sampling: .segments, crop: .multiScale(scales: [1]), resize: .pillowBilinear),
            frames: frames.count, imageSize: sizes.input_size, normalization: normalization)
        func trained(isMirrored: Bool) -> ClipPixels {
            var assembly = ClipAssembly(
                training, Array(frames.indices), of: frames[0].size, nil, plan, isMirrored: isMirrored)
            for (index, frame) in frames.enumerated() { assembly.take(frame, index) }
            var draws = SeededDraws(seed: 1)
            return assembly.finished(&draws)
        }
        let bytes = try #require(trained(isMirrored: false).bytes)
        expectClose(
            Tensor(bytes, shape: [frames.count, square.height, square.width, 3]),
            try recorded.required("outputs.train_crop"), absolute: levels, relative: 0, "crop")
        expectClose(
            tensor(trained(isMirrored: true), normalization),
            try recorded.required("outputs.train_clip_flipped"), absolute: atol, relative: 0, "flipped crop")
        recorded.expectAllTaken()
    }

    private func tensor(_ clip: ClipPixels, _ normalization: PixelNormalization) -> Tensor {
        Tensor(clip.normalized(normalization), shape: [clip.frames, 3, clip.height, clip.width])
    }

    /// Pictures of `[T, H, W, 3]` bytes.
    private func frames(_ bytes: Tensor) -> [Frame] {
        (0..<bytes.shape[0]).map {
            Frame(width: bytes.shape[2], height: bytes.shape[1], pixels: bytes.select(0, $0).array(of: UInt8.self))
        }
    }
}

extension ClipPixels {
    fileprivate var bytes: [UInt8]? {
        if case .bytes(let bytes) = storage { bytes } else { nil }
    }
}
