import ActionModels
import CLIP
import Datasets
import Foundation
import Testing
import Torch
import Video

@testable import Recognition

@Suite("Sessions with engines")
struct EngineSessionTests {
    private static func bundled() async throws -> RecognitionModel {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Recognition/Resources/verb-tiny")
        return try await ModelLibrary(environment: [:]).load(.path(folder.path))
    }

    /// Frames of encoded and decoded clips, eight each.
    private static func frames(_ clips: Range<Int>, _ model: RecognitionModel) async throws -> [Frame] {
        try await TestModel.inFolder { folder in
            let plan = PuppetsPlan(seed: 7, validation: clips.upperBound), reader = try ClipReader(model.preprocessing)
            var decoded: [Frame] = []
            for index in clips {
                let pictures = plan.clip(index, of: .validation).frames(), path = "\(folder)/\(index).mp4"
                let writer = try VideoWriter(
                    path: path, width: pictures[0].width, height: pictures[0].height, rate: (25, 1))
                for picture in pictures { try writer.append(picture) }
                try writer.finish()
                decoded += try await reader.read(path).frames
            }
            return decoded
        }
    }

    private static let labels = Puppets.trainingActions.map(\.name)

    @Test("fp32 is the usual engine and gives the model's probabilities")
    func fp32() async throws {
        let model = try await TestModel.load(), labels = try LabelSet(["waving", "bowing", "jumping"])
        let session = try await Session(model, labels: labels)
        guard case .engine(.fp32, _) = session.encoder else {
            Issue.record("\(session.encoder)")
            return
        }
        let clip = (0..<5).map { TestModel.picture($0) }
        let result = try await session.classify(clip: clip)
        let expected = try await TorchThread.run {
            let scorer = try ActionScorer(model, model.question(labels: labels))
            let pixels = model.preprocessing.input(clip).unsqueezed(0)
            return try scorer.rank(withoutGradient { model.model.features(of: pixels) }, among: nil)
        }
        #expect(result.predictions.map(\.label) == expected.map(\.label))
        for (own, wanted) in zip(result.predictions, expected) {
            #expect(abs(own.probability - wanted.probability) < 1e-6)
        }
    }

    @Test("int8 agrees on decoded frames that it was not calibrated with", .enabled(if: Precision.int8.obstacle == nil))
    func int8() async throws {
        let model = try await Self.bundled()
        let (known, fresh) = (try await Self.frames(0..<6, model), try await Self.frames(6..<12, model))
        let report = try await TorchThread.run {
            let tower = try #require(model.model.frameWise?.imageTower)
            let engine = try ImageEngine(
                tower, model.preprocessing, precision: .int8, pictures: Preprocessing.packed(known))
            return engine.compared(with: tower, model.preprocessing, on: Preprocessing.packed(fresh))
        }
        #expect(report.cosine >= 0.995, "\(report.summary)")
        #expect(report.pictures == 48)
        let session = try await Session(
            model, labels: LabelSet(Self.labels), engine: EngineSettings(.int8, calibration: known))
        guard case .engine(.int8, let own) = session.encoder else {
            Issue.record("\(session.encoder)")
            return
        }
        #expect((own.labelAgreement ?? 0) >= 0.8 && own.pictures == 48)
        #expect("\(session.encoder)".contains("int8 on 48 pictures"))
        let plain = try await Session(model, labels: LabelSet(Self.labels))
        var same = 0
        for start in stride(from: 0, to: 48, by: 8) {
            let clip = Array(fresh[start..<start + 8])
            let (a, b) = (try await session.classify(clip: clip), try await plain.classify(clip: clip))
            same += a.predictions[0].label == b.predictions[0].label ? 1 : 0
        }
        #expect(same >= 5)
    }

    @Test("what disagrees is refused, and passed over by auto", .enabled(if: Precision.int8.obstacle == nil))
    func refusal() async throws {
        let model = try await TestModel.load(), labels = try LabelSet(["waving", "bowing", "jumping"])
        let known = (0..<16).map { TestModel.picture($0) }
        var settings = EngineSettings(.int8, calibration: known)
        settings.tolerance.labelAgreement = 1.1
        let strict = settings
        let refused = await message { _ = try await Session(model, labels: labels, engine: strict) }
        #expect(refused.contains("most probable label"), "\(refused)")
        settings.precision = .auto
        let hopeless = settings
        let automatic = try await Session(model, labels: labels, engine: hopeless)
        guard case .engine(.fp32, let report) = automatic.encoder else {
            Issue.record("\(automatic.encoder)")
            return
        }
        #expect(report.labelAgreement == 1)
        settings.tolerance = EngineTolerance()
        let trusting = try await Session(model, labels: labels, engine: settings)
        #expect("\(trusting.encoder)".contains("int8"), "\(trusting.encoder)")
        // Between the two: what int8 misses and bf16 does not.
        guard Precision.bf16.obstacle == nil, case .engine(_, let coarse) = trusting.encoder else { return }
        settings.tolerance.cosine = (coarse.cosine + 1) / 2
        let middle = try await Session(model, labels: labels, engine: settings)
        #expect("\(middle.encoder)".contains("bf16"), "\(middle.encoder)")
        let uncalibrated = await message {
            _ = try await Session(model, labels: labels, engine: EngineSettings(.int8))
        }
        #expect(uncalibrated.contains("calibrated"), "\(uncalibrated)")
    }

    @Test("models whose frames see each other keep their own graph and say so")
    func fallback() async throws {
        var clip = TestModel.configuration
        clip.vision.blocks = TransformerConfiguration(width: 64, layers: 2, heads: 1)
        let evl: EVLConfiguration = {
            var evl = EVLConfiguration(vision: clip.vision, frames: 4, classes: 3)
            evl.decoderLayers = 2
            return evl
        }()
        let model = try await TestModel.inFolder { folder in
            try await TorchThread.run {
                let configuration = ActionModelConfiguration.evl(evl)
                let parameters = try Parameters.build(.random(Generator(seed: 3))) { configuration.model($0) }
                    .parameters
                let contents = ActionModelDirectory.Contents(
                    configuration: configuration, preprocessing: configuration.referencePreprocessing,
                    classNames: ["a", "b", "c"])
                try ActionModelDirectory.write(contents, tensors: parameters.tensors, to: folder + "/model")
            }
            return try await ModelLibrary(environment: [:]).load(.path(folder + "/model"))
        }
        for precision in [Precision.fp32, .auto] {
            let session = try await Session(model, model.question(labels: nil), engine: EngineSettings(precision))
            #expect("\(session.encoder)".contains("frames see each other"))
        }
        let refused = await message {
            _ = try await Session(model, model.question(labels: nil), engine: EngineSettings(.int8))
        }
        #expect(refused.contains("int8") && refused.contains("frames see each other"), "\(refused)")
    }
}
