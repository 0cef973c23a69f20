import ActionModels
import CLIP
import Foundation
import Testing
import Torch

@Suite("Sizes and costs of ST-Adapter")
struct STAdapterConfigurationTests {
    private static func released(
        _ clip: CLIPConfiguration, _ placement: AdapterPlacement, frames: Int = 8, classes: Int = 400
    ) -> STAdapterConfiguration {
        STAdapterConfiguration(vision: clip.vision, frames: frames, classes: classes, placement: placement)
    }

    /// Section "Cost" of the method: sizes, frames, GMAC of the tower, of the adapters.
    private static let table: [(STAdapterConfiguration, Double, Double)] = [8, 16, 32].flatMap { frames in
        let times = Double(frames) / 8
        return [
            (released(.vitB16, .beforeMLP, frames: frames), 140.5 * times, 11.1 * times),
            (released(.vitB16, .both, frames: frames), 140.5 * times, 22.2 * times),
            (released(.vitL14, .beforeMLP, frames: frames), 648.1 * times, 38.7 * times),
        ]
    }

    @Test("the published work of a clip", arguments: table)
    func work(_ configuration: STAdapterConfiguration, tower: Double, adapters: Double) {
        let parts = configuration.cost.parts.map { Double($0.clipMACs) / 1e9 }
        #expect(abs(parts[0] / tower - 1) < 0.01)
        #expect(abs(parts[1] / adapters - 1) < 0.01)
        #expect(abs(Double(configuration.cost.clipMACs) / 1e9 / (tower + adapters) - 1) < 0.01)
    }

    @Test("the released numbers of trained parameters")
    func trained() {
        #expect(Self.released(.vitB16, .beforeMLP).cost.trained == 7_417_744)
        let both = Self.released(.vitB16, .both, classes: 174)
        #expect(both.cost.trained == 14_354_094)
        #expect(both.cost.parts.map(\.trained) == [0, 14_220_288, 133_806])
        #expect(both.adapterCount == 24)
        #expect(both.cost.textMACs == 0)
    }

    @Test("a configuration survives JSON")
    func codable() throws {
        var configuration = Self.released(.vitL14, .both)
        configuration.kernel = .init(frames: 5, rows: 3, columns: 1)
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(STAdapterConfiguration.self, from: data) == configuration)
    }

    private static let bad: [(String, @Sendable (inout STAdapterConfiguration) -> Void)] = [
        ("frames", { $0.frames = 0 }), ("frames", { $0.frames = .max }), ("classes", { $0.classes = -1 }),
        ("classes", { $0.classes = .max }), ("adapterWidth", { $0.adapterWidth = 0 }),
        ("adapterWidth", { $0.adapterWidth = .max }), ("adapterLayers", { $0.adapterLayers = 13 }),
        ("adapterLayers", { $0.adapterLayers = -1 }), ("kernel.frames", { $0.kernel.frames = 2 }),
        ("kernel.rows", { $0.kernel.rows = -1 }), ("kernel.columns", { $0.kernel.columns = .max }),
        ("dropout", { $0.dropout = 1 }), ("dropout", { $0.dropout = .nan }),
        ("layer_norm_eps", { $0.layerNormEps = 0 }), ("patch_size", { $0.vision.patchSize = 0 }),
        ("image_size", { $0.vision.imageSize = .max }), ("vision width", { $0.vision.blocks.width = .min }),
        ("multiply", { $0.vision = VisionConfiguration(imageSize: 8192, patchSize: 16, blocks: huge) }),
    ]

    private static let huge = TransformerConfiguration(
        width: 32_768, headWidth: 64, heads: Array(repeating: 512, count: 1024),
        mlpWidths: Array(repeating: 262_144, count: 1024))

    @Test("numbers that cannot be are named", arguments: bad.indices)
    func hostile(_ index: Int) {
        let (name, spoil) = Self.bad[index]
        var configuration = Self.released(.vitB16, .beforeMLP)
        spoil(&configuration)
        let error = #expect(throws: ActionModelError.self) { try configuration.validate() }
        #expect(error?.description.contains(name) ?? false, "\(name): \(error?.description ?? "")")
    }

    @Test("the largest numbers that pass can be counted")
    func largest() throws {
        var configuration = Self.released(.vitL14At336, .both, frames: 1024, classes: 1_000_000)
        configuration.adapterWidth = 8192
        configuration.kernel = .init(frames: 63, rows: 63, columns: 63)
        try configuration.validate()
        #expect(configuration.cost.clipMACs > 0)
    }
}
