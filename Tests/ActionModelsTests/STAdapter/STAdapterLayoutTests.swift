import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("Checkpoints of ST-Adapter")
struct STAdapterLayoutTests {
    /// A CLIP with heads of 64, as inference from shapes needs.
    private static let clip = CLIPConfiguration(
        embedDim: 6,
        vision: VisionConfiguration(
            imageSize: 8, patchSize: 4, blocks: TransformerConfiguration(width: 64, layers: 3, heads: 1)),
        text: TextConfiguration(
            contextLength: 5, vocabularySize: 20, blocks: TransformerConfiguration(width: 8, layers: 1, heads: 2)),
        activation: .gelu)

    private static func configuration(_ placement: AdapterPlacement) -> STAdapterConfiguration {
        var configuration = STAdapterConfiguration(vision: clip.vision, frames: 4, classes: 3, placement: placement)
        configuration.activation = clip.activation
        configuration.adapterWidth = 6
        configuration.adapterLayers = 2
        configuration.kernel = .init(frames: 3, rows: 1, columns: 5)
        return configuration
    }

    private static func tensors(_ configuration: STAdapterConfiguration) throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 3))) { STAdapter($0, configuration) }.parameters.tensors
    }

    @Test("the released tensors on a CLIP make the model again", arguments: AdapterPlacement.allCases)
    func roundTrip(_ placement: AdapterPlacement) throws {
        let configuration = Self.configuration(placement)
        let whole = try Self.tensors(configuration)
        let saved = STAdapterLayout.released(whole, configuration)
        #expect(saved.keys.allSatisfy(STAdapterConfiguration.isTrained))
        #expect(STAdapterLayout.recognizes(Set(saved.keys)))

        let canonical = try STAdapterLayout.canonical(saved, path: "x.pth")
        let inferred = try STAdapterLayout.configuration(
            inferredFrom: canonical, clip: Self.clip, frames: 4, path: "x.pth")
        #expect(inferred == configuration)
        let clip = try Parameters.build(.random()) { CLIPModel($0, Self.clip) }.parameters.tensors
        let backbone = STAdapterLayout.backbone(clip, inferred)
        #expect(Set(backbone.keys).isDisjoint(with: canonical.keys))
        let merged = backbone.merging(canonical) { $1 }
        let rebuilt = try Parameters.build(.checkpoint(merged)) { STAdapter($0, inferred) }.parameters
        #expect(Set(rebuilt.names) == Set(whole.keys))
    }

    @Test("a file with the tower needs no CLIP; heads are 64 wide and frames the released number")
    func whole() throws {
        var configuration = Self.configuration(.both)
        configuration.activation = .quickGELU
        configuration.frames = STAdapterLayout.releasedFrames
        let inferred = try STAdapterLayout.configuration(
            inferredFrom: try Self.tensors(configuration), clip: nil, frames: nil, path: "x.pth")
        #expect(inferred == configuration)
    }

    @Test("other checkpoints are not taken for it")
    func others() throws {
        for names in [["visual.proj"], ["transformer.resblocks.0.adapter.conv.weight"], ["fc.weight"], []] {
            #expect(!STAdapterLayout.recognizes(Set(names)))
        }
        #expect(throws: ActionModelError.self) {
            try STAdapterLayout.canonical(["fc.weight": .zeros([2, 2])], path: "x.pth")
        }
    }

    private static let hostile: [(String, @Sendable (inout [String: Tensor]) -> Void)] = [
        ("fc.weight", { $0["fc.weight"] = nil }),
        ("fc.weight", { $0["fc.weight"] = .zeros([3]) }),
        ("classes", { $0["fc.weight"] = .zeros([0, 64]) }),
        ("conv.weight", { $0["transformer.resblocks.1.adapter_pre_mlp.conv.weight"] = .zeros([6, 1, 3]) }),
        ("conv.weight", { $0["transformer.resblocks.1.adapter_pre_mlp.conv.weight"] = .zeros([6, 2, 3, 1, 5]) }),
        ("before the attention", { $0["transformer.resblocks.1.adapter_pre_mlp.conv.weight"] = nil }),
        (
            "the last ones of 3",
            { tensors in
                for name in tensors.keys where name.contains("resblocks.2.adapter") && name.contains("conv.weight") {
                    tensors[name] = nil
                }
            }
        ),
        (
            "same blocks are needed",
            { $0["transformer.resblocks.\(Int.max).adapter_pre_mlp.conv.weight"] = .zeros([6, 1, 3, 1, 5]) }
        ),
        (
            "adapterWidth",
            { tensors in
                for name in tensors.keys where name.contains("conv.weight") { tensors[name] = .zeros([0, 1, 3, 1, 5]) }
            }
        ),
        (
            "kernel.frames",
            { tensors in
                for name in tensors.keys where name.contains("conv.weight") { tensors[name] = .zeros([6, 1, 2, 1, 5]) }
            }
        ),
    ]

    @Test("shapes that contradict each other are named", arguments: hostile.indices)
    func hostileShapes(_ index: Int) throws {
        let (words, spoil) = Self.hostile[index]
        let configuration = Self.configuration(.both)
        var tensors = STAdapterLayout.released(try Self.tensors(configuration), configuration)
        spoil(&tensors)
        let spoiled = tensors
        let error = #expect(throws: ActionModelError.self) {
            try STAdapterLayout.configuration(inferredFrom: spoiled, clip: Self.clip, frames: 4, path: "x.pth")
        }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("x.pth: ") && message.contains(words), "\(message)")
    }

    @Test("without a tower anywhere, the CLIP to name is asked for; a broken tower is named")
    func towers() throws {
        let configuration = Self.configuration(.beforeMLP)
        let released = STAdapterLayout.released(try Self.tensors(configuration), configuration)
        let bare = #expect(throws: ActionModelError.self) {
            try STAdapterLayout.configuration(inferredFrom: released, clip: nil, frames: 4, path: "x.pth")
        }
        #expect(bare?.description.contains("--backbone") ?? false)
        var whole = try Self.tensors(configuration)
        whole["positional_embedding"] = .zeros([4, 64])
        let spoiled = whole
        let broken = #expect(throws: ActionModelError.self) {
            try STAdapterLayout.configuration(inferredFrom: spoiled, clip: nil, frames: 4, path: "x.pth")
        }
        #expect(broken?.description.contains("positional_embedding") ?? false)
    }

    @Test("what is missing, extra or misshapen is reported together")
    func report() throws {
        let configuration = Self.configuration(.beforeMLP)
        var tensors = try Self.tensors(configuration)
        tensors["fc.bias"] = nil
        tensors["fc.extra"] = .zeros([1])
        tensors["transformer.resblocks.2.adapter_pre_mlp.fc1.weight"] = .zeros([5, 64])
        let spoiled = tensors
        let error = #expect(throws: ParameterError.self) {
            _ = try Parameters.build(.checkpoint(spoiled)) { STAdapter($0, configuration) }
        }
        #expect(error?.missing == ["fc.bias"])
        #expect(error?.unexpected == ["fc.extra"])
        #expect(error?.mismatched.map(\.name) == ["transformer.resblocks.2.adapter_pre_mlp.fc1.weight"])
    }
}
