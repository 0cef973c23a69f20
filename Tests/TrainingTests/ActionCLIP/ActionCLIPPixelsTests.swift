import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch
import Video

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
        let facts: Case = try fixture.decode(), recorded = try ActionCLIPTensors(fixture), sizes = facts.config
        var clip = CLIPConfiguration.vitB32
        (clip.vision.imageSize, clip.vision.patchSize) = (sizes.input_size, sizes.input_size)
        let preprocessing = ActionCLIPConfiguration(clip: clip).preprocessing
        #expect(preprocessing.shortSide == sizes.scale_size)
        #expect(preprocessing.mean == sizes.mean && preprocessing.std == sizes.std)
        // Pillow's own bytes are met exactly; a case of somebody else may have been resized by another version.
        let levels = Fixture.isOwn(fixture.folder) ? 0 : try facts.tolerance("resized_levels")
        let atol = Fixture.isOwn(fixture.folder) ? 1e-5 : try facts.tolerance("clip_atol")

        let frames = try self.frames(recorded["inputs.frames"])
        let size = PixelSize(width: sizes.resized_width, height: sizes.resized_height)
        #expect(ShortSideRule.pillow.size(of: frames[0].size, short: sizes.scale_size) == size)
        let resized = frames.map { $0.resized(to: size, filter: .bicubic) }
        expectClose(
            Preprocessing.packed(resized), try recorded["outputs.test_resized"], absolute: levels, relative: 0,
            "resized")
        let box = CentreRule.roundHalfEven.box(side: sizes.input_size, in: size)
        #expect([box.left, box.top] == [sizes.crop_left, sizes.crop_top])
        expectClose(
            preprocessing.input(frames), try recorded["outputs.test_clip"], absolute: atol, relative: 0, "test clip")

        let crop = sizes.train_crop, square = PixelSize(width: sizes.input_size, height: sizes.input_size)
        let cropped = frames.map {
            $0.cropped(to: PixelBox(left: crop.left, top: crop.top, width: crop.width, height: crop.height))
                .resized(to: square, filter: .bilinear)
        }
        expectClose(
            Preprocessing.packed(cropped), try recorded["outputs.train_crop"], absolute: levels, relative: 0, "crop")
        let flipped = Preprocessing.packed(cropped.map { $0.mirrored() })
        expectClose(
            preprocessing.normalized(flipped), try recorded["outputs.train_clip_flipped"], absolute: atol, relative: 0,
            "flipped crop")
        recorded.expectAllSeen()
    }

    /// Pictures of `[T, H, W, 3]` bytes.
    private func frames(_ bytes: Tensor) -> [Frame] {
        (0..<bytes.shape[0]).map {
            Frame(width: bytes.shape[2], height: bytes.shape[1], pixels: bytes.select(0, $0).array(of: UInt8.self))
        }
    }
}
