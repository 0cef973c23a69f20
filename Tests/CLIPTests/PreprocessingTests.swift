import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch
import Video

@Suite("Preprocessing against Pillow, torchvision and torch")
struct PreprocessingTests {
    private struct Case: Decodable {
        struct Tolerance: Decodable {
            let openai_normalized: Double
            let torch_antialias_float: Double
            let torch_no_antialias_float: Double
            let torch_antialias_uint8: Double
        }
        struct Picture: Decodable {
            let id: String
            let resized_size: [Int]
            let crop_offset_torchvision: [Int]
            let crop_offset_transformers: [Int]
        }
        let n_px: Int
        let tolerance: Tolerance
        let cases: [Picture]
    }

    @Test("torch's resizing", arguments: Fixture.all("clip", "preprocess"))
    func interpolation(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(Case.self), try fixture.tensors())
        for picture in facts.cases {
            let bytes = try #require(tensors["inputs.\(picture.id)"]).permuted(2, 0, 1).unsqueezed(0).contiguous()
            let values = bytes.to(dtype: .float32) / 255
            let size = picture.resized_size
            let smooth = values.interpolated(to: size, .bicubic, antialias: true).squeezed(0)
            expectClose(
                smooth, tensors["outputs.\(picture.id).torch_antialias_float"],
                absolute: facts.tolerance.torch_antialias_float, relative: 0, picture.id)
            expectClose(
                values.interpolated(to: size, .bicubic).squeezed(0),
                tensors["outputs.\(picture.id).torch_no_antialias_float"],
                absolute: facts.tolerance.torch_no_antialias_float, relative: 0, picture.id)
            // LibTorch's own kernel for bytes depends on the processor (with AVX2 it rounds between the passes as Pillow
            // does); the recorded values are the floating-point result, rounded and clamped.
            expectClose(
                (smooth * 255).rounded.clamped(to: 0...255),
                tensors["outputs.\(picture.id).torch_antialias_uint8"],
                absolute: facts.tolerance.torch_antialias_uint8, relative: 0, picture.id)
        }
    }

    @Test("Pillow's resizing, the crop and the normalisation", arguments: Fixture.all("clip", "preprocess"))
    func input(_ fixture: Fixture) throws {
        let (facts, tensors) = (try fixture.decode(Case.self), try fixture.tensors())
        let preprocessing = Preprocessing(imageSize: facts.n_px)
        for picture in facts.cases {
            let bytes = try #require(tensors["inputs.\(picture.id)"])
            let frame = Frame(width: bytes.shape[1], height: bytes.shape[0], pixels: bytes.array(of: UInt8.self))
            let size = ShortSideRule.pillow.size(of: frame.size, short: facts.n_px)
            let resized = frame.resized(to: size, filter: .bicubic)
            #expect([resized.height, resized.width] == picture.resized_size)
            let expected = try #require(tensors["outputs.\(picture.id).pil_resized"])
            #expect(resized.pixels == expected.array(of: UInt8.self), "\(picture.id): not Pillow's bytes")
            expectClose(
                preprocessing.input([frame]).squeezed(0), tensors["outputs.\(picture.id).openai_normalized"],
                absolute: facts.tolerance.openai_normalized, relative: 0, picture.id)
            for (rule, offset) in [
                (CentreRule.roundHalfEven, picture.crop_offset_torchvision), (.floor, picture.crop_offset_transformers),
            ] {
                let box = rule.box(side: facts.n_px, in: size)
                #expect([box.top, box.left] == offset)
            }
        }
    }
}
