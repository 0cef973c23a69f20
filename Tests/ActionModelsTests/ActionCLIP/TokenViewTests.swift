import ActionModels
import CLIP
import FixtureSupport
import Foundation
import Testing
import Torch

/// A small model with a second head.
func tinyTwoHeaded(_ temporal: TemporalModelling = .none, _ change: (inout TokenView) -> Void = { _ in })
    -> ActionCLIPConfiguration
{
    var configuration = tinyConfiguration(.transformer, temporal: temporal)
    if case .transformer(var sizes) = configuration.aggregator {
        var view = TokenView()
        change(&view)
        (sizes.token, sizes.heads) = (view, 2)
        configuration.aggregator = .transformer(sizes)
    }
    return configuration
}

/// Every kind of second head.
let tinyTwoHeadedModels: [ActionCLIPConfiguration] = [
    tinyTwoHeaded(), tinyTwoHeaded(.shift), tinyTwoHeaded { $0.hidesFromFrames = true },
    tinyTwoHeaded { $0.projection = .separate }, tinyTwoHeaded { $0.readout = .max },
    tinyTwoHeaded { ($0.readout, $0.projection) = (.last, .separate) }, tinyTwoHeaded { $0.level = .spatial },
    tinyTwoHeaded { ($0.level, $0.hidesFromFrames, $0.projection) = (.spatial, true, .separate) },
]

@Suite("The second head of Transf")
struct TokenViewTests {
    private let clips = Generator(seed: 2).normal([2, 3, 3, 8, 8])

    private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs.max().item(Double.self) }

    /// A model of unlike values everywhere, and the one-headed model of the same values.
    private func pair(_ configuration: ActionCLIPConfiguration) throws -> (two: ActionCLIP, one: ActionCLIP) {
        let generator = Generator(seed: 5)
        let tensors = try tinyParameters(configuration).parameters.tensors.sorted { $0.key < $1.key }.map {
            ($0.key, $0.key.contains(".head") ? $0.value : $0.value + generator.normal($0.value.shape) * 0.3)
        }
        let all = Dictionary(uniqueKeysWithValues: tensors)
        var plain = configuration
        if case .transformer(var sizes) = configuration.aggregator {
            sizes.token = nil
            plain.aggregator = .transformer(sizes)
        }
        let isOwn = { (name: String) in name == "fusion.token" || name.hasPrefix("fusion.head") }
        let two = try Parameters.build(.checkpoint(all)) { ActionCLIP($0, configuration) }.model
        let one = try Parameters.build(.checkpoint(all.filter { !isOwn($0.key) }.mapValues { $0.cloned() })) {
            ActionCLIP($0, plain)
        }.model
        return (two, one)
    }

    @Test("two views of the features' width, and clips do not see each other", arguments: tinyTwoHeadedModels)
    func views(_ configuration: ActionCLIPConfiguration) throws {
        try configuration.validate()
        let model = try pair(configuration).two, features = model.features(of: clips)
        let frame = try #require(features.embedding), token = try #require(features.token)
        #expect(frame.shape == [2, 8] && token.shape == [2, 8])
        #expect(distance(frame, token) > 1e-3, "the heads read the clip alike")
        expectClose(model.encodeVideo(clips), frame, absolute: 0, relative: 0)
        let second = model.features(of: clips.slice(0, 1..<2))
        expectClose(try #require(second.token), token.slice(0, 1..<2), absolute: 1e-5)
    }

    @Test("a token that frames do not see leaves the frame view as it was, exactly", arguments: tinyTwoHeadedModels)
    func hidden(_ configuration: ActionCLIPConfiguration) throws {
        let (two, one) = try pair(configuration), view = try #require(configuration.token)
        let moved = distance(two.encodeVideo(clips), one.encodeVideo(clips))
        let isSeen = view.readout == .token && !view.hidesFromFrames
        if isSeen {
            #expect(moved > 1e-4)
        } else if view.level == .temporal {
            #expect(moved == 0)
        } else {
            // The one-headed tower works for class tokens only in its last block.
            #expect(moved < 1e-5)
        }
    }

    @Test("frames' features from one by one equal whole clips, both views", arguments: tinyTwoHeadedModels)
    func frameWise(_ configuration: ActionCLIPConfiguration) throws {
        let whole = try pair(configuration).two
        guard let model = whole.frameWise else {
            #expect(configuration.temporal != .none)
            return
        }
        let encoded = (0..<3).map { model.encode(frames: clips.select(1, $0)) }
        let reused = model.features(ofFrames: Tensor.stacked(encoded, axis: 1)), direct = whole.features(of: clips)
        expectClose(try #require(reused.embedding), direct.embedding, absolute: 1e-5)
        expectClose(try #require(reused.token), direct.token, absolute: 1e-5)
    }

    @Test("both views train everything but the text tower", arguments: tinyTwoHeadedModels)
    func gradients(_ configuration: ActionCLIPConfiguration) throws {
        let (model, parameters) = try tinyParameters(configuration)
        parameters.train { _ in true }
        let views = model.views(of: clips, training: true), token = try #require(views.token)
        (views.frame.pow(2).sum() + token.pow(3).sum()).backward()
        for name in parameters.names where name.hasPrefix("fusion.") || name.hasPrefix("model.visual.") {
            let gradient = try #require(parameters[name]?.gradient, "\(name) has no gradient")
            #expect(gradient.abs.max().item(Double.self) > 0, "\(name)")
        }
    }

    @Test("towers in half precision keep their head in float32", arguments: tinyTwoHeadedModels)
    func mixedTypes(_ configuration: ActionCLIPConfiguration) throws {
        let (exact, parameters) = try tinyParameters(configuration)
        let mixed = parameters.tensors.map { name, tensor in
            (name, tensor.detached().to(dtype: name.hasPrefix("fusion.") ? .float32 : .float16))
        }
        let half = try Parameters.build(.checkpoint(Dictionary(uniqueKeysWithValues: mixed))) {
            ActionCLIP($0, configuration)
        }.model
        let token = try #require(half.features(of: clips).token)
        #expect(token.dtype == .float16)
        expectClose(token.to(dtype: .float32), exact.features(of: clips).token, absolute: 0.03, relative: 0.03)
    }

    /// Without blocks a state is the frame with its position, so that all read-outs can be computed by hand.
    @Test("read-outs by hand", arguments: TokenView.Readout.allCases, [0.0, 1, 0.5])
    func readouts(_ readout: TokenView.Readout, _ residual: Double) throws {
        var view = TokenView()
        (view.readout, view.residual) = (readout, residual)
        let sizes = FrameTransformerConfiguration(positions: 4, layers: 0, heads: 1, token: view)
        let built = try Parameters.build(.random(Generator(seed: 1))) {
            FrameAggregator($0, .transformer(sizes), width: 2, frames: 3)
        }
        built.parameters["frame_position_embeddings.weight"]?.copy(
            from: Tensor([1, 0, 0, 1, 0, 0, 9, 9] as [Float], shape: [4, 2]))
        built.parameters["token"]?.copy(from: Tensor([5, 6] as [Float]))
        let x = Tensor([1, 2, 3, 4, -1, 0] as [Float], shape: [1, 3, 2])
        let views = built.model.views(of: FrameEncoding(frames: x))
        // States (2, 2), (3, 5), (-1, 0); their mean with the frames' is (4 + 3) / 3, (7 + 6) / 3.
        expectClose(views.frame, Tensor([7.0 / 3, 13.0 / 3] as [Float], shape: [1, 2]), absolute: 1e-6)
        let read: [Float] =
            switch readout {
            case .token: [5, 6]
            case .max: [3, 5]
            case .last: [-1, 0]
            }
        let expected = [read[0] + Float(residual), read[1] + 2 * Float(residual)]
        expectClose(try #require(views.token), Tensor(expected, shape: [1, 2]), absolute: 1e-6)
    }

    @Test("a token in the image tower goes the class token's way into the common space")
    func imageToken() throws {
        let configuration = tinyTwoHeaded { ($0.level, $0.residual) = (.spatial, 0) }
        let (model, parameters) = try tinyParameters(configuration)
        // A copy of the class token, with its position, is the class token.
        let class0 = try #require(parameters["model.visual.class_embedding"])
        let position = try #require(parameters["model.visual.positional_embedding"]).select(0, 0)
        try #require(parameters["fusion.token"]).copy(from: class0 + position)
        let encoding = model.encodeFrames(clips)
        expectClose(try #require(encoding.tokens), encoding.frames, absolute: 1e-5)
        expectClose(try #require(model.features(of: clips).token), encoding.mean, absolute: 1e-5)
    }

    @Test("projections begin as the identity, the token small and cut off at two deviations")
    func initial() throws {
        let tensors = try tinyParameters(tinyTwoHeaded { $0.projection = .separate }).parameters.tensors
        for name in ["fusion.head.weight", "fusion.head_dist.weight"] {
            expectClose(try #require(tensors[name]), .identity(8), absolute: 0, relative: 0, name)
        }
        let token = try Parameters.build(.random(Generator(seed: 3))) {
            $0.parameter("x", 20_000, initial: .truncatedNormal(0.02))
        }.model
        #expect(token.abs.max().item(Double.self) <= 0.04)
        // The deviation of a normal distribution cut off at two deviations is 0.8796 of the whole one's.
        #expect(abs(token.variance().item(Double.self).squareRoot() / (0.02 * 0.8796) - 1) < 0.02)
        #expect(abs(token.mean().item(Double.self)) < 0.0005)
    }

    @Test("files of one-headed models say nothing of heads, and those of two-headed ones come back")
    func json() throws {
        let plain = String(decoding: try JSONEncoder().encode(tinyConfiguration()), as: UTF8.self)
        #expect(!plain.contains("token") && !plain.contains("fusion"))
        for configuration in tinyTwoHeadedModels {
            var configuration = configuration
            configuration.fusion = .averageLogits
            let data = try JSONEncoder().encode(configuration)
            #expect(String(decoding: data, as: UTF8.self).contains("\"fusion\":\"average_logit\""))
            #expect(try JSONDecoder().decode(ActionCLIPConfiguration.self, from: data) == configuration)
        }
        #expect(
            ViewFusion.allCases.map(\.rawValue) == [
                "average_prob", "average_logit", "average_embedding", "frame", "token",
            ])
    }

    @Test("choices that contradict each other are refused")
    func refused() throws {
        let damages: [(inout TokenView) -> Void] = [
            { $0.residual = .nan }, { ($0.readout, $0.hidesFromFrames) = (.max, true) },
            { ($0.readout, $0.level) = (.last, .spatial) },
        ]
        for damage in damages {
            #expect(throws: ActionModelError.self) { try tinyTwoHeaded(.none, damage).validate() }
        }
        #expect(throws: ActionModelError.self) { try tinyTwoHeaded(.shift) { $0.level = .spatial }.validate() }
        try tinyTwoHeaded(.shift).validate()
    }

    @Test("the cost counts the token and the projections", arguments: tinyTwoHeadedModels)
    func cost(_ configuration: ActionCLIPConfiguration) throws {
        let parameters = try tinyParameters(configuration).parameters, cost = configuration.cost
        #expect(cost.parameters == parameters.count())
        let part = try #require(cost.parts.first { $0.name == "frame aggregator" })
        #expect(part.parameters == parameters.count { $0.hasPrefix("fusion.") })
    }

    @Test("one more token in six blocks of width 512: parameters and work of the page")
    func knownCost() {
        var configuration = ActionCLIPConfiguration(clip: .vitB16)
        let plain = configuration.cost
        configuration.aggregator = .transformer(.init(positions: 77, heads: 8, token: TokenView()))
        // 6 (12 · 9 · 512² + 2 · 9² · 512) - 6 (12 · 8 · 512² + 2 · 8² · 512)
        #expect(configuration.cost.parameters - plain.parameters == 512)
        #expect(configuration.cost.clipMACs - plain.clipMACs == 6 * (12 * 512 * 512 + 2 * 17 * 512))
        var view = TokenView()
        view.projection = .separate
        configuration.aggregator = .transformer(.init(positions: 77, heads: 8, token: view))
        #expect(configuration.cost.parameters - plain.parameters == 512 + 2 * 512 * 512)
        view.level = .spatial
        view.projection = .shared
        configuration.aggregator = .transformer(.init(positions: 77, heads: 8, token: view))
        let frame = 12 * (12 * 768 * 768 + 2 * (198 * 198 - 197 * 197) * 768) + 768 * 512
        #expect(configuration.cost.clipMACs - plain.clipMACs == 8 * frame)
        #expect(configuration.cost.parameters - plain.parameters == 768)
    }

    @Test("a directory gives both views back; the reference has no file for them", arguments: tinyTwoHeadedModels)
    func directory(_ configuration: ActionCLIPConfiguration) throws {
        var configuration = configuration
        configuration.fusion = .token
        let (model, parameters) = try tinyParameters(configuration),
            kind = ActionModelConfiguration.actionCLIP(configuration)
        #expect(kind.released(parameters.tensors) == nil && kind.hasTwoViews)
        try SmallModels.inFolder { folder in
            let contents = ActionModelDirectory.Contents(
                configuration: kind, preprocessing: kind.referencePreprocessing)
            try ActionModelDirectory.write(contents, tensors: parameters.tensors, to: folder + "/m")
            let read = try ActionModelCheckpoint(path: folder + "/m")
            #expect(read.configuration == kind)
            let back = try read.model().model
            #expect(back.textScoring?.fusion == .token)
            expectClose(
                try #require(back.features(of: clips).token), model.features(of: clips).token, absolute: 0, relative: 0)
        }
    }

    @Test("weights of a second head alone do not make a model", arguments: tinyTwoHeadedModels)
    func inference(_ configuration: ActionCLIPConfiguration) throws {
        let tensors = try tinyParameters(configuration).parameters.tensors
        let hasOwn = tensors.keys.contains { $0 == "fusion.token" || $0.hasPrefix("fusion.head") }
        guard hasOwn else { return }
        #expect(throws: ActionModelError.self) {
            try ActionCLIPLayout.configuration(
                inferredFrom: tensors, clip: configuration.clip, frames: 3, path: "x.pt")
        }
    }
}

@Suite("Backbone replacement")
struct BackboneReplacementTests {
    private struct Case: Decodable {
        let file: String
        let tolerance: Tolerance
    }

    @Test(
        "with mean pooling, pruned TinyCLIP towers give their own zero-shot features",
        arguments: Fixture.all("clip", "tinyclip_auto"))
    func tinyCLIP(_ fixture: Fixture) throws {
        let facts: Case = try fixture.decode(), recorded = try RecordedTensors(fixture)
        let checkpoint = try CLIPCheckpoint(path: fixture.path(facts.file)), clip = checkpoint.configuration
        let configuration = ActionCLIPConfiguration(clip: clip, frames: 2, aggregator: .mean)
        try configuration.validate()
        let weights = ActionCLIPLayout.backbone(checkpoint.tensors.mapValues { $0.cloned() }, configuration)
        let model = try Parameters.build(.checkpoint(weights)) { ActionCLIP($0, configuration) }.model
        let images = try recorded.required("inputs.image"), expected = try recorded.required("outputs.image_features")
        // Each clip shows one picture twice, then one clip shows two pictures.
        recorded.compare(
            model.encodeVideo(Tensor.stacked([images, images], axis: 1)), "outputs.image_features", facts.tolerance)
        let pictures = images.slice(0, 0..<2)
        expectClose(
            model.encodeVideo(pictures.unsqueezed(0)), expected.slice(0, 0..<2).mean(0, keepingAxes: true),
            absolute: facts.tolerance.atol, relative: facts.tolerance.rtol)
        recorded.compare(
            model.encodeText(try recorded.required("inputs.text")), "outputs.text_features", facts.tolerance)
        #expect(model.features(of: pictures.unsqueezed(0)).token == nil)
    }

    @Test("temporal heads by the text tower's width, or 64 wide")
    func heads() throws {
        func heads(_ clip: CLIPConfiguration, _ rule: TemporalHeads) -> Int {
            let aggregator = AggregatorConfiguration(.transformer, clip: clip, heads: rule)
            guard case .transformer(let sizes) = aggregator else { return 0 }
            return sizes.heads
        }
        #expect(heads(.vitB16, .textWidth) == 8 && heads(.vitB16, .featureWidth) == 8)
        #expect(heads(.vitL14, .textWidth) == 12 && heads(.vitL14, .featureWidth) == 12)
        var small = CLIPConfiguration.vitB16
        small.text.blocks = TransformerConfiguration(width: 256, layers: 3, heads: 4)
        #expect(heads(small, .textWidth) == 4 && heads(small, .featureWidth) == 8)
        // A pruned text tower: seven heads do not divide 512 channels.
        small.text.blocks = TransformerConfiguration(width: 510, headWidth: 64, heads: [8, 7], mlpWidths: [9, 10])
        let pruned = ActionCLIPConfiguration(clip: small)
        #expect(throws: ActionModelError.self) { try pruned.validate() }
        try ActionCLIPConfiguration(
            clip: small, aggregator: AggregatorConfiguration(.transformer, clip: small, heads: .featureWidth)
        ).validate()
    }
}
