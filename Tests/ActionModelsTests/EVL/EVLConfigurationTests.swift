import ActionModels
import CLIP
import Foundation
import Testing
import Torch

@Suite("Sizes and costs of EVL")
struct EVLConfigurationTests {
    /// Section 4 of the method: decoder layers, convolution, positions, cross-attention, head and token, all.
    private static let trained: [(CLIPConfiguration, [Int], Int)] = [
        (.vitB16, [28_357_632, 12_288, 24_576, 4_478_976, 309_904], 33_183_376),
        (.vitL14, [50_393_088, 16_384, 32_768, 7_872_512, 413_072], 58_727_824),
        (.vitL14At336, [50_393_088, 16_384, 32_768, 18_096_128, 413_072], 68_951_440),
    ]

    @Test("the released numbers of trained parameters", arguments: trained)
    func parameters(_ clip: CLIPConfiguration, parts: [Int], all: Int) {
        var configuration = EVLConfiguration(vision: clip.vision)
        #expect(configuration.cost.parts.map(\.trained) == [0] + parts)
        #expect(configuration.cost.trained == all)
        #expect(configuration.rewrittenCost.trained == all)
        configuration.hasTemporalCrossAttention = false
        #expect(configuration.cost.trained == all - parts[3])
        configuration.backbone = .fineTuned
        let tower = configuration.cost.parts[0]
        #expect(tower.trained == tower.parameters)
    }

    /// Section 9.1: GMAC of the tower, both terms of cross-attention, everything.
    private static let workTable: [(CLIPConfiguration, Int, Double, Double, Double)] = [
        (.vitB16, 8, 140.5, 3.3, 151.3), (.vitB16, 16, 281.0, 7.0, 303.0), (.vitB16, 32, 562.0, 14.6, 606.5),
        (.vitL14, 8, 648.1, 7.6, 672.9), (.vitL14, 16, 1296.2, 16.2, 1346.9), (.vitL14, 32, 2592.4, 33.2, 2694.9),
        (.vitL14At336, 32, 6110.7, 168.6, 6434.5),
    ]

    @Test("the published work of a clip", arguments: workTable)
    func work(_ clip: CLIPConfiguration, frames: Int, tower: Double, cross: Double, all: Double) {
        let cost = EVLConfiguration(vision: clip.vision, frames: frames).cost
        func giga(_ name: String) -> Double {
            Double(cost.parts.filter { $0.name == name }.reduce(0) { $0 + $1.clipMACs }) / 1e9
        }
        #expect(abs(giga("backbone") / tower - 1) < 0.001)
        #expect(abs(giga("temporal cross-attention") / cross - 1) < 0.03)  // the table has one digit after the point
        #expect(abs(Double(cost.clipMACs) / 1e9 / all - 1) < 0.001)
    }

    @Test("one decoder layer a block costs what the paper prints for Something-Something")
    func somethingSomething() {
        for (clip, published) in [(CLIPConfiguration.vitL14, 9641.0), (.vitL14At336, 24259)] {
            var configuration = EVLConfiguration(vision: clip.vision, frames: 32, classes: 174)
            configuration.decoderLayers = 24
            // The paper counts as many pairs of frames as frames.
            let cross = configuration.cost.parts.first { $0.name == "temporal cross-attention" }?.clipMACs ?? 0
            let macs = Double(configuration.cost.clipMACs + cross / 31)
            #expect(abs(3 * macs / 1e9 / published - 1) < 0.001)
        }
    }

    @Test("the rewrites do a fraction of the decoder's work")
    func rewritten() {
        let configuration = EVLConfiguration(vision: CLIPConfiguration.vitB16.vision)
        func decoder(_ cost: ActionModelCost) -> Double {
            Double(cost.parts.first { $0.name == "decoder layers" }?.clipMACs ?? 0) / 1e9
        }
        #expect(decoder(configuration.cost) > 7.4)
        #expect(decoder(configuration.rewrittenCost) < 0.16)
    }

    @Test("the formula counts what a model declares")
    func declared() throws {
        var configuration = EVLSample.configuration()
        for _ in 0..<2 {
            let parameters = try EVLSample.model(configuration).parameters
            #expect(configuration.cost.parameters == parameters.count())
            #expect(configuration.cost.trained == parameters.count(where: configuration.isTrained))
            configuration.hasTemporalPositions = false
            configuration.mlpFactor = 2.55
        }
    }

    @Test("a configuration survives JSON")
    func codable() throws {
        var configuration = EVLConfiguration(vision: CLIPConfiguration.vitL14.vision, frames: 32, classes: 174)
        configuration.hasTemporalConvolution = false
        configuration.queryInitial = .normal
        configuration.backbone = .fineTuned
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(EVLConfiguration.self, from: data) == configuration)
    }

    private static let bad: [(String, @Sendable (inout EVLConfiguration) -> Void)] = [
        ("frames", { $0.frames = 0 }), ("frames", { $0.frames = .max }), ("classes", { $0.classes = -1 }),
        ("classes", { $0.classes = .max }), ("decoderLayers", { $0.decoderLayers = 13 }),
        ("decoderLayers", { $0.decoderLayers = 0 }), ("decoderWidth", { $0.decoderWidth = .max }),
        ("decoderWidth", { $0.decoderWidth = 0 }), ("decoderHeads", { $0.decoderHeads = 5 }),
        ("decoderHeads", { $0.decoderHeads = 0 }), ("mlpFactor", { $0.mlpFactor = .nan }),
        ("mlpFactor", { $0.mlpFactor = 1e300 }), ("feed-forward", { $0.mlpFactor = 1e-9 }),
        ("mlpDropout", { $0.mlpDropout = 1 }), ("headDropout", { $0.headDropout = .nan }),
        ("layer_norm_eps", { $0.layerNormEps = 0 }), ("patch_size", { $0.vision.patchSize = 0 }),
        ("image_size", { $0.vision.imageSize = .max }), ("vision width", { $0.vision.blocks.width = .min }),
        ("patches", { $0.vision.imageSize = 16 * 49 }),
        ("patches", { ($0.vision.imageSize, $0.vision.imageHeight) = (224, 16 * 49) }),
        ("image height", { $0.vision.imageHeight = 0 }), ("image height", { $0.vision.imageHeight = .max }),
        ("image height 120", { $0.vision.imageHeight = 120 }), ("patch_size", { $0.vision.imageHeight = 8 }),
        ("attention", { $0.vision.blocks.heads[11] = 0 }),
        ("blocks", { ($0.vision.blocks.heads, $0.vision.blocks.mlpWidths) = ([], []) }),
        (
            "multiply-accumulate",
            {
                $0.hasTemporalCrossAttention = false
                $0.vision.imageSize = 8192
                ($0.frames, $0.decoderWidth) = (1024, 12 * 2730)
            }
        ),
    ]

    @Test("numbers that cannot be are named", arguments: bad.indices)
    func hostile(_ index: Int) {
        let (name, spoil) = Self.bad[index]
        var configuration = EVLConfiguration(vision: CLIPConfiguration.vitB16.vision)
        spoil(&configuration)
        let error = #expect(throws: ActionModelError.self) { try configuration.validate() }
        #expect(error?.description.contains(name) ?? false, "\(name): \(error?.description ?? "")")
    }

    @Test("the released sizes pass")
    func released() throws {
        for clip in [CLIPConfiguration.vitB16, .vitL14, .vitL14At336] {
            try EVLConfiguration(vision: clip.vision, frames: 32).validate()
        }
        var largest = EVLConfiguration(vision: CLIPConfiguration.vitB16.vision)
        largest.vision.imageSize = 16 * 48
        try largest.validate()
    }
}
