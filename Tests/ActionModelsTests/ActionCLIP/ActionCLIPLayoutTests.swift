import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

@Suite("ActionCLIP's checkpoints")
struct ActionCLIPLayoutTests {
    private struct Facts: Decodable {
        let file: String
        let fusion_keys: [String]?
        let model_dtypes: [String: String]
    }

    @Test("a file of the reference's layout", arguments: Fixture.all("actionclip", "checkpoint"))
    func checkpoint(_ fixture: Fixture) throws {
        let facts: ActionCLIPCase = try fixture.decode(), layout: Facts = try fixture.decode()
        let recorded = try RecordedTensors(fixture, renaming: ActionCLIPLayout.canonicalName),
            path = fixture.path(layout.file)
        let stored = try #require(ActionCLIPLayout.stored(in: StateFile.read(path).root))
        let names = Set(
            layout.model_dtypes.keys.map { "model." + $0 }
                + (layout.fusion_keys ?? []).map { "fusion." + $0.dropFirst(7) })
        #expect(Set(stored.keys) == names)
        for (name, dtype) in layout.model_dtypes {
            let tensor = try #require(stored["model." + name])
            #expect("\(tensor.dtype)" == dtype, "\(name)")
        }
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in stored { tensors[name] = try tensor.loaded().to(dtype: .float32) }

        let inferred = try self.inferred(tensors, facts, path)
        let canonical = try ActionCLIPLayout.canonical(tensors, path: path), weights = recorded.below("weights.")
        #expect(!weights.isEmpty)
        for (name, weight) in weights {
            expectClose(try #require(canonical[name], "\(name)"), weight, absolute: 0, relative: 0, name)
        }
        let model = try Parameters.build(.checkpoint(canonical)) { ActionCLIP($0, inferred) }.model
        let images = try recorded.required("inputs.images"), tolerance = try facts.tolerance.both("outputs")
        for (name, actual) in [
            ("frame_features", model.frameFeatures(of: images)), ("video_embedding", model.encodeVideo(images)),
            ("text_features", model.encodeText(try recorded.required("inputs.prompt_tokens"))),
        ] {
            expectClose(
                actual, try recorded.required("outputs.\(name)"), absolute: tolerance.absolute,
                relative: tolerance.relative,
                name)
        }
        recorded.expectAllTaken()
    }

    /// What the tensors tell; where heads are not 64 wide the CLIP model must be told, and the aggregator's heads.
    private func inferred(
        _ tensors: [String: Tensor], _ facts: ActionCLIPCase, _ path: String
    ) throws -> ActionCLIPConfiguration {
        let expected = try facts.config.model(), clip = expected.clip
        #expect(ActionCLIPLayout.recognizes(Set(tensors.keys)) == (expected.aggregator.kind != .mean))
        let hasUsualHeads = [clip.vision.blocks, clip.text.blocks].allSatisfy { blocks in
            blocks.heads.allSatisfy { $0 == max(blocks.width / 64, 1) }
        }
        let told = try ActionCLIPLayout.configuration(
            inferredFrom: tensors, clip: clip, frames: facts.config.num_frames, path: path)
        if hasUsualHeads {
            let alone = try ActionCLIPLayout.configuration(
                inferredFrom: tensors, clip: nil, frames: facts.config.num_frames, path: path)
            #expect(alone == told)
        }
        var inferred = told
        switch (inferred.aggregator, expected.aggregator) {
        case (.transformer(var sizes), .transformer(let wanted)):
            sizes.heads = wanted.heads
            inferred.aggregator = .transformer(sizes)
        case (.classToken(var sizes), .classToken(let wanted)):
            sizes.heads = wanted.heads
            inferred.aggregator = .classToken(sizes)
        default: break
        }
        #expect(inferred == expected)
        return inferred
    }

    @Test("another container is none of the reference's", arguments: Fixture.all("actionclip", "scoring"))
    func otherContainer(_ fixture: Fixture) throws {
        #expect(ActionCLIPLayout.stored(in: try StateFile.read(fixture.path("tensors.safetensors")).root) == nil)
    }

    static let models: [ActionCLIPConfiguration] =
        AggregatorConfiguration.Kind.allCases.map { tinyConfiguration($0) }
        + [tinyConfiguration(.mean, temporal: .shift), tinyConfiguration(.transformer, temporal: .shift)]
        + [tinyConfiguration(.mean, temporal: .joint)]

    @Test("written by the reference's names and read again", arguments: models)
    func roundTrip(_ configuration: ActionCLIPConfiguration) throws {
        let tensors = try tinyParameters(configuration).parameters.tensors
        let released = ActionCLIPLayout.released(tensors, configuration)
        #expect(released.count == tensors.count)
        #expect(released.keys.contains { $0.contains(".net.") } == (configuration.temporal == .shift))
        #expect(
            !released.keys.contains { $0.contains(".net.") && !$0.hasPrefix("model.visual.transformer.resblocks.") })
        #expect(ActionCLIPLayout.recognizes(Set(released.keys)) == (configuration.aggregator.kind != .mean))
        let canonical = try ActionCLIPLayout.canonical(released, path: "x.pt")
        #expect(Set(canonical.keys) == Set(tensors.keys))
        for (name, tensor) in tensors { #expect(canonical[name] === tensor, "\(name)") }
        #expect(ActionCLIPLayout.temporalModelling(released.keys) == configuration.temporal)
        let inferred = try ActionCLIPLayout.configuration(
            inferredFrom: released, clip: configuration.clip, frames: configuration.frames, path: "x.pt")
        var expected = configuration
        if case .classToken(var sizes) = expected.aggregator {
            sizes.heads = 8
            expected.aggregator = .classToken(sizes)
        }
        #expect(inferred == expected)
    }

    @Test("a model begins with CLIP's weights; the rest is new", arguments: models)
    func backbone(_ configuration: ActionCLIPConfiguration) throws {
        let clip = try Parameters.build(.random(Generator(seed: 7))) { CLIPModel($0, configuration.clip) }.parameters
        let part = ActionCLIPLayout.backbone(clip.tensors, configuration)
        let isNew = { (name: String) in name.hasPrefix("fusion.") || name.hasSuffix(".time_embedding") }
        let parameters = try Parameters.build(.checkpoint(part, fresh: isNew)) { ActionCLIP($0, configuration) }
            .parameters
        #expect(Set(parameters.names.filter { !isNew($0) }) == Set(part.keys))
    }

    @Test("with the image tower alone, text tower and scale are new", arguments: models)
    func imageTower(_ configuration: ActionCLIPConfiguration) throws {
        let clip = try Parameters.build(.random(Generator(seed: 7))) { CLIPModel($0, configuration.clip) }.parameters
        let part = ActionCLIPLayout.backbone(clip.tensors, configuration, part: .imageTower)
        #expect(!part.isEmpty && part.keys.allSatisfy { $0.hasPrefix("model.visual.") })
        let isNew = { (name: String) in !name.hasPrefix("model.visual.") || name.hasSuffix(".time_embedding") }
        let parameters = try Parameters.build(.checkpoint(part, fresh: isNew)) { ActionCLIP($0, configuration) }
            .parameters
        #expect(Set(parameters.names.filter { !isNew($0) }) == Set(part.keys))
        let scale = try #require(parameters["model.logit_scale"]).item(Double.self)
        #expect(abs(scale - 2.659_26) < 1e-5)
    }

    @Test("mmaction2's port: its names, its table of one row a frame, its norms")
    func port() throws {
        var configuration = tinyConfiguration(frames: 5)
        configuration.aggregator = .transformer(
            FrameTransformerConfiguration(positions: 5, heads: 1, layerNormEps: 1e-5))
        let (model, parameters) = try tinyParameters(configuration)
        let named = parameters.tensors.map { name, tensor in
            (name.hasPrefix("model.") ? "clip." + name.dropFirst(6) : "adapter." + name.dropFirst(7), tensor.cloned())
        }
        let port = Dictionary(uniqueKeysWithValues: named)
        #expect(ActionCLIPLayout.recognizes(Set(port.keys)))
        let inferred = try ActionCLIPLayout.configuration(
            inferredFrom: port, clip: configuration.clip, frames: nil, path: "x.pth")
        #expect(inferred == configuration)
        let read = try Parameters.build(.checkpoint(ActionCLIPLayout.canonical(port, path: "x.pth"))) {
            ActionCLIP($0, inferred)
        }.model
        let clips = Generator(seed: 2).normal([2, 5, 3, 8, 8])
        expectClose(read.encodeVideo(clips), model.encodeVideo(clips), absolute: 0, relative: 0)
    }

    @Test("CLIP's names alone, and other methods', are not ActionCLIP's")
    func notRecognized() throws {
        let clip = try Parameters.build(.random()) { CLIPModel($0, tinyConfiguration().clip) }.parameters
        #expect(!ActionCLIPLayout.recognizes(Set(clip.names)))
        #expect(!ActionCLIPLayout.recognizes(["decoder.layers.0.weight", "backbone.conv1.weight"]))
        #expect(!ActionCLIPLayout.recognizes([]))
    }

    /// What a file holds whose dictionaries are these.
    private func stored(_ model: [String: Tensor], _ fusion: [String: Tensor]) throws -> [String: Tensor] {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pt").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try StateFile.writeTorch(
            .dictionary([
                (.string("model_state_dict"), .tensors(model)), (.string("fusion_model_state_dict"), .tensors(fusion)),
            ]), to: path)
        let stored = try #require(ActionCLIPLayout.stored(in: StateFile.read(path).root))
        return try stored.mapValues { try $0.loaded().cloned() }
    }

    @Test("a wrapped name beside the plain one is not lost, and no model has it")
    func wrappedTwin() throws {
        let twins = ["module.a": Tensor([1.0]), "a": Tensor([2.0]), "module.b": Tensor([3.0])]
        let read = try stored([:], twins)
        #expect(Set(read.keys) == ["fusion.a", "fusion.module.a", "fusion.b"])
        expectClose(try #require(read["fusion.a"]), Tensor([2.0]), absolute: 0, relative: 0)
    }

    @Test(
        "a file of a model with the mean, and heads that are not 64 wide", arguments: [TemporalModelling.none, .shift])
    func meanFile(_ temporal: TemporalModelling) throws {
        let configuration = tinyConfiguration(.mean, temporal: temporal)
        let (model, parameters) = try tinyParameters(configuration)
        let released = ActionCLIPLayout.released(parameters.tensors, configuration)
        let read = try stored(
            Dictionary(uniqueKeysWithValues: released.map { (String($0.key.dropFirst(6)), $0.value) }), [:])
        #expect(Set(read.keys) == Set(released.keys))
        let inferred = try ActionCLIPLayout.configuration(
            inferredFrom: read, clip: configuration.clip, frames: 3, path: "x.pt")
        #expect(inferred == configuration)
        let again = try Parameters.build(.checkpoint(ActionCLIPLayout.canonical(read, path: "x.pt"))) {
            ActionCLIP($0, inferred)
        }.model
        let clips = Generator(seed: 2).normal([2, 3, 3, 8, 8])
        expectClose(again.encodeVideo(clips), model.encodeVideo(clips), absolute: 0, relative: 0)
    }

    @Test("one parameter under two names")
    func twins() throws {
        let name = "visual.transformer.resblocks.0."
        let tensors = ["model.\(name)ln_1.bias": Tensor([1.0]), "model.\(name)net.ln_1.bias": Tensor([2.0])]
        let error = #expect(throws: ActionModelError.self) { try ActionCLIPLayout.canonical(tensors, path: "x.pt") }
        #expect("\(try #require(error))".contains("same parameter"))
    }

    @Test(
        "names that only look like wrapped blocks stay",
        arguments: [
            "model.visual.transformer.resblocks.x.net.ln_1.bias", "model.transformer.resblocks.0.net.ln_1.bias",
            "model.visual.transformer.resblocks.0.network.bias", "fusion.transformer.resblocks.0.net.ln_1.bias",
            "model.visual.transformer.resblocks..net.a", "model.visual.transformer.resblocks.1",
        ])
    func lookalikes(_ name: String) throws {
        #expect(try ActionCLIPLayout.canonical([name: Tensor([1.0])], path: "x.pt").keys.first == name)
    }

    static let hostileShapes: [(String, [Int]?)] = [
        ("fusion.frame_position_embeddings.weight", nil), ("fusion.frame_position_embeddings.weight", [3]),
        ("fusion.frame_position_embeddings.weight", [1 << 25, 0]), ("fusion.frame_position_embeddings.weight", [0, 8]),
        ("model.visual.positional_embedding", [0, 16]), ("model.visual.conv1.weight", [16]),
        ("model.token_embedding.weight", [0, 0]), ("model.positional_embedding", []),
        ("fusion.transformer.resblocks.3.ln_1.weight", nil),
    ]

    @Test("shapes that no model has", arguments: hostileShapes)
    func hostile(_ name: String, shape: [Int]?) throws {
        var tensors = try tinyParameters().parameters.tensors
        if let shape {
            tensors[name] = .zeros(shape)
        } else {
            let block = name.split(separator: ".").prefix { $0 != "ln_1" }.joined(separator: ".")
            for other in tensors.keys where other.hasPrefix(block) { tensors[other] = nil }
        }
        #expect(throws: ActionModelError.self) {
            let configuration = try ActionCLIPLayout.configuration(
                inferredFrom: tensors, clip: nil, frames: nil, path: "x.pt")
            _ = try Parameters.build(.checkpoint(tensors)) { ActionCLIP($0, configuration) }
        }
    }

    @Test("tables made for other numbers of frames", arguments: [2, 4, 100_000, -1])
    func otherFrames(_ frames: Int) throws {
        for configuration in [tinyConfiguration(.classToken), tinyConfiguration(.mean, temporal: .joint)] {
            let tensors = try tinyParameters(configuration).parameters.tensors
            #expect(throws: ActionModelError.self) {
                try ActionCLIPLayout.configuration(
                    inferredFrom: tensors, clip: configuration.clip, frames: frames, path: "x.pt")
            }
        }
    }

    @Test("an aggregator without its CLIP asks for it")
    func withoutCLIP() throws {
        let tensors = try tinyParameters().parameters.tensors.filter { $0.key.hasPrefix("fusion.") }
        let error = #expect(throws: ActionModelError.self) {
            try ActionCLIPLayout.configuration(inferredFrom: tensors, clip: nil, frames: nil, path: "x.pt")
        }
        #expect("\(try #require(error))".contains("--backbone"))
    }

    @Test("what is missing, too much or misshapen is reported at once")
    func unfitting() throws {
        let configuration = tinyConfiguration()
        var tensors = try tinyParameters(configuration).parameters.tensors
        tensors["fusion.transformer.resblocks.0.ln_1.bias"] = nil
        tensors["fusion.surprise"] = Tensor([1.0])
        tensors["model.ln_final.weight"] = .zeros([3])
        let error = #expect(throws: ParameterError.self) {
            try Parameters.build(.checkpoint(tensors)) { ActionCLIP($0, configuration) }
        }
        let problems = try #require(error)
        #expect(problems.missing == ["fusion.transformer.resblocks.0.ln_1.bias"])
        #expect(problems.unexpected == ["fusion.surprise"])
        #expect(problems.mismatched.map(\.name) == ["model.ln_final.weight"])
    }
}
