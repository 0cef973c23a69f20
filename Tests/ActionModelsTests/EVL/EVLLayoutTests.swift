import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("Checkpoints of EVL")
struct EVLLayoutTests {
    /// A CLIP with heads of 64, as inference from shapes needs.
    private static let clip = CLIPConfiguration(
        embedDim: 6,
        vision: VisionConfiguration(
            imageSize: 12, patchSize: 4, blocks: TransformerConfiguration(width: 64, layers: 3, heads: 1)),
        text: TextConfiguration(
            contextLength: 5, vocabularySize: 20, blocks: TransformerConfiguration(width: 64, layers: 1, heads: 1)),
        activation: .gelu, layerNormEps: 1e-6)

    private static var configuration: EVLConfiguration {
        var configuration = EVLConfiguration(vision: clip.vision, frames: 3, classes: 5)
        configuration.decoderLayers = 2
        configuration.decoderWidth = 128
        configuration.decoderHeads = 2
        configuration.mlpFactor = 1.5
        return configuration
    }

    private static func tensors(_ configuration: EVLConfiguration = configuration) throws -> [String: Tensor] {
        try EVLSample.model(configuration).parameters.tensors
    }

    private func expectEqual(_ tensors: [String: Tensor], _ others: [String: Tensor]) {
        #expect(Set(tensors.keys) == Set(others.keys))
        for (name, tensor) in tensors { expectClose(tensor, others[name], absolute: 0, relative: 0, name) }
    }

    @Test("a frozen model is saved without its tower, and comes back")
    func roundTrip() throws {
        let tensors = try Self.tensors()
        let released = EVLLayout.released(tensors, Self.configuration)
        #expect(released.keys.allSatisfy { $0.hasPrefix("decoder.") || $0.hasPrefix("proj.") })
        #expect(EVLLayout.recognizes(Set(released.keys)))
        var canonical = try EVLLayout.canonical(released, path: "f")
        for (name, tensor) in tensors where name.hasPrefix("backbone.") { canonical[name] = tensor }
        expectEqual(canonical, tensors)
    }

    @Test("a trained tower is saved by the reference's names, and comes back")
    func roundTripFineTuned() throws {
        var configuration = Self.configuration
        configuration.backbone = .fineTuned
        let tensors = try Self.tensors(configuration)
        let released = EVLLayout.released(tensors, configuration)
        #expect(released["backbone.blocks.2.attn.k_proj.weight"]?.shape == [64, 64])
        #expect(released["backbone.patch_embed.proj.weight"]?.shape == [64, 48])
        #expect(released["backbone.cls_token"] != nil)
        #expect(!released.keys.contains { $0.contains("resblocks") || $0.contains("conv1") })
        expectEqual(try EVLLayout.canonical(released, path: "f"), tensors)
        expectEqual(try EVLLayout.canonical(tensors, path: "f"), tensors)
    }

    @Test("a CLIP's tower fits under the decoder, with a patch bias of zeros")
    func backbone() throws {
        let clip = try Parameters.build(.random(Generator(seed: 2))) { CLIPModel($0, Self.clip) }
        var configuration = Self.configuration
        configuration.activation = .gelu
        configuration.layerNormEps = 1e-6
        let tower = EVLLayout.backbone(clip.parameters.tensors, configuration)
        let head = try Self.tensors().filter { !$0.key.hasPrefix("backbone.") }
        let model = try Parameters.build(.checkpoint(tower.merging(head) { a, _ in a })) { EVL($0, configuration) }
            .model
        #expect(tower["backbone.conv1.bias"]?.array(of: Float.self) == Array(repeating: 0, count: 64))
        let clips = EVLSample.clips(configuration)
        let features = model.backboneFeatures(of: clips, form: .streams)
        let tokens = clip.model.visual.transformer(clips.reshaped(6, 3, 12, 12))
        expectClose(features.layers[1].stream, tokens.reshaped(2, 3, 10, 64), absolute: 1e-6)
    }

    @Test("what is missing and what is too much is reported by name")
    func misfits() throws {
        var tensors = try Self.tensors()
        tensors["decoder.cls_token"] = nil
        tensors["decoder.temporal_conv.7.weight"] = .zeros([1])
        let error = #expect(throws: ParameterError.self) {
            _ = try Parameters.build(.checkpoint(tensors)) { EVL($0, Self.configuration) }
        }
        #expect(error?.missing == ["decoder.cls_token"])
        #expect(error?.unexpected == ["decoder.temporal_conv.7.weight"])
    }

    private static let switches: [@Sendable (inout EVLConfiguration) -> Void] = [
        { _ in }, { $0.hasTemporalConvolution = false }, { $0.hasTemporalPositions = false },
        { $0.hasTemporalCrossAttention = false }, { $0.decoderLayers = 3 }, { $0.mlpFactor = 4 }, { $0.classes = 1 },
    ]

    @Test("sizes come off the shapes, with a CLIP below or a tower in the file", arguments: switches.indices)
    func inference(_ index: Int) throws {
        var configuration = Self.configuration
        Self.switches[index](&configuration)
        let frames = configuration.hasTemporalPositions ? nil : 3
        let head = EVLLayout.released(try Self.tensors(configuration), configuration)
        var expected = configuration
        (expected.activation, expected.layerNormEps) = (.gelu, 1e-6)
        #expect(
            try EVLLayout.configuration(inferredFrom: head, clip: Self.clip, frames: frames, path: "f") == expected)

        configuration.backbone = .fineTuned
        let whole = try EVLLayout.canonical(
            EVLLayout.released(try Self.tensors(configuration), configuration), path: "f")
        #expect(try EVLLayout.configuration(inferredFrom: whole, clip: nil, frames: frames, path: "f") == configuration)
    }

    private static let hostile: [(String, @Sendable (inout [String: Tensor]) -> Void)] = [
        ("proj.2.weight is missing", { $0["proj.2.weight"] = nil }),
        ("proj.2.weight has the shape", { $0["proj.2.weight"] = .zeros([5, 63]) }),
        ("proj.2.weight has the shape", { $0["proj.2.weight"] = .zeros([0, 64]) }),
        ("proj.2.weight has the shape", { $0["proj.2.weight"] = .zeros([]) }),
        ("without a gap", { $0["decoder.decoder_layers.9.norm1.weight"] = .zeros([64]) }),
        ("without a gap", { $0["decoder.decoder_layers.-1.norm1.weight"] = .zeros([64]) }),
        ("q_proj.weight has the shape", { $0["decoder.decoder_layers.0.attn.q_proj.weight"] = .zeros([128, 3]) }),
        ("--decoder-heads", { $0["decoder.decoder_layers.0.attn.q_proj.weight"] = .zeros([100, 64]) }),
        ("fc1.weight has the shape", { $0["decoder.decoder_layers.0.mlp.fc1.weight"] = .zeros([64]) }),
        ("w1 has the shape [9, 64]", { $0["decoder.cross_attention.0.w1"] = .zeros([9, 64]) }),
        ("w1 is missing", { $0["decoder.cross_attention.0.w1"] = nil }),
        ("pos_embed.0 has the shape", { $0["decoder.temporal_pos_embed.0"] = .zeros([0, 64]) }),
        ("pos_embed.0 is missing", { $0["decoder.temporal_pos_embed.0"] = nil }),
        ("decoderLayers is 4", { t in (2...3).forEach { t["decoder.decoder_layers.\($0).norm1.bias"] = .zeros([]) } }),
    ]

    @Test("shapes that no EVL model has are named", arguments: hostile.indices)
    func hostileShapes(_ index: Int) throws {
        let (detail, spoil) = Self.hostile[index]
        var tensors = EVLLayout.released(try Self.tensors(), Self.configuration)
        spoil(&tensors)
        let error = #expect(throws: ActionModelError.self) {
            _ = try EVLLayout.configuration(inferredFrom: tensors, clip: Self.clip, frames: nil, path: "f.pth")
        }
        #expect(error?.description.contains(detail) ?? false, "\(error?.description ?? "")")
        #expect(error?.description.contains("f.pth") ?? false)
    }

    @Test("a decoder alone needs a CLIP, one without positions a number of frames")
    func incomplete() throws {
        let head = EVLLayout.released(try Self.tensors(), Self.configuration)
        func error(_ tensors: [String: Tensor], _ clip: CLIPConfiguration?, _ frames: Int?) -> String {
            let error = #expect(throws: ActionModelError.self) {
                _ = try EVLLayout.configuration(inferredFrom: tensors, clip: clip, frames: frames, path: "f.pth")
            }
            return error?.description ?? ""
        }
        #expect(error(head, nil, nil).contains("--backbone"))
        let bare = head.filter { !$0.key.contains("temporal_pos_embed") }
        #expect(error(bare, Self.clip, nil).contains("number of frames"))
        #expect(error(head, Self.clip, 8).contains("for 3 frames, not 8; name --interpolate-frames"))
        #expect(error(bare, Self.clip, .max).contains("frames is"))
    }

    @Test("the number of the decoder's heads can be named", arguments: [1, 4, 128])
    func decoderHeads(_ heads: Int) throws {
        var configuration = Self.configuration
        (configuration.activation, configuration.layerNormEps) = (.gelu, 1e-6)
        configuration.decoderHeads = heads
        let head = EVLLayout.released(try Self.tensors(configuration), configuration)
        let found = try EVLLayout.configuration(
            inferredFrom: head, clip: Self.clip, frames: nil, decoderHeads: heads, path: "f")
        #expect(found == configuration)
    }

    @Test("heads of another width have to be named, and must divide the width")
    func otherHeads() throws {
        var configuration = Self.configuration
        (configuration.decoderWidth, configuration.decoderHeads) = (100, 5)
        let head = EVLLayout.released(try Self.tensors(configuration), configuration)
        func inferred(_ heads: Int?) throws -> EVLConfiguration {
            try EVLLayout.configuration(
                inferredFrom: head, clip: Self.clip, frames: nil, decoderHeads: heads, path: "f.pth")
        }
        let found = try inferred(5)
        #expect(found.decoderWidth == 100 && found.decoderHeads == 5)
        let wrong: [Int?] = [nil, 0, -1, 3, 101, .max]
        for heads in wrong {
            let error = #expect(throws: ActionModelError.self) { _ = try inferred(heads) }
            #expect(error?.description.contains("--decoder-heads") ?? false)
        }
    }

    @Test("a whole tower without a patch bias gets one of zeros, a decoder alone gets none")
    func patchBias() throws {
        var configuration = Self.configuration
        configuration.backbone = .fineTuned
        var released = EVLLayout.released(try Self.tensors(configuration), configuration)
        released["backbone.patch_embed.proj.bias"] = nil
        let canonical = try EVLLayout.canonical(released, path: "f")
        let bias = try #require(canonical["backbone.conv1.bias"])
        expectClose(bias, .zeros([64]), absolute: 0, relative: 0)
        _ = try Parameters.build(.checkpoint(canonical)) { EVL($0, configuration) }
        let head = EVLLayout.released(try Self.tensors(), Self.configuration)
        #expect(try !EVLLayout.canonical(head, path: "f").keys.contains { $0.hasPrefix("backbone.") })
    }

    private static let doubled = [
        ("cls_token", "class_embedding"), ("patch_embed.proj.weight", "conv1.weight"),
        ("blocks.1.norm2.bias", "transformer.resblocks.1.ln_2.bias"),
        ("blocks.0.attn.k_proj.weight", "transformer.resblocks.0.attn.in_proj_weight"),
        ("blocks.0.attn.q_proj.bias", "transformer.resblocks.0.attn.in_proj_bias"),
    ]

    @Test("a tensor that is there by both names is an error that names both", arguments: doubled)
    func doubledNames(_ released: String, _ own: String) throws {
        var configuration = Self.configuration
        configuration.backbone = .fineTuned
        let tensors = try Self.tensors(configuration)
        var both = EVLLayout.released(tensors, configuration)
        both["backbone." + own] = tensors["backbone." + own]
        let error = #expect(throws: ActionModelError.self) { _ = try EVLLayout.canonical(both, path: "f.pth") }
        let text = error?.description ?? ""
        // Of three projections the first by name is told.
        let isProjection = own.contains("in_proj")
        let first = isProjection ? released.replacingOccurrences(of: "q_proj", with: "k_proj") : released
        #expect(text.contains("backbone.\(first) ") && text.contains("backbone.\(own) "), "\(text)")
    }

    private static let torn: [@Sendable (inout [String: Tensor]) -> Void] = [
        { $0["backbone.blocks.0.attn.q_proj.weight"] = nil },
        { $0["backbone.blocks.0.attn.v_proj.bias"] = .zeros([3]) },
        { $0["backbone.blocks.1.attn.k_proj.bias"] = .zeros([]) },
        { $0["backbone.patch_embed.proj.weight"] = .zeros([64, 50]) },
        { $0["backbone.patch_embed.proj.weight"] = .zeros([64]) },
        { $0["backbone.class_embedding"] = .zeros([64]) },
    ]

    @Test("towers whose parts do not belong together are refused", arguments: torn.indices)
    func tornTower(_ index: Int) throws {
        var configuration = Self.configuration
        configuration.backbone = .fineTuned
        var released = EVLLayout.released(try Self.tensors(configuration), configuration)
        Self.torn[index](&released)
        #expect(throws: ActionModelError.self) { _ = try EVLLayout.canonical(released, path: "f") }
    }

    @Test("other checkpoints are not taken for EVL's")
    func foreign() throws {
        let clip = try Parameters.build(.random()) { CLIPModel($0, Self.clip) }.parameters
        #expect(!EVLLayout.recognizes(Set(clip.names)))
        #expect(!EVLLayout.recognizes(["decoder.cls_token"]))
        #expect(throws: ActionModelError.self) { _ = try EVLLayout.canonical(clip.tensors, path: "f") }
    }

    @Test("temporal positions are interpolated on request, and everything else stays")
    func resized() throws {
        let tensors = try Self.tensors()
        let resized = EVLLayout.resized(tensors, frames: 6)
        let table = try #require(resized["decoder.temporal_pos_embed.0"])
        let before = try #require(tensors["decoder.temporal_pos_embed.0"])
        #expect(table.shape == [6, 64])
        expectClose(table.select(0, 0), before.select(0, 0), absolute: 1e-6)
        expectClose(table.select(0, 1), before.select(0, 0) * 0.75 + before.select(0, 1) * 0.25, absolute: 1e-6)
        expectClose(table.select(0, 5), before.select(0, 2), absolute: 1e-6)
        expectEqual(EVLLayout.resized(tensors, frames: 3), tensors)
        let head = EVLLayout.released(resized, Self.configuration)
        let configuration = try EVLLayout.configuration(inferredFrom: head, clip: Self.clip, frames: 6, path: "f")
        #expect(configuration.frames == 6)
        let model = try Parameters.build(.checkpoint(resized)) { EVL($0, configuration) }.model
        #expect(model(EVLSample.clips(configuration)).shape == [2, 5])
    }
}
