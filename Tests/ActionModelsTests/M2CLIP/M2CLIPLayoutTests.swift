import ActionModels
import CLIP
import FixtureSupport
import Testing
import Torch

@Suite("M2-CLIP's checkpoints")
struct M2CLIPLayoutTests {
    private let tiny = M2CLIPConfiguration.tiny

    private func clip(_ configuration: M2CLIPConfiguration) throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 3))) { CLIPModel($0, configuration.clip) }.parameters.tensors
    }

    @Test("names tell the method", arguments: M2CLIPConfiguration.variants)
    func recognized(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let tensors = try configuration.built().parameters.tensors
        #expect(M2CLIPLayout.recognizes(Set(tensors.keys)))
        #expect(M2CLIPLayout.recognizes(Set(M2CLIPLayout.released(tensors, configuration).keys)))
        #expect(!M2CLIPLayout.recognizes(Set(try clip(configuration).keys)))
    }

    @Test(
        "other methods' names do not",
        arguments: [
            "transformer.resblocks.0.adapter_pre_attn.conv.weight", "fusion.transformer.resblocks.0.ln_1.weight",
            "decoder.decoder_layers.0.mlp.fc1.weight", "visual.proj", "logit_scale",
        ])
    func foreign(_ name: String) {
        #expect(!M2CLIPLayout.recognizes([name]))
        #expect(throws: ActionModelError.self) { try M2CLIPLayout.canonical([name: .zeros([1])], path: "x.pth") }
    }

    @Test("what the reference saves goes back onto CLIP", arguments: M2CLIPConfiguration.variants)
    func roundTrip(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let clip = try clip(configuration)
        let (model, parameters) = try M2CLIP.adapting(clip, configuration, path: "new")
        let saved = M2CLIPLayout.released(parameters.tensors, configuration)
        #expect(Set(saved.keys) == Set(parameters.names.filter { $0.contains("adapter") }))
        let trained = try M2CLIPLayout.canonical(saved, path: "saved.pth")
        let whole = M2CLIPLayout.backbone(clip, configuration).merging(trained) { _, own in own }
        let again = try Parameters.build(.checkpoint(whole)) { M2CLIP($0, configuration) }
        #expect(again.parameters.names == parameters.names)
        let clips = configuration.clips()
        expectClose(
            again.model.encodeVideo(clips).classLogits, model.encodeVideo(clips).classLogits, absolute: 0, relative: 0)
    }

    @Test("sizes and placements are read off shapes", arguments: M2CLIPConfiguration.variants)
    func inferred(_ name: String, _ configuration: M2CLIPConfiguration) throws {
        let tensors = try configuration.built().parameters.tensors
        var expected = configuration
        if expected.difference == .zeroFirstFrame { expected.difference = .released }  // shapes do not tell
        if expected.visionAdapters.layers == 0 {  // nor what nobody has
            expected.visionAdapters.width = 32
            expected.textAdapters.width = 48
        }
        let whole = try M2CLIPLayout.configuration(inferredFrom: tensors, clip: nil, frames: 4, path: "x.pth")
        #expect(whole == expected)
        let part = try M2CLIPLayout.configuration(
            inferredFrom: M2CLIPLayout.released(tensors, configuration), clip: configuration.clip, frames: nil,
            path: "x.pth")
        #expect(part == expected.with { $0.frames = 8 })
    }

    @Test("trained parameters alone need a CLIP")
    func needsBackbone() throws {
        let saved = M2CLIPLayout.released(try tiny.built().parameters.tensors, tiny)
        let error = try #require(throws: ActionModelError.self) {
            try M2CLIPLayout.configuration(inferredFrom: saved, clip: nil, frames: nil, path: "x.pth")
        }
        guard case .needsBackbone = error else {
            Issue.record("\(error)")
            return
        }
    }

    private static let block = "visual.transformer.resblocks."
    static let lies: [(String, @Sendable (inout [String: Tensor]) -> Void)] = [
        ("no class head", { $0["visual.adapter_fc.weight"] = nil }),
        ("class head of one axis", { $0["visual.adapter_fc.weight"] = .zeros([5]) }),
        ("class head of nothing", { $0["visual.adapter_fc.weight"] = .zeros([0, 64]) }),
        ("no decoder", { $0["mlm_adapter.decoder.weight"] = nil }),
        ("a huge decoder", { $0["mlm_adapter.decoder.weight"] = .zeros([2_000_000, 1]) }),
        ("a gap", { for name in $0.keys where name.hasPrefix(block + "1.adapter") { $0[name] = nil } }),
        ("first blocks only", { for name in $0.keys where name.hasPrefix(block + "2.adapter") { $0[name] = nil } }),
        ("a block too many", { $0[block + "3.adapter_pre_mlp.fc1.weight"] = .zeros([12, 64]) }),
        ("an endless block number", { $0[block + "\(UInt64.max).adapter_pre_mlp.fc1.weight"] = .zeros([12, 64]) }),
        ("a block far away", { $0[block + "\(Int.max).adapter_pre_mlp.fc1.weight"] = .zeros([12, 64]) }),
        ("a negative block", { $0[block + "-4.adapter_pre_mlp.fc1.weight"] = .zeros([12, 64]) }),
        ("mixed placements", { $0[block + "1.adapter_pre_attn.fc1.weight"] = .zeros([12, 64]) }),
        ("an adapter without weights", { $0[block + "0.adapter_pre_mlp.fc1.weight"] = nil }),
        ("an adapter of no width", { $0[block + "0.adapter_pre_mlp.fc1.weight"] = .zeros([0, 64]) }),
        ("an even kernel", { $0[block + "0.adapter_pre_mlp.conv.weight"] = .zeros([12, 1, 2]) }),
        ("a flat kernel", { $0[block + "0.adapter_pre_mlp.conv.weight"] = .zeros([12]) }),
    ]

    @Test("hostile shapes and names are refused", arguments: lies)
    func hostile(_ name: String, _ change: @Sendable (inout [String: Tensor]) -> Void) throws {
        let whole = try tiny.built().parameters.tensors
        for (tensors, clip) in [(whole, nil), (M2CLIPLayout.released(whole, tiny), tiny.clip)] {
            var changed = tensors
            change(&changed)
            let error = try #require(throws: ActionModelError.self) {
                try M2CLIPLayout.configuration(inferredFrom: changed, clip: clip, frames: 4, path: "x.pth")
            }
            #expect("\(error)".contains("x.pth"))
            guard case .inconsistentWeights = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("a whole file whose CLIP contradicts itself is refused")
    func brokenClip() throws {
        let whole = try tiny.built().parameters.tensors
        let changes: [(inout [String: Tensor]) -> Void] = [
            { $0["visual.proj"] = .zeros([64, 32]) },
            { $0["visual.positional_embedding"] = .zeros([9, 64]) },
            { $0["transformer.resblocks.1.mlp.c_fc.weight"] = nil },
            { tensors in for name in tensors.keys where name.hasPrefix("transformer.") { tensors[name] = nil } },
        ]
        for change in changes {
            var changed = whole
            change(&changed)
            #expect(throws: ActionModelError.self) {
                try M2CLIPLayout.configuration(inferredFrom: changed, clip: nil, frames: 4, path: "x.pth")
            }
        }
    }

    @Test("frames nobody can have are refused", arguments: [0, -1, Int.max])
    func frames(_ frames: Int) throws {
        let whole = try tiny.built().parameters.tensors
        #expect(throws: ActionModelError.self) {
            try M2CLIPLayout.configuration(inferredFrom: whole, clip: nil, frames: frames, path: "x.pth")
        }
    }
}

@Suite("The beginning of M2-CLIP")
struct M2CLIPBuildingTests {
    private let tiny = M2CLIPConfiguration.tiny

    private func clip() throws -> [String: Tensor] {
        try Parameters.build(.random(Generator(seed: 3))) { CLIPModel($0, tiny.clip) }.parameters.tensors
    }

    @Test(
        "the cross-modal block is the last text block, in storage of its own",
        arguments: [
            (AdapterPlacement.beforeMLP, 2), (.both, 4), (.beforeAttention, 1), (.beforeMLP, 0),
        ])
    func copied(_ placement: AdapterPlacement, _ layers: Int) throws {
        let configuration = tiny.with { $0.textAdapters = .init(placement, layers: layers, width: 10) }
        let parameters = try M2CLIP.adapting(try clip(), configuration, path: "new").parameters
        let names = parameters.names.filter { $0.hasPrefix("transformer.resblocks.3.") }
        #expect(!names.isEmpty)
        for name in names {
            let own = try #require(parameters[name])
            guard let other = parameters[name.replacing("resblocks.3.", with: "resblocks.2.")] else {
                #expect(layers == 1 && name.contains("textad_"), "\(name)")
                continue
            }
            expectClose(own, other, absolute: 0, relative: 0, name)
            own.copy(from: own + 1)
            #expect((own - other).abs.min().item(Double.self) > 0.5, "\(name)")
        }
    }

    @Test("an earlier training goes on, its cross-modal adapters kept")
    func continued() throws {
        let earlier = try tiny.stirred(seed: 8).parameters.tensors.filter { $0.key.contains("adapter") }
        let parameters = try M2CLIP.adapting(try clip(), tiny, trained: earlier, path: "old.pth").parameters
        for (name, tensor) in earlier { expectClose(try #require(parameters[name]), tensor, absolute: 0, relative: 0) }
    }

    @Test("another data set's heads do not fit, and can be left behind")
    func otherHeads() throws {
        let earlier = try tiny.stirred(seed: 8).parameters.tensors.filter { $0.key.contains("adapter") }
        let other = tiny.with { ($0.classes, $0.labelWords) = (9, 11) }
        let error = try #require(throws: ActionModelError.self) {
            try M2CLIP.adapting(try clip(), other, trained: earlier, path: "old.pth")
        }
        guard case .unfitting(let path, let details) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(path == "old.pth")
        #expect(
            details.mismatched.map(\.name) == [
                "mlm_adapter.bias", "mlm_adapter.decoder.weight", "visual.adapter_fc.bias", "visual.adapter_fc.weight",
            ])
        let parameters = try M2CLIP.adapting(
            try clip(), other, trained: M2CLIPLayout.withoutHeads(earlier), path: "old.pth"
        ).parameters
        #expect(parameters["visual.adapter_fc.weight"]?.shape == [9, 64])
        let name = "mlm_adapter.transform.dense.weight"
        expectClose(try #require(parameters[name]), earlier[name], absolute: 0, relative: 0)
    }

    @Test("what is missing of CLIP and what nobody knows is reported")
    func reported() throws {
        var incomplete = try clip()
        incomplete["visual.proj"] = nil
        incomplete["transformer.resblocks.2.ln_2.bias"] = nil
        let broken = incomplete
        let error = try #require(throws: ActionModelError.self) {
            try M2CLIP.adapting(broken, tiny, trained: ["visual.adapter_x": .zeros([1])], path: "clip.pt")
        }
        guard case .unfitting(_, let details) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(
            details.missing == [
                "transformer.resblocks.2.ln_2.bias", "transformer.resblocks.3.ln_2.bias", "visual.proj",
            ])
        #expect(details.unexpected == ["visual.adapter_x"])
    }

    @Test("first values: convolutions and biases zero, the word head normal")
    func firstValues() throws {
        let parameters = try tiny.with { $0.labelWords = 2000 }.built().parameters
        for name in parameters.names where name.contains("adapter") && !name.hasPrefix("visual.adapter_fc") {
            let values = try #require(parameters[name])
            let isZero = name.hasSuffix(".bias") || name.hasSuffix(".conv.weight")
            #expect(values.equal(to: 0).allTrue == isZero, "\(name)")
        }
        let decoder = try #require(parameters["mlm_adapter.decoder.weight"])
        #expect(abs(decoder.variance().item(Double.self).squareRoot() - 0.02) < 0.001)
        let down = try #require(parameters["transformer.resblocks.3.adapter_pre_mlp.textad_fc1.weight"])
        #expect(down.abs.max().item(Double.self) <= 1 / 8.0)
    }
}
