import FixtureSupport
import Testing

@testable import CLIP
@testable import Torch

@Suite("Inference engines of image towers")
struct ImageEngineTests {
    struct Sizes: Sendable, CustomTestStringConvertible {
        let name: String
        var image = 24, patch = 8, width = 32
        var headWidth = 8, heads = [4, 4, 4], inner = [128, 128, 128]
        var activation = Activation.quickGELU
        var testDescription: String { name }

        static let all = [
            Sizes(name: "QuickGELU"), Sizes(name: "GELU", activation: .gelu),
            Sizes(name: "more patches", image: 64, patch: 4), Sizes(name: "one patch", image: 8),
            Sizes(name: "one block", heads: [4], inner: [64]),
            Sizes(name: "pruned", heads: [3, 1, 2], inner: [40, 7, 96], activation: .gelu),
            Sizes(name: "no heads or inner width in some", heads: [0, 2, 0], inner: [64, 0, 64]),
            Sizes(name: "nothing in the last", heads: [2, 0], inner: [64, 0], activation: .gelu),
            Sizes(name: "no blocks", heads: [], inner: []),
        ]

        var configuration: CLIPConfiguration {
            let blocks = TransformerConfiguration(width: width, headWidth: headWidth, heads: heads, mlpWidths: inner)
            return CLIPConfiguration(
                embedDim: 20, vision: VisionConfiguration(imageSize: image, patchSize: patch, blocks: blocks),
                text: TextConfiguration(
                    contextLength: 4, vocabularySize: 8, blocks: TransformerConfiguration(width: 8, layers: 0, heads: 1)
                ),
                activation: activation)
        }
        var preprocessing: Preprocessing { Preprocessing(imageSize: image) }

        /// A tower whose every parameter, norms and biases too, differs from its first value.
        func tower() throws -> ImageTower {
            let generator = Generator(seed: 4), configuration = configuration
            let first = try Parameters.build(.random(generator)) { ImageTower($0, configuration) }.parameters.tensors
            var moved: [String: Tensor] = [:]
            for (name, tensor) in first.sorted(by: { $0.key < $1.key }) {
                moved[name] = tensor + generator.normal(tensor.shape) * 0.05
            }
            return try Parameters.build(.checkpoint(moved)) { ImageTower($0, configuration) }.model
        }

        func pictures(_ count: Int) -> Tensor {
            let coarse = Generator(seed: 6).uniform([count, 3, 4, 4]) * 255
            return coarse.interpolated(to: [image, image], .bilinear).permuted(0, 2, 3, 1).to(dtype: .uint8)
                .contiguous()
        }
    }

    @Test("fp32 gives the tower's features", arguments: Sizes.all)
    func parity(_ sizes: Sizes) throws {
        let tower = try sizes.tower(), engine = try ImageEngine(tower, sizes.preprocessing)
        for count in [1, 2, 9] {
            let pictures = sizes.pictures(count)
            let report = engine.compared(with: tower, sizes.preprocessing, on: pictures)
            #expect(report.relativeDifference <= 1e-5, "\(count): \(report.summary)")
            #expect(engine(pictures).shape == [count, 20])
        }
        #expect(engine.precision == .fp32 && engine.report.pictures == 1 && engine.report.relativeDifference <= 1e-5)
    }

    @Test("a picture's feature does not depend on its neighbours")
    func batches() throws {
        let sizes = Sizes(name: "many tokens", image: 128, patch: 4),
            engine = try ImageEngine(
                sizes.tower(), sizes.preprocessing)
        let pictures = sizes.pictures(5), together = engine(pictures)
        for row in 0..<5 {
            expectClose(engine(pictures.slice(0, row..<row + 1)).squeezed(0), together.select(0, row), absolute: 1e-5)
        }
    }

    @Test("encoding writes over neither pictures nor weights", arguments: [Precision.fp32, .int8])
    func purity(_ precision: Precision) throws {
        guard precision.obstacle == nil else { return }
        let sizes = Sizes.all[0], pictures = sizes.pictures(3), before = pictures.cloned()
        let engine = try ImageEngine(sizes.tower(), sizes.preprocessing, precision: precision, pictures: pictures)
        let first = engine(pictures)
        expectClose(engine(pictures), first, absolute: 0, relative: 0)
        #expect(pictures.equal(to: before).allTrue)
    }

    @Test(
        "int8 agrees with the tower and stays as it was prepared", .enabled(if: Precision.int8.obstacle == nil),
        arguments: Sizes.all)
    func int8(_ sizes: Sizes) throws {
        let tower = try sizes.tower(), pictures = sizes.pictures(6)
        let engine = try ImageEngine(tower, sizes.preprocessing, precision: .int8, pictures: pictures)
        let report = engine.report
        #expect(report.cosine >= 0.995 && report.lowestCosine <= report.cosine + 1e-9 && report.pictures == 6)
        #expect(report.precision == .int8)
        if sizes.heads.count > 1 { #expect(report.largestDifference > 0, "8 bits round") }
        expectClose(engine(pictures.slice(0, 2..<4)), engine(pictures).slice(0, 2..<4), absolute: 1e-5)
    }

    @Test("bf16 agrees with the tower", .enabled(if: Precision.bf16.obstacle == nil), arguments: Sizes.all)
    func bf16(_ sizes: Sizes) throws {
        let tower = try sizes.tower(), pictures = sizes.pictures(4)
        let report = try ImageEngine(tower, sizes.preprocessing, precision: .bf16, pictures: pictures).report
        #expect(report.cosine >= 0.999, "\(report.summary)")
    }

    @Test("smoothing moves loud channels out of the grid", .enabled(if: Precision.int8.obstacle == nil))
    func smoothing() throws {
        let weights = ["weight": Tensor([1, 1, 100, 1] as [Float]), "bias": Tensor([0, 0.5, 0, 1] as [Float])]
        let loud = try Parameters.build(.checkpoint(weights)) { LayerNorm($0, 4) }.model
        let sample = Generator(seed: 1).normal([64, 4]).layerNorm(loud.weight, loud.bias)
        let weight = Generator(seed: 2).normal([6, 4])
        let layer = NormedLayer(loud, weight, nil, .int8, sample)
        let (scale, shift) = (try #require(layer.norm.weight), try #require(layer.norm.bias))
        let whole = sample.linear(weight),
            split = Generator(seed: 1).normal([64, 4]).layerNorm(scale, shift).linear(layer.weight)
        expectClose(split, whole, absolute: 1e-3)
        guard case .bytes(let grid) = layer.arithmetic else {
            Issue.record("no bytes")
            return
        }
        #expect(grid.scale < QuantizationGrid(fitting: sample).scale / 4)
    }
}
