import ActionModels
import CLIP
import Foundation
import Testing
import Torch

@Suite("What M2-CLIP can be")
struct M2CLIPConfigurationTests {
    /// The released models with Kinetics-400 (400 classes, 520 words) and Something-Something v2 (174, 234): trained
    /// parameters of both, all parameters of the first, and those of its trained ones that use needs.
    static let models: [(M2CLIPConfiguration, M2CLIPConfiguration, trained: (Int, Int), all: Int, used: Int)] = [
        (
            .vitB16Adapter12(classes: 400, labelWords: 520), .vitB16Adapter12(classes: 174, labelWords: 234),
            (16_138_136, 15_817_624), 168_911_257, 15_213_584
        ),
        (
            .vitB16Adapter24(classes: 400, labelWords: 520), .vitB16Adapter24(classes: 174, labelWords: 234),
            (39_844_760, 39_524_248), 192_617_881, 38_526_096
        ),
        (
            .vitB32Adapter12(classes: 400, labelWords: 520), .vitB32Adapter12(classes: 174, labelWords: 234),
            (15_744_024, 15_423_512), 170_173_721, 14_819_472
        ),
        (
            .vitB32Adapter24(classes: 400, labelWords: 520), .vitB32Adapter24(classes: 174, labelWords: 234),
            (34_721_304, 34_400_792), 189_151_001, 33_796_752
        ),
    ]

    @Test("the released models' sizes", arguments: models)
    func released(
        _ kinetics: M2CLIPConfiguration, _ something: M2CLIPConfiguration, trained: (Int, Int), all: Int, used: Int
    ) throws {
        try kinetics.validate()
        try something.validate()
        let cost = kinetics.cost
        #expect(cost.trained == trained.0)
        #expect(something.cost.trained == trained.1)
        #expect(cost.parameters == all)
        let inUse = cost.parts.filter { $0.name != "cross-modal block" && $0.name != "word head" }
        #expect(inUse.map(\.trained).reduce(0, +) == used)
    }

    @Test("the released models' work for a clip, 10⁹ multiplications")
    func work() throws {
        let one = M2CLIPConfiguration.vitB16Adapter12(classes: 400, labelWords: 520).cost
        let two = M2CLIPConfiguration.vitB16Adapter24(classes: 400, labelWords: 520).cost
        let plain = try #require(one.parts.first { $0.name == "image tower" })
        for (macs, published) in [(plain.clipMACs, 140.5), (one.clipMACs, 162.9), (two.clipMACs, 185.2)] {
            #expect(abs(Double(macs) / 1e9 / published - 1) < 0.01)
        }
        #expect(one.textMACs > ModelCost(.vitB16).textMACs)
        let frozen = M2CLIPConfiguration.vitB32Adapter12(classes: 400, labelWords: 520)
        #expect(frozen.cost.textMACs == ModelCost(.vitB32).textMACs)
        #expect(frozen.firstAdaptedTextBlock == 12)
    }

    @Test("one adapter has the counted parameters")
    func pieces() throws {
        let ted = TEDAdapter.Sizes(width: 768, bottleneck: 384, frames: 8)
        #expect(try Parameters.build(.random()) { TEDAdapter($0, ted) }.parameters.count() == 1_187_328)
        #expect(
            try Parameters.build(.random()) { TextAdapter($0, width: 512, bottleneck: 384) }.parameters.count()
                == 394_112)
        #expect(try Parameters.build(.random()) { TemporalAdapter($0, width: 512) }.parameters.count() == 263_936)
        let head = try Parameters.build(.random()) { CrossModalMLMHead($0, width: 512, words: 520) }.parameters
        #expect(head.count() == 263_680 + 513 * 520)
    }

    @Test("a released model, really built")
    func built() throws {
        let configuration = M2CLIPConfiguration.vitB16Adapter12(classes: 400, labelWords: 520)
        let parameters = try Parameters.build(.random()) { M2CLIP($0, configuration) }.parameters
        #expect(parameters.count() == configuration.cost.parameters)
        #expect(parameters.count(where: M2CLIPConfiguration.isTrained) == configuration.cost.trained)
    }

    @Test("costs count what models declare", arguments: M2CLIPConfiguration.variants)
    func declared(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        try configuration.validate()
        let parameters = try configuration.built().parameters
        #expect(configuration.cost.parameters == parameters.count())
        #expect(configuration.cost.trained == parameters.count(where: M2CLIPConfiguration.isTrained))
    }

    @Test("JSON gives the same configuration", arguments: M2CLIPConfiguration.variants)
    func json(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(M2CLIPConfiguration.self, from: data) == configuration)
    }

    static let impossible: [(String, @Sendable (inout M2CLIPConfiguration) -> Void)] = [
        ("no frames", { $0.frames = 0 }), ("endless frames", { $0.frames = .max }),
        ("no classes", { $0.classes = 0 }), ("endless classes", { $0.classes = .max }),
        ("no words", { $0.labelWords = 0 }), ("negative words", { $0.labelWords = .min }),
        ("too many vision adapters", { $0.visionAdapters.layers = 4 }),
        ("negative vision adapters", { $0.visionAdapters.layers = -1 }),
        ("too many text adapters", { $0.textAdapters.layers = 5 }),
        ("endless text adapters", { $0.textAdapters.layers = .max }),
        ("no width", { $0.visionAdapters.width = 0 }), ("endless width", { $0.textAdapters.width = .max }),
        ("even kernel", { $0.enhancementKernel = 2 }), ("negative kernel", { $0.enhancementKernel = -3 }),
        ("all dropped", { $0.classDropout = 1 }), ("no number", { $0.classDropout = .nan }),
        ("no template", { $0.templates = [] }),
        ("other common space", { $0.clip.embedDim = 32 }),
        ("no text blocks", { $0.clip.text.blocks = TransformerConfiguration(width: 64, layers: 0, heads: 1) }),
        ("text without attention", { $0.clip.text.blocks.heads[2] = 0 }),
        (
            "a common space that has no half",
            {
                ($0.clip.embedDim, $0.clip.text.blocks) = (1, TransformerConfiguration(width: 1, layers: 2, heads: 1))
            }
        ),
        ("endless CLIP", { $0.clip.vision.imageSize = .max }),
        ("negative CLIP", { $0.clip.vision.blocks.width = -64 }),
        (
            "more work than a machine can do",
            {
                $0.clip.vision = VisionConfiguration(
                    imageSize: 512, patchSize: 1,
                    blocks: TransformerConfiguration(width: 32_768, layers: 1024, heads: 1, mlpWidth: 262_144))
                $0.frames = 1024
            }
        ),
    ]

    @Test("towers without adapters need no width", arguments: [0, 10])
    func noAdapters(_ width: Int) throws {
        let none = M2CLIPConfiguration.tiny.with {
            $0.visionAdapters = .init(.beforeMLP, layers: 0, width: width)
            $0.textAdapters = .init(.both, layers: 0, width: width)
        }
        try none.validate()
        #expect(none.cost.parameters == (try none.built().parameters.count()))
        for endless in [none.with { $0.visionAdapters.width = .max }, none.with { $0.textAdapters.width = -1 }] {
            #expect(throws: ActionModelError.self) { try endless.validate() }
        }
    }

    @Test("convolutions count as work")
    func convolutions() throws {
        let many = M2CLIPConfiguration.tiny.with {
            $0.clip.vision = VisionConfiguration(
                imageSize: 512, patchSize: 1,
                blocks: TransformerConfiguration(width: 1, layers: 1024, heads: 1, mlpWidth: 1))
            $0.visionAdapters = .init(.beforeMLP, layers: 1024, width: 32_768)
            $0.frames = 256
        }
        try many.validate()
        #expect(throws: ActionModelError.self) { try many.with { $0.enhancementKernel = 255 }.validate() }
    }

    @Test("impossible numbers are refused", arguments: impossible)
    func refused(_ name: String, _ change: @Sendable (inout M2CLIPConfiguration) -> Void) {
        let configuration = M2CLIPConfiguration.tiny.with(change)
        #expect(throws: ActionModelError.self) { try configuration.validate() }
    }

    @Test("the paper's placements")
    func paper() {
        let paper = M2CLIPConfiguration.vitB16Adapter12(classes: 400, labelWords: 520).withPaperPlacements
        #expect(paper.visionAdapters.placement == .beforeAttention)
        #expect(paper.visionAdapters.layers == 12)
        #expect(paper.textAdapters.placement == .beforeMLP)
        #expect(paper.textAdapters.layers == 13)
        #expect(paper.firstAdaptedTextBlock == 0)
    }
}
