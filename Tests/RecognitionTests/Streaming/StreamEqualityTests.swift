import ActionModels
import CLIP
import Testing
import Torch
import Video

@testable import Recognition

@Suite("A stream gives what its windows give by themselves")
struct StreamEqualityTests {
    /// Time stamps of streams.
    static let kinds: [String: [Double]] = [
        "constant": (0..<40).map { Double($0) / 10 },
        "variable": (0..<50).map { (number: Int) -> Double in
            Double(number) / 14 + (number % 7 == 3 ? 0.05 : 0) + (number > 25 ? 0.6 : 0)
        },
        "slow": [0, 0.4, 0.75, 1.5, 2, 2.1, 2.9, 3.3, 3.4],
    ]

    static let rhythms: [(stride: Double, hop: Int)] = [(0.2, 1), (0.3, 2), (0.25, 3), (0.1, 6)]

    /// The frames of each grid time by the rule as it is written, from all time stamps at once.
    static func picks(_ times: [Double], stride: Double) -> [Int] {
        var picks: [Int] = [], time = 0.0
        while time <= (times.last ?? 0) + stride / 2 + 1e-6 {
            let distances = times.map { abs($0 - time) }
            let nearest = times.indices.min { distances[$0] < distances[$1] } ?? 0
            picks.append(distances[nearest] <= stride / 2 + 1e-6 ? nearest : picks.last ?? 0)
            time = Double(picks.count) * stride
        }
        return picks
    }

    /// The probabilities of a clip straight from the model.
    static func probabilities(_ model: RecognitionModel, _ frames: [Frame]) throws -> [String: Double] {
        try withoutGradient {
            let features = model.model.features(of: model.preprocessing.input(frames).unsqueezed(0))
            var labels = ActionLabels.trained
            if model.model.classes == nil, let text = model.model.text, let scoring = model.model.textScoring,
                let tokenizer = model.tokenizer
            {
                let sentences = scoring.templates.flatMap { template in StreamModels.classNames.map { template($0) } }
                let rows = try tokenizer(sentences, contextLength: 40)
                let texts = text(Tensor(rows.flatMap(\.self), shape: [rows.count, 40]))
                labels = .texts(LabelFeatures(texts, labels: StreamModels.classNames.count))
            }
            let values = model.model.probabilities(of: labels, for: features).array(of: Double.self)
            return Dictionary(uniqueKeysWithValues: zip(StreamModels.classNames, values))
        }
    }

    private func expectSame(_ decision: StreamDecision, _ expected: [String: Double]) {
        #expect(decision.predictions.count == expected.count)
        for prediction in decision.predictions {
            #expect(abs(prediction.probability - (expected[prediction.label] ?? .nan)) < 1e-5)
        }
    }

    private func expectStream(
        _ configuration: ActionModelConfiguration, _ kind: String, _ rhythm: (stride: Double, hop: Int)
    ) async throws {
        let model = try await StreamModels.load(configuration)
        // Of a model with both, the classes: similarities of its random towers are too far apart to change.
        let names = StreamModels.classNames
        let question = model.model.classes == nil ? Question.texts(try LabelSet(names), nil) : .trained(names)
        let session = try await Session(model, question)
        let times = try #require(Self.kinds[kind]), pictures = GivenFrames(times: times)
        var settings = StreamSettings(frames: 4, stride: rhythm.stride, hop: rhythm.stride * Double(rhythm.hop))
        settings.longestGap = 2
        let decisions = try await StreamRecognizer(session: session, settings: settings).decisions(pictures)
        let picks = Self.picks(times, stride: rhythm.stride)
        let due = picks.indices.filter { ($0 + 4 * rhythm.hop - 3) % rhythm.hop == 0 }
        try #require(decisions.count == due.count)
        for (decision, number) in zip(decisions, due) {
            let shown = Array(picks[max(number - 3, 0)...number])
            let clip = (0..<4).map { pictures.frames[shown[$0 * shown.count / 4]].frame }
            let expected = try await TorchThread.run { try Self.probabilities(model, clip) }
            expectSame(decision, expected)
            #expect(abs(decision.window.upperBound - Double(number) * rhythm.stride) < 1e-9)
        }
        let shares = decisions.compactMap { decision in
            decision.predictions.first { $0.label == StreamModels.classNames[0] }?.probability
        }
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) > 1e-4, "windows that differ give what differs")
        let needed = due.reduce(into: Set<Int>()) { $0.formUnion(picks[max($1 - 3, 0)...$1]) }
        let encoded = session.sharesFrames ? needed.count : 4 * due.count
        #expect(decisions.reduce(0) { $0 + $1.newFrames } == encoded, "each picture is encoded once")
    }

    @Test("every exact model at several strides and hops", arguments: StreamModels.exact, rhythms)
    func exact(_ configuration: ActionModelConfiguration, _ rhythm: (stride: Double, hop: Int)) async throws {
        for kind in Self.kinds.keys.sorted() { try await expectStream(configuration, kind, rhythm) }
    }

    @Test("models that mix frames are recomputed, and say so", arguments: StreamModels.mixed)
    func mixed(_ configuration: ActionModelConfiguration) async throws {
        try await expectStream(configuration, "variable", (0.2, 1))
        try await expectStream(configuration, "slow", (0.25, 3))
    }

    @Test("several streams with one encoder give what each gives alone")
    func shared() async throws {
        let session = try await StreamModels.session(StreamModels.exact[3])
        let encoder = SharedEncoder(session: session, batch: 3)
        let settings = StreamSettings(frames: 4, stride: 0.2)
        let streams = (0..<5).map { stream in
            GivenFrames(
                (0..<20).map {
                    ArrivedFrame(TestModel.picture($0 + 100 * stream, time: Double($0) / 10), arrival: .now)
                })
        }
        let together = try await withThrowingTaskGroup(of: (Int, [StreamDecision]).self) { group in
            for (number, frames) in streams.enumerated() {
                group.addTask {
                    let own = try StreamRecognizer(session: session, settings: settings, encoder: encoder)
                    return (number, try await own.decisions(frames))
                }
            }
            return try await group.reduce(into: [Int: [StreamDecision]]()) { $0[$1.0] = $1.1 }
        }
        let alone = try StreamRecognizer(session: session, settings: settings)
        for (number, frames) in streams.enumerated() {
            let (own, shared) = (try await alone.decisions(frames), try #require(together[number]))
            #expect(own.count == shared.count && !own.isEmpty)
            for (one, other) in zip(own, shared) {
                expectSame(other, Dictionary(uniqueKeysWithValues: one.predictions.map { ($0.label, $0.probability) }))
            }
        }
        let other = try await StreamModels.session(StreamModels.exact[0])
        #expect(
            await message { _ = try StreamRecognizer(session: other, settings: settings, encoder: encoder) }
                .contains("another session"))
    }
}
