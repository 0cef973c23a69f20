import ActionModels
import CLIP
import Foundation
import Testing
import Torch

@Suite("ActionCLIP's sizes and choices")
struct ActionCLIPConfigurationTests {
    @Test("the reference's defaults")
    func defaults() {
        let configuration = ActionCLIPConfiguration(clip: .vitB32)
        #expect(configuration.frames == 8 && configuration.temporal == .none && configuration.isFrameWise)
        #expect(configuration.dropout == 0 && configuration.embeddingDropout == 0)
        #expect(
            configuration.aggregator == .transformer(.init(positions: 77, layers: 6, heads: 8, layerNormEps: 1e-12)))
        let large = AggregatorConfiguration(.transformer, clip: .vitL14)
        #expect(large == .transformer(.init(positions: 77, heads: 12)))
        let classToken = AggregatorConfiguration(.classToken, clip: .vitL14)
        #expect(
            classToken == .classToken(.init(positions: 77, layers: 6, heads: 8, feedForward: 2048, dropout: 0.1)))
        let convolution = AggregatorConfiguration(.convolution, clip: .vitB16)
        #expect(convolution == .convolution(positions: 77, order: .released))
        #expect(configuration.preprocessing.imageSize == 224 && configuration.preprocessing.shortSide == 256)
    }

    @Test("JSON says the reference's names and comes back", arguments: AggregatorConfiguration.Kind.allCases)
    func json(_ kind: AggregatorConfiguration.Kind) throws {
        var configuration = tinyConfiguration(kind)
        (configuration.dropout, configuration.embeddingDropout) = (0.25, 0.5)
        let data = try JSONEncoder().encode(configuration)
        #expect(String(decoding: data, as: UTF8.self).contains("\"aggregator\":{\"\(kind.rawValue)\":"))
        #expect(try JSONDecoder().decode(ActionCLIPConfiguration.self, from: data) == configuration)
        #expect(configuration.aggregator.kind == kind)
        #expect(
            AggregatorConfiguration.Kind.allCases.map(\.rawValue) == [
                "meanP", "Conv_1D", "LSTM", "Transf", "Transf_cls",
            ])
    }

    /// A change that makes a good configuration a bad one.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout ActionCLIPConfiguration) -> Void
    }

    static let damages: [Damage] =
        [-1, 0, 1025, Int.max].map { frames in Damage(testDescription: "frames \(frames)") { $0.frames = frames } }
        + [-0.1, 1, .nan, .infinity].flatMap { rate in
            [
                Damage(testDescription: "dropout \(rate)") { $0.dropout = rate },
                Damage(testDescription: "embedding dropout \(rate)") { $0.embeddingDropout = rate },
                Damage(testDescription: "class token dropout \(rate)") {
                    $0.aggregator = .classToken(.init(positions: 9, dropout: rate))
                },
            ]
        }
        + [Int.min, -1, 0, 3, 4097, Int.max].flatMap { heads in
            [
                Damage(testDescription: "Transf heads \(heads)") {
                    $0.aggregator = .transformer(.init(positions: 9, heads: heads))
                },
                Damage(testDescription: "Transf_cls heads \(heads)") {
                    $0.aggregator = .classToken(.init(positions: 9, heads: heads))
                },
            ]
        }
        + [Int.min, -1, 0, 1 << 40].flatMap { size in
            [
                Damage(testDescription: "Conv_1D positions \(size)") {
                    $0.aggregator = .convolution(positions: size, order: .corrected)
                },
                Damage(testDescription: "LSTM positions \(size)") { $0.aggregator = .lstm(positions: size) },
                Damage(testDescription: "Transf_cls layers \(size)") {
                    $0.aggregator = .classToken(.init(positions: 9, layers: size))
                },
                Damage(testDescription: "Transf_cls feed-forward \(size)") {
                    $0.aggregator = .classToken(.init(positions: 9, feedForward: size))
                },
            ]
        }
        + [
            Damage(testDescription: "Transf layers") {
                $0.aggregator = .transformer(.init(positions: 9, layers: -1, heads: 2))
            },
            Damage(testDescription: "Transf eps") {
                $0.aggregator = .transformer(.init(positions: 9, heads: 2, layerNormEps: 0))
            },
            Damage(testDescription: "fewer positions than frames") {
                $0.aggregator = .transformer(.init(positions: 2, heads: 2))
            },
            Damage(testDescription: "joint with an aggregator") { $0.temporal = .joint },
            Damage(testDescription: "more text blocks than rates") {
                $0.dropout = 0.1
                $0.clip.text.blocks = TransformerConfiguration(width: 8, layers: 3, heads: 2)
            },
            Damage(testDescription: "a shift of no channel") {
                $0.temporal = .shift
                $0.clip.vision.blocks = TransformerConfiguration(width: 7, layers: 2, heads: 1)
            },
            Damage(testDescription: "CLIP itself") { $0.clip.embedDim = -1 },
        ]

    @Test("numbers and choices that cannot be", arguments: damages)
    func refused(_ damage: Damage) throws {
        var configuration = tinyConfiguration()
        try configuration.validate()
        damage.apply(&configuration)
        #expect(throws: ActionModelError.self) { try configuration.validate() }
    }

    @Test("everything is trained")
    func trained() throws {
        for name in try tinyParameters().parameters.names { #expect(ActionCLIPConfiguration.isTrained(name)) }
    }
}

@Suite("ActionCLIP's costs")
struct ActionCLIPCostTests {
    private func cost(
        _ clip: CLIPConfiguration, _ frames: Int, _ kind: AggregatorConfiguration.Kind,
        _ temporal: TemporalModelling = .none
    ) -> ActionModelCost {
        ActionCLIPConfiguration(
            clip: clip, frames: frames, aggregator: AggregatorConfiguration(kind, clip: clip), temporal: temporal
        ).cost
    }

    private func part(_ cost: ActionModelCost, _ name: String) throws -> CostPart {
        try #require(cost.parts.first { $0.name == name })
    }

    @Test(
        "parameters of the aggregators on ViT-B",
        arguments: [
            ("meanP", 0), ("Conv_1D", 40_960), ("LSTM", 2_140_672), ("Transf", 18_953_728), ("Transf_cls", 18_959_872),
        ])
    func aggregatorParameters(_ name: String, parameters: Int) throws {
        let kind = try #require(AggregatorConfiguration.Kind(rawValue: name))
        let whole = cost(.vitB32, 8, kind)
        #expect(try part(whole, "frame aggregator").parameters == parameters)
        #expect(whole.parameters == 151_277_313 + parameters && whole.trained == whole.parameters)
        #expect(cost(.vitB16, 8, kind).parameters == 149_620_737 + parameters)
    }

    static let work: [(Int, String, Double)] = [
        (8, "meanP", 0.004), (8, "Conv_1D", 0.012), (8, "LSTM", 16.8), (8, "Transf", 151.4), (8, "Transf_cls", 149.3),
        (16, "meanP", 0.008), (16, "Conv_1D", 0.025), (16, "LSTM", 33.6), (16, "Transf", 303.6),
        (16, "Transf_cls", 280.4), (32, "meanP", 0.016), (32, "Conv_1D", 0.049), (32, "LSTM", 67.1),
        (32, "Transf", 610.3), (32, "Transf_cls", 544.6),
    ]

    @Test("work of the aggregators, in millions", arguments: work)
    func aggregatorWork(_ frames: Int, name: String, millions: Double) throws {
        let kind = try #require(AggregatorConfiguration.Kind(rawValue: name))
        let macs = Double(try part(cost(.vitB32, frames, kind), "frame aggregator").clipMACs) / 1e6
        #expect(abs(macs - millions) <= max(0.01 * millions, 0.0005))
    }

    @Test(
        "work of a clip with Transf, in billions",
        arguments: [(8, 35.42, 140.66), (16, 70.84, 281.32), (32, 141.69, 562.64)])
    func clipWork(_ frames: Int, b32: Double, b16: Double) {
        #expect(abs(Double(cost(.vitB32, frames, .transformer).clipMACs) / 1e9 / b32 - 1) < 0.01)
        #expect(abs(Double(cost(.vitB16, frames, .transformer).clipMACs) / 1e9 / b16 - 1) < 0.01)
    }

    @Test(
        "work of joint space-time, in billions", arguments: [(8, 37.2, 179.6), (16, 79.9, 449.7), (32, 182.3, 1261.8)])
    func jointWork(_ frames: Int, b32: Double, b16: Double) {
        #expect(abs(Double(cost(.vitB32, frames, .mean, .joint).clipMACs) / 1e9 / b32 - 1) < 0.01)
        #expect(abs(Double(cost(.vitB16, frames, .mean, .joint).clipMACs) / 1e9 / b16 - 1) < 0.01)
    }

    @Test("a frame's work in a stream, and a prompt's")
    func streamWork() throws {
        let frame = Double(ModelCost(.vitB32).imageMACs), whole = cost(.vitB32, 8, .transformer)
        #expect(abs((frame + Double(try part(whole, "frame aggregator").clipMACs)) / 1e9 / 4.56 - 1) < 0.01)
        #expect(abs(Double(whole.textMACs) / 1e9 / 2.98 - 1) < 0.01)
    }

    @Test("the formula counts what a model declares", arguments: ActionCLIPLayoutTests.models)
    func declared(_ configuration: ActionCLIPConfiguration) throws {
        let parameters = try tinyParameters(configuration).parameters, cost = configuration.cost
        #expect(cost.parameters == parameters.count())
        let aggregator = parameters.count { $0.hasPrefix("fusion.") }
        #expect(try part(cost, "frame aggregator").parameters == aggregator)
        #expect(try part(cost, "image tower").parameters == parameters.count { $0.hasPrefix("model.visual.") })
    }
}
